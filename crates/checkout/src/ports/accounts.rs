use async_trait::async_trait;

use super::StoreError;
use crate::account::{EmailAddress, Identity, Password, PasswordHash, SessionDigest};
use crate::cart::{CartId, ShopperId};
use crate::order::{OrderId, OrderNumber};
use crate::time::Timestamp;

/// An account to be added.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Whose its carts and orders are going to be: nobody's id so far.
    pub shopper: ShopperId,
    /// What it is found by.
    pub email: EmailAddress,
    /// What is kept of its password.
    pub password: PasswordHash,
    /// When it is added.
    pub created_at: Timestamp,
}

/// What became of a [`NewAccount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountAddition {
    /// It stands. Also when the same account was added by an earlier call.
    Added,
    /// Another account has the e-mail address: the unique constraint over it spoke.
    EmailTaken,
}

/// An account, to be logged in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub identity: Identity,
    /// What is kept of its password.
    pub password: PasswordHash,
}

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// What it is known by.
    pub digest: SessionDigest,
    /// The account's shopper.
    pub account: ShopperId,
    /// The guest who logs in: what is theirs comes along.
    pub guest: Option<ShopperId>,
    /// The id of the account's basket, should it be opened for the guest's lines.
    pub new_basket: CartId,
    /// Now.
    pub now: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Accounts, their sessions, and who may see what besides its shopper.
///
/// **No order and no cart ever changes its shopper.** A guest who logs in is *linked* to the account, for good: what the
/// guest ordered, or is just ordering, is found by the account through the link, whichever of the two comes first.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Adds an account, unless another one has its e-mail address.
    async fn add_account(&self, account: NewAccount) -> Result<AccountAddition, StoreError>;

    /// The account of this e-mail address, in whatever spelling.
    async fn find_account(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError>;

    /// Begins a session. A guest who comes along is linked to the account, unless they are linked already; the lines of
    /// their open basket are added to the account's, up to the most that a line and a cart take, and the guest's basket
    /// is closed as void, under the same row that an order closes it by. Ends the account's sessions that are over.
    async fn begin_session(&self, session: NewSession) -> Result<(), StoreError>;

    /// Who the session belongs to, unless it is over.
    async fn find_session(&self, digest: SessionDigest, now: Timestamp) -> Result<Option<Identity>, StoreError>;

    /// Ends a session for good.
    async fn end_session(&self, digest: SessionDigest) -> Result<(), StoreError>;

    /// Whether the guest is linked to an account, and so is a guest no more.
    async fn is_linked(&self, guest: ShopperId) -> Result<bool, StoreError>;

    /// The guest, linked to this account, whose cart this is.
    async fn find_guest_of_cart(&self, account: ShopperId, cart: CartId) -> Result<Option<ShopperId>, StoreError>;

    /// Lets `reader` see the latest order that has this number and, in whatever spelling, this e-mail address.
    async fn open_order(
        &self,
        reader: ShopperId,
        number: &OrderNumber,
        email_key: &str,
    ) -> Result<Option<OrderId>, StoreError>;
}

/// A password could not be hashed now. Nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// More passwords wait than are worth waiting for.
    #[error("too many passwords are being hashed")]
    Busy,
    /// The hash that is kept is none, or the function failed.
    #[error("a password could not be hashed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A slow, salted hash for passwords.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// What to keep of a password.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError>;

    /// Whether this is the password that `kept` was made of. Without a hash: no, after as long as with one, so that
    /// time does not tell whether there is an account.
    async fn verify(&self, password: &Password, kept: Option<&PasswordHash>) -> Result<bool, HashError>;
}
