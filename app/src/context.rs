//! What a page or a server function knows of its request. The server provides it; nothing here names a web framework.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};

use checkout::cart::{CartId, ShopperId};
use checkout::catalogue::Slug;
use checkout::issue_token::{Confirmation, IssueTokenError};
use checkout::money::Money;
use checkout::observer::WayIn;
use checkout::order::OrderId;
use checkout::place_order::{PlaceOrderError, Placement};
use checkout::ports::{Clock, StoreError};
use checkout::time::Timestamp;
use checkout::{Accounts, Checkout};
use leptos::config::LeptosOptions;
use leptos::prelude::expect_context;

use crate::account::{AccountProblem, LookUp, TypedCredentials};
use crate::locale::Locale;
use crate::text;
use crate::wire::{Failure, FailureCode, OpenedCheckout, Receipt, SubmitOrder, parse_cart_id};

/// The request as pages and server functions see it.
#[derive(Clone)]
pub struct RequestContext {
    /// The shop's service.
    pub checkout: Checkout,
    /// The time, for saying how long ago something was.
    pub clock: Arc<dyn Clock>,
    /// Who a visitor is.
    pub accounts: Accounts,
    /// Whose request it is.
    pub shopper: ShopperId,
    /// The e-mail address of who is logged in.
    pub account: Option<Arc<str>>,
    /// The language to answer in.
    pub locale: Locale,
    /// The page that is shown: path and query. The language switch leads back to it.
    pub address: String,
    /// The status that the page answers with.
    pub status: PageStatus,
    /// The order that this request placed, or the one that led here.
    pub placed: Arc<OnceLock<OrderId>>,
    /// Why the form that led here was not accepted.
    pub rejection: Rejection,
    /// How a submission came in.
    pub way_in: WayIn,
    /// Where the scripts are.
    pub options: LeptosOptions,
}

/// The HTTP status of a page; 200 unless something sets it.
#[derive(Clone, Debug)]
pub struct PageStatus(Arc<AtomicU16>);

impl Default for PageStatus {
    fn default() -> Self {
        Self(Arc::new(AtomicU16::new(200)))
    }
}

impl PageStatus {
    /// Answers with this status, unless something already set another.
    pub fn set(&self, status: u16) {
        // The first to set it knew the cause; what follows from it does not matter.
        let _ = self
            .0
            .compare_exchange(200, status, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The status to answer with.
    #[must_use]
    pub fn get(&self) -> u16 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A form that was not accepted, with what was typed, so that the page shows it again.
#[derive(Clone, Debug, Default)]
pub enum Rejection {
    /// None was sent.
    #[default]
    None,
    /// A confirmation page.
    Order(Box<(SubmitOrder, Failure)>),
    /// A quantity, for a product.
    Quantity {
        /// Of which product.
        slug: Slug,
        /// What was typed.
        typed: String,
    },
    /// The cart takes no more lines.
    CartFull,
    /// *Log in* or *Create account*.
    Credentials {
        /// What was typed, but for the password.
        typed: TypedCredentials,
        /// What is wrong with it.
        problems: Vec<AccountProblem>,
    },
    /// *Find an order*.
    LookUp {
        /// What was typed.
        typed: LookUp,
        /// What is wrong with it.
        problems: Vec<AccountProblem>,
    },
}

impl Rejection {
    /// Whether something is wrong; a question whether to buy again is not.
    pub(crate) fn is_error(&self) -> bool {
        match self {
            Self::None => false,
            Self::Order(rejected) => rejected.1.code != FailureCode::Repeat,
            Self::Quantity { .. } | Self::CartFull | Self::Credentials { .. } | Self::LookUp { .. } => true,
        }
    }
}

impl RequestContext {
    /// The context of the request that is being answered.
    #[must_use]
    pub fn current() -> Self {
        expect_context()
    }

    /// What the pages say.
    pub(crate) fn texts(&self) -> &'static text::Pages {
        text::pages(self.locale)
    }

    /// An amount as the page's language writes it.
    pub(crate) fn money(&self, amount: Money) -> String {
        text::format(amount, self.locale)
    }

    /// Prices the shopper's cart and issues a token for it.
    pub async fn open_checkout(&self, cart: &str) -> Result<OpenedCheckout, Failure> {
        let cart = parse_cart_id(cart).ok_or(FailureCode::NotFound)?;
        let confirmation = self.issue_token(cart).await;
        let opened = confirmation.map(|confirmation| OpenedCheckout::of(confirmation, self.locale));
        opened.map_err(|error| Failure::from(&error))
    }

    /// Prices the shopper's cart and issues a token for it: the one function behind the confirmation page and the JSON API.
    pub async fn issue_token(&self, cart: CartId) -> Result<Confirmation, IssueTokenError> {
        let confirmation = self.issue_token_as_its_shopper(cart).await;
        if let Err(IssueTokenError::Unavailable(cause)) = &confirmation {
            log("no order token could be issued", cause);
        }
        confirmation
    }

    async fn issue_token_as_its_shopper(&self, cart: CartId) -> Result<Confirmation, IssueTokenError> {
        let shopper = self.owner_of(cart).await.map_err(IssueTokenError::Unavailable)?;
        let confirmation = self.checkout.issue_token(shopper, cart).await;
        if shopper != self.shopper && matches!(confirmation, Err(IssueTokenError::Cancelled)) {
            // The basket of the guest who logged in: its lines are in the account's now.
            let basket = self.checkout.find_basket(self.shopper).await;
            if let Some(basket) = basket.map_err(IssueTokenError::Unavailable)? {
                return self.checkout.issue_token(self.shopper, basket.id).await;
            }
        }
        confirmation
    }

    /// Turns a submitted confirmation page into its one order.
    pub async fn submit_order(&self, order: &SubmitOrder) -> Result<Receipt, Failure> {
        match self.place_order(order).await {
            Ok(placement) => Ok(Receipt::from(placement)),
            Err(error) => Err(error.failure(self.clock.now())),
        }
    }

    /// Turns what was submitted into its one order: the one function behind the server function, the plain form and the
    /// JSON API.
    pub async fn place_order(&self, order: &SubmitOrder) -> Result<Placement, NotPlaced> {
        let mut command = order.parse(self.shopper).map_err(NotPlaced::Unread)?;
        let shopper = self.owner_of(command.cart).await.map_err(PlaceOrderError::Unavailable);
        let placed = match shopper {
            Ok(shopper) => {
                command.shopper = shopper;
                command.way_in = self.way_in;
                self.checkout.place_order(command).await
            }
            Err(unavailable) => Err(unavailable),
        };
        match placed {
            Ok(placement) => {
                // Set before only where this request already placed it.
                let _ = self.placed.set(placement.order().id);
                Ok(placement)
            }
            Err(error) => {
                if let Some(cause) = std::error::Error::source(&error) {
                    log(&error.to_string(), cause);
                }
                Err(NotPlaced::Refused(error))
            }
        }
    }

    /// As whom the visitor goes on with this cart: as themselves, or as the guest they were when they began it.
    pub async fn shopper_of(&self, cart: CartId) -> Result<ShopperId, Failure> {
        self.owner_of(cart).await.map_err(|error| {
            log("it is not known whose cart it is", &error);
            FailureCode::Unavailable.into()
        })
    }

    async fn owner_of(&self, cart: CartId) -> Result<ShopperId, StoreError> {
        if self.account.is_none() {
            return Ok(self.shopper);
        }
        self.accounts.shopper_of_cart(self.shopper, cart).await
    }

    /// The value, or 503 and a line in the log.
    pub fn or_unavailable<T>(&self, answer: Result<T, StoreError>) -> Option<T> {
        answer
            .map_err(|error| {
                log("a page could not be made", &error);
                self.status.set(FailureCode::Unavailable.http_status());
            })
            .ok()
    }
}

/// Why a submission led to no order.
#[derive(Debug)]
pub enum NotPlaced {
    /// What was sent can not be understood as an order.
    Unread(Failure),
    /// The protocol's answer.
    Refused(PlaceOrderError),
}

impl NotPlaced {
    /// The failure that the shopper may see; `now` tells how long ago an earlier order was.
    #[must_use]
    pub fn failure(&self, now: Timestamp) -> Failure {
        match self {
            Self::Unread(failure) => failure.clone(),
            Self::Refused(error) => Failure::of_placing(error, now),
        }
    }
}

fn log(what: &str, cause: &(dyn std::error::Error + 'static)) {
    tracing::error!(error = cause, "{what}");
}
