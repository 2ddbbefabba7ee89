use async_trait::async_trait;
use checkout::account::{EmailAddress, Identity, PasswordHash, SessionDigest, email_key};
use checkout::adapter::run_to_end;
use checkout::cart::{CartId, ShopperId};
use checkout::order::{OrderId, OrderNumber};
use checkout::ports::{Account, AccountAddition, AccountStore, NewAccount, NewSession, StoreError};
use checkout::time::Timestamp;
use uuid::Uuid;

use crate::fault::Fault;
use crate::merge::take_along;
use crate::pool::{Database, commit};
use crate::rows::{IdentityRow, database_ms};

/// The accounts of the database.
#[derive(Clone)]
pub struct PostgresAccounts {
    pub(crate) db: Database,
}

#[async_trait]
impl AccountStore for PostgresAccounts {
    async fn add_account(&self, account: NewAccount) -> Result<AccountAddition, StoreError> {
        let db = self.db.clone();
        run_to_end("add account", async move {
            let added = db.retrying(|| add(&db, &account)).await;
            added.map_err(|fault| fault.of("add account"))
        })
        .await
    }

    async fn find_account(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        let found = find(&self.db, email).await;
        found.map_err(|fault| fault.of("find account"))
    }

    async fn begin_session(&self, session: NewSession) -> Result<(), StoreError> {
        let db = self.db.clone();
        run_to_end("begin session", async move {
            let begun = db.retrying(|| begin(&db, &session)).await;
            begun.map_err(|fault| fault.of("begin session"))
        })
        .await
    }

    async fn find_session(&self, digest: SessionDigest, now: Timestamp) -> Result<Option<Identity>, StoreError> {
        let found = find_session(&self.db, digest, now).await;
        found.map_err(|fault| fault.of("find session"))
    }

    async fn end_session(&self, digest: SessionDigest) -> Result<(), StoreError> {
        let db = self.db.clone();
        run_to_end("end session", async move {
            let ended = db.retrying(|| end(&db, digest)).await;
            ended.map_err(|fault| fault.of("end session"))
        })
        .await
    }

    async fn is_linked(&self, guest: ShopperId) -> Result<bool, StoreError> {
        let linked = linked_account(&self.db, guest).await;
        linked
            .map(|account| account.is_some())
            .map_err(|fault| fault.of("find guest link"))
    }

    async fn find_guest_of_cart(&self, account: ShopperId, cart: CartId) -> Result<Option<ShopperId>, StoreError> {
        let guest = guest_of_cart(&self.db, account, cart).await;
        guest.map_err(|fault| fault.of("find guest of cart"))
    }

    async fn open_order(
        &self,
        reader: ShopperId,
        number: &OrderNumber,
        email: &str,
    ) -> Result<Option<OrderId>, StoreError> {
        let found = latest_order(&self.db, number, email).await;
        let Some(order) = found.map_err(|fault| fault.of("find order by number"))? else {
            return Ok(None);
        };
        let db = self.db.clone();
        run_to_end("open order", async move {
            let opened = db.retrying(|| open(&db, reader, order)).await;
            opened.map_err(|fault| fault.of("open order"))
        })
        .await?;
        Ok(Some(order))
    }
}

async fn add(db: &Database, account: &NewAccount) -> Result<AccountAddition, Fault> {
    let mut write = db.begin().await?;
    let shopper = account.shopper.as_uuid();
    let (email, key, hash) = (account.email.as_str(), account.email.key(), account.password.as_phc());
    let created_at_ms = database_ms(account.created_at);
    sqlx::query!(
        "INSERT INTO accounts (shopper, email, email_key, password_hash, created_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT accounts_email_key DO NOTHING",
        shopper,
        email,
        key,
        hash,
        created_at_ms
    )
    .execute(&mut *write)
    .await?;
    let owner = sqlx::query_scalar!("SELECT shopper FROM accounts WHERE email_key = $1", key)
        .fetch_one(&mut *write)
        .await?;
    commit(write).await?;
    Ok(if owner == *shopper {
        AccountAddition::Added
    } else {
        AccountAddition::EmailTaken
    })
}

async fn find(db: &Database, email: &EmailAddress) -> Result<Option<Account>, Fault> {
    let key = email.key();
    let found = sqlx::query!(
        "SELECT shopper, email, password_hash FROM accounts WHERE email_key = $1",
        key
    )
    .fetch_optional(&db.pool)
    .await?;
    let Some(stored) = found else { return Ok(None) };
    let identity = IdentityRow {
        shopper: stored.shopper,
        email: stored.email,
    };
    Ok(Some(Account {
        identity: identity.into(),
        password: PasswordHash::from_phc(stored.password_hash),
    }))
}

async fn begin(db: &Database, session: &NewSession) -> Result<(), Fault> {
    let mut write = db.begin().await?;
    let (account, digest) = (session.account.as_uuid(), session.digest.0.as_slice());
    let (now_ms, expires_at_ms) = (database_ms(session.now), database_ms(session.expires_at));
    sqlx::query!(
        "DELETE FROM sessions WHERE account = $1 AND expires_at_ms <= $2",
        account,
        now_ms
    )
    .execute(&mut *write)
    .await?;
    sqlx::query!(
        "INSERT INTO sessions (digest, account, expires_at_ms) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING",
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

async fn find_session(db: &Database, digest: SessionDigest, now: Timestamp) -> Result<Option<Identity>, Fault> {
    let (digest, now_ms) = (digest.0.as_slice(), database_ms(now));
    let found = sqlx::query_as!(
        IdentityRow,
        "SELECT a.shopper, a.email FROM sessions s JOIN accounts a ON a.shopper = s.account
         WHERE s.digest = $1 AND s.expires_at_ms > $2",
        digest,
        now_ms
    )
    .fetch_optional(&db.pool)
    .await?;
    Ok(found.map(Identity::from))
}

async fn end(db: &Database, digest: SessionDigest) -> Result<(), Fault> {
    let mut write = db.begin().await?;
    let digest = digest.0.as_slice();
    sqlx::query!("DELETE FROM sessions WHERE digest = $1", digest)
        .execute(&mut *write)
        .await?;
    commit(write).await
}

async fn linked_account(db: &Database, guest: ShopperId) -> Result<Option<Uuid>, Fault> {
    let guest = guest.as_uuid();
    let account = sqlx::query_scalar!("SELECT account FROM guest_links WHERE guest = $1", guest)
        .fetch_optional(&db.pool)
        .await?;
    Ok(account)
}

async fn guest_of_cart(db: &Database, account: ShopperId, cart: CartId) -> Result<Option<ShopperId>, Fault> {
    let account = account.as_uuid();
    let guest = sqlx::query_scalar!(
        "SELECT c.shopper FROM carts c JOIN guest_links l ON l.guest = c.shopper WHERE c.id = $1 AND l.account = $2",
        cart.0,
        account
    )
    .fetch_optional(&db.pool)
    .await?;
    Ok(guest.map(ShopperId::from_uuid))
}

/// The latest order of this number and this address. Few share a number, so that their addresses are compared here, by
/// the one rule for spellings.
async fn latest_order(db: &Database, number: &OrderNumber, email: &str) -> Result<Option<OrderId>, Fault> {
    let number = number.as_str();
    let found = sqlx::query!(
        "SELECT id, email FROM orders WHERE number = $1 ORDER BY placed_at_ms DESC, id DESC",
        number
    )
    .fetch_all(&db.pool)
    .await?;
    let latest = found.into_iter().find(|order| email_key(&order.email) == email);
    Ok(latest.map(|order| OrderId(order.id)))
}

async fn open(db: &Database, reader: ShopperId, order: OrderId) -> Result<(), Fault> {
    let mut write = db.begin().await?;
    let reader = reader.as_uuid();
    sqlx::query!(
        "INSERT INTO opened_orders (reader, order_id) VALUES ($1, $2) ON CONFLICT (reader, order_id) DO NOTHING",
        reader,
        order.0
    )
    .execute(&mut *write)
    .await?;
    commit(write).await
}
