//! What a page or a server function knows of its request. The server provides it; nothing here names a web framework.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};

use checkout::cart::{CartId, ShopperId};
use checkout::catalogue::Slug;
use checkout::issue_token::IssueTokenError;
use checkout::money::Money;
use checkout::observer::WayIn;
use checkout::order::OrderId;
use checkout::ports::{Clock, StoreError};
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
        let shopper = self.shopper_of(cart).await?;
        let mut confirmation = self.checkout.issue_token(shopper, cart).await;
        if shopper != self.shopper && matches!(confirmation, Err(IssueTokenError::Cancelled)) {
            // The basket of the guest who logged in: its lines are in the account's now.
            let basket = self.checkout.find_basket(self.shopper).await;
            if let Some(basket) = basket.map_err(unavailable)? {
                confirmation = self.checkout.issue_token(self.shopper, basket.id).await;
            }
        }
        let opened = confirmation.map(|confirmation| OpenedCheckout::of(confirmation, self.locale));
        opened.map_err(|error| {
            if let IssueTokenError::Unavailable(cause) = &error {
                log("a confirmation page could not be made", cause);
            }
            Failure::from(&error)
        })
    }

    /// Turns a submitted confirmation page into its one order.
    pub async fn submit_order(&self, order: &SubmitOrder) -> Result<Receipt, Failure> {
        let mut command = order.parse(self.shopper)?;
        command.shopper = self.shopper_of(command.cart).await?;
        command.way_in = self.way_in;
        self.checkout
            .place_order(command)
            .await
            .map(|placement| {
                // Set before only where this request already placed it.
                let _ = self.placed.set(placement.order().id);
                Receipt::from(placement)
            })
            .map_err(|error| {
                if let Some(cause) = std::error::Error::source(&error) {
                    log(&error.to_string(), cause);
                }
                Failure::of_placing(&error, self.clock.now())
            })
    }

    /// As whom the visitor goes on with this cart: as themselves, or as the guest they were when they began it.
    pub async fn shopper_of(&self, cart: CartId) -> Result<ShopperId, Failure> {
        if self.account.is_none() {
            return Ok(self.shopper);
        }
        self.accounts
            .shopper_of_cart(self.shopper, cart)
            .await
            .map_err(unavailable)
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

fn unavailable(error: StoreError) -> Failure {
    log("it is not known whose cart it is", &error);
    FailureCode::Unavailable.into()
}

fn log(what: &str, cause: &(dyn std::error::Error + 'static)) {
    tracing::error!(error = cause, "{what}");
}
