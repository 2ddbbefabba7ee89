//! What the SQL adapters share besides the ports: reading rows that may hold anything, comparing a cart with what was
//! agreed to, writing many orders together within a limit of time, and finishing what was begun.

mod batch;
mod budget;

pub use batch::{Answer, Decision, Remedy, Trouble, WriteTogether, insert_batch};
pub use budget::Budget;

use std::error::Error;
use std::fmt;

use tracing::Instrument as _;

use crate::cart::{Cart, Quantity};
use crate::catalogue::Slug;
use crate::money::{Currency, Money};
use crate::order::OrderStanding;
use crate::ports::{NewOrder, Refusal, StoreError, StoreErrorKind};
use crate::quote::Quote;
use crate::time::Timestamp;

/// A store holds something that can not be. Says in which table, column and row.
#[derive(Debug)]
pub struct ImpossibleRow {
    table: &'static str,
    column: &'static str,
    row: String,
    problem: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for ImpossibleRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} of row {} can not be", self.table, self.column, self.row)
    }
}

impl Error for ImpossibleRow {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.problem.as_ref())
    }
}

/// One row, to be turned into words of the shop. Every reader answers with the value or with where it is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Row<K> {
    table: &'static str,
    key: K,
}

impl<K: fmt::Display> Row<K> {
    /// The row of `table` whose key is `key`; the key is printed in errors, so it must be no secret.
    pub const fn new(table: &'static str, key: K) -> Self {
        Self { table, key }
    }

    /// That `column` can not be.
    pub fn impossible(&self, column: &'static str, problem: impl Into<Box<dyn Error + Send + Sync>>) -> ImpossibleRow {
        ImpossibleRow {
            table: self.table,
            column,
            row: self.key.to_string(),
            problem: problem.into(),
        }
    }

    /// What was made of `column`.
    pub fn read<T, E>(&self, column: &'static str, made: Result<T, E>) -> Result<T, ImpossibleRow>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        made.map_err(|problem| self.impossible(column, problem))
    }

    /// What stands in a column that an outer join may leave empty, and must not here.
    pub fn present<T>(&self, column: &'static str, value: Option<T>) -> Result<T, ImpossibleRow> {
        value.ok_or_else(|| self.impossible(column, "nothing is there"))
    }

    /// A whole number.
    pub fn number<T>(&self, column: &'static str, stored: impl Into<i64>) -> Result<T, ImpossibleRow>
    where
        T: TryFrom<i64, Error: Into<Box<dyn Error + Send + Sync>>>,
    {
        self.read(column, T::try_from(stored.into()))
    }

    /// A quantity.
    pub fn quantity(&self, column: &'static str, stored: impl Into<i64>) -> Result<Quantity, ImpossibleRow> {
        self.read(column, Quantity::try_from(self.number::<u32>(column, stored)?))
    }

    /// A slug.
    pub fn slug(&self, column: &'static str, stored: String) -> Result<Slug, ImpossibleRow> {
        self.read(column, Slug::try_from(stored))
    }

    /// An amount, whose currency is in the column `currency`.
    pub fn money(&self, column: &'static str, amount_minor: i64, currency: &str) -> Result<Money, ImpossibleRow> {
        let known = Currency::from_code(currency);
        let currency = known.ok_or_else(|| self.impossible("currency", format!("{currency:?} is no currency")))?;
        if amount_minor < 0 {
            return Err(self.impossible(column, format!("{amount_minor} is less than nothing")));
        }
        Ok(Money::new(amount_minor, currency))
    }

    /// A point in time.
    pub fn moment(&self, column: &'static str, unix_ms: i64) -> Result<Timestamp, ImpossibleRow> {
        Ok(Timestamp::from_unix_ms(self.number(column, unix_ms)?))
    }

    /// What became of an order, by the columns `cancelled_at_ms` and `refunded_at_ms`.
    pub fn standing(&self, cancelled: Option<i64>, refunded: Option<i64>) -> Result<OrderStanding, ImpossibleRow> {
        let cancelled = cancelled.map(|at| self.moment("cancelled_at_ms", at)).transpose()?;
        let refunded = refunded.map(|at| self.moment("refunded_at_ms", at)).transpose()?;
        match (cancelled, refunded) {
            (None, None) => Ok(OrderStanding::Placed),
            (Some(at), None) => Ok(OrderStanding::Cancelled { at }),
            (Some(cancelled_at), Some(at)) => Ok(OrderStanding::Refunded { cancelled_at, at }),
            (None, Some(_)) => Err(self.impossible("refunded_at_ms", "the order was not cancelled")),
        }
    }
}

/// Whether `cart`, read while nobody else can change it or its products, can become `order`; if so, at which quote.
///
/// A changed price is told before missing stock: the shopper has to agree again in any case.
pub fn agree(order: &NewOrder, cart: &Cart) -> Result<Quote, Refusal> {
    let Ok(quote) = Quote::of(cart) else {
        return Err(Refusal::CartChanged(None));
    };
    if quote.fingerprint() != order.fingerprint {
        return Err(Refusal::CartChanged(Some(quote)));
    }
    let short = cart.lines.iter().filter(|line| line.stock < line.quantity.get());
    let short: Vec<_> = short.map(|line| line.slug.clone()).collect();
    if short.is_empty() {
        Ok(quote)
    } else {
        Err(Refusal::OutOfStock(short))
    }
}

/// Runs `work` to its end, even when whoever waits for it goes away.
///
/// A write that is dropped in the middle leaves its connection in the middle too: on PostgreSQL, other callers' writes
/// were lost in the transaction it left open.
pub async fn run_to_end<T: Send + 'static>(
    operation: &'static str,
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::spawn(work.in_current_span()).await {
        Ok(answer) => answer,
        // It panicked, or the runtime ends: nobody knows how far it came.
        Err(broken) => Err(StoreError::new(operation, StoreErrorKind::Unknown, broken)),
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::cart::{CartId, CartKind, CartLine, CartStatus};
    use crate::testing::Fixture;

    fn cart(price_minor: i64, stock: u32) -> Cart {
        Cart {
            id: CartId(uuid::Uuid::nil()),
            shopper: Fixture::new_shopper(),
            kind: CartKind::BuyNow,
            version: 1,
            status: CartStatus::Open,
            lines: vec![CartLine {
                slug: "enamel-mug".parse().expect("a slug"),
                name: "Enamel mug".into(),
                unit_price: Money::new(price_minor, Currency::Eur),
                quantity: Quantity::try_from(2).expect("a quantity"),
                stock,
            }],
        }
    }

    #[test]
    fn an_order_stands_as_its_moments_say() {
        let row = Row::new("orders", "1");
        let at = Timestamp::from_unix_ms;
        let refunded = OrderStanding::Refunded {
            cancelled_at: at(7),
            at: at(8),
        };
        for (cancelled, given_back, standing) in [
            (None, None, Some(OrderStanding::Placed)),
            (Some(7), None, Some(OrderStanding::Cancelled { at: at(7) })),
            (Some(7), Some(8), Some(refunded)),
            (None, Some(8), None),
            (Some(-1), None, None),
        ] {
            assert_eq!(row.standing(cancelled, given_back).ok(), standing);
        }
    }

    #[test]
    fn a_cart_must_be_as_agreed_and_then_in_stock() {
        let seen = cart(1250, 2);
        let order = NewOrder {
            id: crate::order::OrderId(uuid::Uuid::nil()),
            token: crate::token::TokenDigest(uuid::Uuid::nil()),
            shopper: seen.shopper,
            cart: seen.id,
            fingerprint: Quote::of(&seen).expect("it can be priced").fingerprint(),
            contact: Fixture::contact(),
            placed_at: crate::time::Timestamp::default(),
        };
        assert_eq!(agree(&order, &seen), Ok(Quote::of(&seen).expect("it can be priced")));
        let short = vec![seen.lines[0].slug.clone()];
        assert_eq!(agree(&order, &cart(1250, 1)), Err(Refusal::OutOfStock(short)));
        let dearer = Quote::of(&cart(1300, 1)).expect("it can be priced");
        assert_eq!(agree(&order, &cart(1300, 1)), Err(Refusal::CartChanged(Some(dearer))));
        let mut empty = seen;
        empty.lines.clear();
        assert_eq!(agree(&order, &empty), Err(Refusal::CartChanged(None)));
    }

    #[test]
    fn what_can_not_be_is_named() {
        let row = Row::new("products", "enamel-mug");
        let error = row.money("price_minor", 1, "DEM").expect_err("no such currency");
        assert_eq!(error.to_string(), "products.currency of row enamel-mug can not be");
        let cause = error.source().expect("a cause").to_string();
        assert_eq!(cause, "\"DEM\" is no currency");
        assert!(row.money("price_minor", -1, "EUR").is_err());
        assert!(row.quantity("quantity", 11).is_err());
        assert!(row.number::<u32>("stock", -1).is_err());
        assert!(row.slug("slug", "Enamel Mug".into()).is_err());
        assert!(row.present("name", None::<String>).is_err());
    }

    #[test]
    fn what_can_be_is_read_as_it_stands() {
        let row = Row::new("products", "enamel-mug");
        let free = row.money("price_minor", 0, "EUR").expect("a gift is a price");
        assert_eq!(free, Money::new(0, Currency::Eur));
        let most = row.money("price_minor", i64::MAX, "KWD").expect("it fits");
        assert_eq!(most, Money::new(i64::MAX, Currency::Kwd));
        assert_eq!(row.quantity("quantity", 10).expect("a quantity").get(), 10);
        assert_eq!(row.number::<u32>("stock", u32::MAX).expect("a number"), u32::MAX);
        let slug = row.slug("slug", "enamel-mug".into()).expect("a slug");
        assert_eq!(slug.as_str(), "enamel-mug");
        assert_eq!(row.present("name", Some("Mug")).expect("it is there"), "Mug");
    }

    #[tokio::test]
    async fn a_panic_is_an_unknown_outcome() {
        let answer: Result<(), _> = run_to_end("insert order", async { panic!("on purpose") }).await;
        assert_eq!(answer.expect_err("no answer").kind, StoreErrorKind::Unknown);
    }

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits() {
        let (begin, may_begin) = tokio::sync::oneshot::channel();
        let (end, ended) = tokio::sync::oneshot::channel();
        let waiter = tokio::spawn(run_to_end("insert order", async {
            may_begin.await.expect("begun");
            end.send(()).expect("someone listens");
            Ok(())
        }));
        // Not before the work runs: a task that was never polled has nothing to finish.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        waiter.abort();
        begin.send(()).expect("the work still runs");
        assert_eq!(ended.await, Ok(()));
    }
}
