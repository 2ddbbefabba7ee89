use async_trait::async_trait;
use checkout::account::{EmailAddress, Identity, PasswordHash, SessionDigest, email_key};
use checkout::adapter::{Row, run_to_end};
use checkout::cart::{CartId, ShopperId};
use checkout::order::{OrderId, OrderNumber};
use checkout::ports::{Account, AccountAddition, AccountStore, NewAccount, NewSession, StoreError};
use checkout::time::Timestamp;
use uuid::Uuid;

use crate::fault::Fault;
use crate::merge::take_along;
use crate::pools::{Pools, commit};
use crate::rows::{IdentityRow, database_ms};

/// The accounts of the file.
#[derive(Clone)]
pub struct SqliteAccounts {
    pub(crate) pools: Pools,
}

#[async_trait]
impl AccountStore for SqliteAccounts {
    async fn add_account(&self, account: NewAccount) -> Result<AccountAddition, StoreError> {
        let pools = self.pools.clone();
        run_to_end("add account", async move {
            let added = pools.retrying(|| add(&pools, &account)).await;
            added.map_err(|fault| fault.of("add account"))
        })
        .await
    }

    async fn find_account(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        let found = find(&self.pools, email).await;
        found.map_err(|fault| fault.of("find account"))
    }

    async fn begin_session(&self, session: NewSession) -> Result<(), StoreError> {
        let pools = self.pools.clone();
        run_to_end("begin session", async move {
            let begun = pools.retrying(|| begin(&pools, &session)).await;
            begun.map_err(|fault| fault.of("begin session"))
        })
        .await
    }

    async fn find_session(&self, digest: SessionDigest, now: Timestamp) -> Result<Option<Identity>, StoreError> {
        let found = find_session(&self.pools, digest, now).await;
        found.map_err(|fault| fault.of("find session"))
    }

    async fn end_session(&self, digest: SessionDigest) -> Result<(), StoreError> {
        let pools = self.pools.clone();
        run_to_end("end session", async move {
            let ended = pools.retrying(|| end(&pools, digest)).await;
            ended.map_err(|fault| fault.of("end session"))
        })
        .await
    }

    async fn is_linked(&self, guest: ShopperId) -> Result<bool, StoreError> {
        let linked = linked_account(&self.pools, guest).await;
        linked
            .map(|account| account.is_some())
            .map_err(|fault| fault.of("find guest link"))
    }

    async fn find_guest_of_cart(&self, account: ShopperId, cart: CartId) -> Result<Option<ShopperId>, StoreError> {
        let guest = guest_of_cart(&self.pools, account, cart).await;
        guest.map_err(|fault| fault.of("find guest of cart"))
    }

    async fn open_order(
        &self,
        reader: ShopperId,
        number: &OrderNumber,
        email: &str,
    ) -> Result<Option<OrderId>, StoreError> {
        let found = latest_order(&self.pools, number, email).await;
        let Some(order) = found.map_err(|fault| fault.of("find order by number"))? else {
            return Ok(None);
        };
        let pools = self.pools.clone();
        run_to_end("open order", async move {
            let opened = pools.retrying(|| open(&pools, reader, order)).await;
            opened.map_err(|fault| fault.of("open order"))
        })
        .await?;
        Ok(Some(order))
    }
}

async fn add(pools: &Pools, account: &NewAccount) -> Result<AccountAddition, Fault> {
    let mut write = pools.write().await?;
    let shopper = account.shopper.as_uuid();
    let (email, key, hash) = (account.email.as_str(), account.email.key(), account.password.as_phc());
    let created_at_ms = database_ms(account.created_at);
    sqlx::query!(
        "INSERT INTO accounts (shopper, email, email_key, password_hash, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (email_key) DO NOTHING",
        shopper,
        email,
        key,
        hash,
        created_at_ms
    )
    .execute(&mut *write)
    .await?;
    let owner = sqlx::query_scalar!("SELECT shopper FROM accounts WHERE email_key = ?1", key)
        .fetch_one(&mut *write)
        .await?;
    commit(write).await?;
    Ok(if owner == shopper.as_bytes() {
        AccountAddition::Added
    } else {
        AccountAddition::EmailTaken
    })
}

async fn find(pools: &Pools, email: &EmailAddress) -> Result<Option<Account>, Fault> {
    let key = email.key();
    let found = sqlx::query!(
        "SELECT shopper, email, password_hash FROM accounts WHERE email_key = ?1",
        key
    )
    .fetch_optional(&pools.readers)
    .await?;
    let Some(stored) = found else { return Ok(None) };
    let identity = IdentityRow {
        shopper: stored.shopper,
        email: stored.email,
    };
    Ok(Some(Account {
        identity: identity.try_into()?,
        password: PasswordHash::from_phc(stored.password_hash),
    }))
}

async fn begin(pools: &Pools, session: &NewSession) -> Result<(), Fault> {
    let mut write = pools.write().await?;
    let (account, digest) = (session.account.as_uuid(), session.digest.0.as_slice());
    let (now_ms, expires_at_ms) = (database_ms(session.now), database_ms(session.expires_at));
    sqlx::query!(
        "DELETE FROM sessions WHERE account = ?1 AND expires_at_ms <= ?2",
        account,
        now_ms
    )
    .execute(&mut *write)
    .await?;
    sqlx::query!(
        "INSERT INTO sessions (digest, account, expires_at_ms) VALUES (?1, ?2, ?3) ON CONFLICT (digest) DO NOTHING",
        digest,
        account,
        expires_at_ms
    )
    .execute(&mut *write)
    .await?;
    if let Some(guest) = session.guest {
        take_along(&mut write, guest, session).await?;
    }
    commit(write).await
}

async fn find_session(pools: &Pools, digest: SessionDigest, now: Timestamp) -> Result<Option<Identity>, Fault> {
    let (digest, now_ms) = (digest.0.as_slice(), database_ms(now));
    let found = sqlx::query_as!(
        IdentityRow,
        "SELECT a.shopper, a.email FROM sessions s JOIN accounts a ON a.shopper = s.account
         WHERE s.digest = ?1 AND s.expires_at_ms > ?2",
        digest,
        now_ms
    )
    .fetch_optional(&pools.readers)
    .await?;
    Ok(found.map(Identity::try_from).transpose()?)
}

async fn end(pools: &Pools, digest: SessionDigest) -> Result<(), Fault> {
    let mut write = pools.write().await?;
    let digest = digest.0.as_slice();
    sqlx::query!("DELETE FROM sessions WHERE digest = ?1", digest)
        .execute(&mut *write)
        .await?;
    commit(write).await
}

async fn linked_account(pools: &Pools, guest: ShopperId) -> Result<Option<Vec<u8>>, Fault> {
    let guest = guest.as_uuid();
    let account = sqlx::query_scalar!("SELECT account FROM guest_links WHERE guest = ?1", guest)
        .fetch_optional(&pools.readers)
        .await?;
    Ok(account)
}

async fn guest_of_cart(pools: &Pools, account: ShopperId, cart: CartId) -> Result<Option<ShopperId>, Fault> {
    let account = account.as_uuid();
    let guest = sqlx::query_scalar!(
        "SELECT c.shopper FROM carts c JOIN guest_links l ON l.guest = c.shopper WHERE c.id = ?1 AND l.account = ?2",
        cart.0,
        account
    )
    .fetch_optional(&pools.readers)
    .await?;
    let row = Row::new("carts", cart);
    let guest = guest.map(|guest| row.read("shopper", Uuid::from_slice(&guest)));
    Ok(guest.transpose()?.map(ShopperId::from_uuid))
}

/// The latest order of this number and this address. Few share a number, so that their addresses are compared here, by
/// the one rule for spellings.
async fn latest_order(pools: &Pools, number: &OrderNumber, email: &str) -> Result<Option<OrderId>, Fault> {
    let number = number.as_str();
    let found = sqlx::query!(
        "SELECT id, email FROM orders WHERE number = ?1 ORDER BY placed_at_ms DESC, id DESC",
        number
    )
    .fetch_all(&pools.readers)
    .await?;
    let Some(latest) = found.into_iter().find(|order| email_key(&order.email) == email) else {
        return Ok(None);
    };
    let row = Row::new("orders", number);
    Ok(Some(OrderId(row.read("id", Uuid::from_slice(&latest.id))?)))
}

async fn open(pools: &Pools, reader: ShopperId, order: OrderId) -> Result<(), Fault> {
    let mut write = pools.write().await?;
    let reader = reader.as_uuid();
    sqlx::query!(
        "INSERT INTO opened_orders (reader, order_id) VALUES (?1, ?2) ON CONFLICT (reader, order_id) DO NOTHING",
        reader,
        order.0
    )
    .execute(&mut *write)
    .await?;
    commit(write).await
}
