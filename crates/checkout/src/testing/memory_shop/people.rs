//! Accounts, sessions and links of the shop in memory.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;

use super::MemoryShop;
use super::tables::Tables;
use crate::account::{EmailAddress, Identity, SessionDigest, email_key};
use crate::cart::{CartId, CartKind, CartStatus, ShopperId};
use crate::order::{Order, OrderId, OrderNumber};
use crate::ports::{Account, AccountAddition, AccountStore, NewAccount, NewSession, StoreError};
use crate::time::Timestamp;

#[derive(Debug, Default)]
pub(super) struct People {
    accounts: Vec<NewAccount>,
    sessions: HashMap<SessionDigest, (ShopperId, Timestamp)>,
    /// From the guest to the account.
    links: HashMap<ShopperId, ShopperId>,
    opened: HashSet<(ShopperId, OrderId)>,
}

impl People {
    /// Whether the order is the shopper's, or that of a guest that they were.
    pub(super) fn owns(&self, shopper: ShopperId, order: &Order) -> bool {
        order.shopper == shopper || self.links.get(&order.shopper) == Some(&shopper)
    }

    /// Whether the shopper may see the order.
    pub(super) fn sees(&self, shopper: ShopperId, order: &Order) -> bool {
        self.owns(shopper, order) || self.opened.contains(&(shopper, order.id))
    }

    fn identity(&self, shopper: ShopperId) -> Option<Identity> {
        let account = self.accounts.iter().find(|account| account.shopper == shopper)?;
        Some(Identity {
            shopper,
            email: account.email.as_str().to_owned(),
        })
    }
}

impl Tables {
    fn take_along(&mut self, guest: ShopperId, session: &NewSession) {
        let linked = *self.people.links.entry(guest).or_insert(session.account);
        let Some(left) = self.basket(guest).filter(|_| linked == session.account) else {
            return;
        };
        let cart = self.carts.get_mut(&left).expect("it was just found");
        cart.status = CartStatus::Void;
        let lines = cart.lines.clone();
        if lines.is_empty() {
            return;
        }
        let basket = self
            .basket(session.account)
            .unwrap_or_else(|| self.open(session.account, session.new_basket, CartKind::Basket));
        for line in lines {
            // A full basket leaves the rest behind.
            self.edit(session.account, basket, &line.slug, |there| {
                Some(there.map_or(line.quantity, |had| had.saturating_add(line.quantity)))
            });
        }
    }
}

#[async_trait]
impl AccountStore for MemoryShop {
    async fn add_account(&self, account: NewAccount) -> Result<AccountAddition, StoreError> {
        let people = &mut self.tables().people;
        let same = |other: &&NewAccount| other.email.key() == account.email.key();
        match people.accounts.iter().find(same) {
            Some(other) if other.shopper != account.shopper => Ok(AccountAddition::EmailTaken),
            Some(_) => Ok(AccountAddition::Added),
            None => {
                people.accounts.push(account);
                Ok(AccountAddition::Added)
            }
        }
    }

    async fn find_account(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        let people = &self.tables().people;
        let found = people
            .accounts
            .iter()
            .find(|account| account.email.key() == email.key());
        Ok(found.map(|account| Account {
            identity: Identity {
                shopper: account.shopper,
                email: account.email.as_str().to_owned(),
            },
            password: account.password.clone(),
        }))
    }

    async fn begin_session(&self, session: NewSession) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let sessions = &mut tables.people.sessions;
        sessions.retain(|_, (account, ends)| *account != session.account || *ends > session.now);
        sessions.insert(session.digest, (session.account, session.expires_at));
        if let Some(guest) = session.guest {
            tables.take_along(guest, &session);
        }
        Ok(())
    }

    async fn find_session(&self, digest: SessionDigest, now: Timestamp) -> Result<Option<Identity>, StoreError> {
        let people = &self.tables().people;
        let running = people.sessions.get(&digest).filter(|(_, ends)| *ends > now);
        Ok(running.and_then(|(account, _)| people.identity(*account)))
    }

    async fn end_session(&self, digest: SessionDigest) -> Result<(), StoreError> {
        self.tables().people.sessions.remove(&digest);
        Ok(())
    }

    async fn is_linked(&self, guest: ShopperId) -> Result<bool, StoreError> {
        Ok(self.tables().people.links.contains_key(&guest))
    }

    async fn find_guest_of_cart(&self, account: ShopperId, cart: CartId) -> Result<Option<ShopperId>, StoreError> {
        let tables = self.tables();
        let owner = tables.carts.get(&cart).map(|cart| cart.shopper);
        Ok(owner.filter(|owner| tables.people.links.get(owner) == Some(&account)))
    }

    async fn open_order(
        &self,
        reader: ShopperId,
        number: &OrderNumber,
        email: &str,
    ) -> Result<Option<OrderId>, StoreError> {
        let mut tables = self.tables();
        let asked_for = |order: &&Order| order.id.number() == *number && email_key(&order.contact.email) == email;
        let latest = tables
            .orders
            .iter()
            .filter(asked_for)
            .max_by_key(|order| (order.placed_at, order.id));
        let Some(id) = latest.map(|order| order.id) else {
            return Ok(None);
        };
        tables.people.opened.insert((reader, id));
        Ok(Some(id))
    }
}
