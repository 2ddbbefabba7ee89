//! What the columns hold, and how it becomes words of the shop.

use std::fmt;
use std::time::Duration;

use checkout::account::Identity;
use checkout::adapter::{ImpossibleRow, Row};
use checkout::cart::{Cart, CartId, CartKind, CartLine, CartStatus, ShopperId};
use checkout::catalogue::Product;
use checkout::contact::ContactForm;
use checkout::observer::{FirstOrder, KeyMatch, Layer, StoppedDuplicate, WayIn};
use checkout::order::{Order, OrderId, OrderLine};
use checkout::time::Timestamp;
use checkout::token::TokenDigest;
use uuid::Uuid;

/// Milliseconds as a column holds them.
pub(crate) fn database_ms(at: Timestamp) -> i64 {
    i64::try_from(at.unix_ms).unwrap_or(i64::MAX)
}

/// A row of `accounts`, without its password.
pub(crate) struct IdentityRow {
    pub(crate) shopper: Uuid,
    pub(crate) email: String,
}

impl From<IdentityRow> for Identity {
    fn from(stored: IdentityRow) -> Self {
        Self {
            shopper: ShopperId::from_uuid(stored.shopper),
            email: stored.email,
        }
    }
}

/// A row of `products`.
pub(crate) struct ProductRow {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) price_minor: i64,
    pub(crate) currency: String,
    pub(crate) stock: i64,
}

impl TryFrom<ProductRow> for Product {
    type Error = ImpossibleRow;

    fn try_from(stored: ProductRow) -> Result<Self, Self::Error> {
        let row = Row::new("products", stored.slug.clone());
        Ok(Self {
            slug: row.slug("slug", stored.slug)?,
            name: stored.name,
            summary: stored.summary,
            description: stored.description,
            price: row.money("price_minor", stored.price_minor, &stored.currency)?,
            stock: row.number("stock", stored.stock)?,
        })
    }
}

/// A row of `carts` with one of its lines and that line's product, if it has any.
pub(crate) struct CartRow {
    pub(crate) id: Uuid,
    pub(crate) shopper: Uuid,
    pub(crate) kind: String,
    pub(crate) version: i64,
    pub(crate) status: String,
    pub(crate) slug: Option<String>,
    pub(crate) quantity: Option<i64>,
    pub(crate) name: Option<String>,
    pub(crate) price_minor: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) stock: Option<i64>,
}

/// The cart of these rows, which are all of one cart; none without rows.
pub(crate) fn cart(rows: Vec<CartRow>) -> Result<Option<Cart>, ImpossibleRow> {
    let Some(first) = rows.first() else { return Ok(None) };
    let row = Row::new("carts", first.id);
    let mut cart = Cart {
        id: CartId(first.id),
        shopper: ShopperId::from_uuid(first.shopper),
        kind: kind(&row, &first.kind)?,
        version: row.number("version", first.version)?,
        status: status(&row, &first.status)?,
        lines: Vec::with_capacity(rows.len()),
    };
    let with_line = rows.into_iter().filter(|row| row.slug.is_some());
    for line in with_line {
        cart.lines.push(line.try_into()?);
    }
    Ok(Some(cart))
}

fn kind<K: fmt::Display>(row: &Row<K>, stored: &str) -> Result<CartKind, ImpossibleRow> {
    match stored {
        "basket" => Ok(CartKind::Basket),
        "buy_now" => Ok(CartKind::BuyNow),
        other => Err(row.impossible("kind", format!("{other:?} is no kind of cart"))),
    }
}

pub(crate) fn status<K: fmt::Display>(row: &Row<K>, stored: &str) -> Result<CartStatus, ImpossibleRow> {
    match stored {
        "open" => Ok(CartStatus::Open),
        "ordered" => Ok(CartStatus::Ordered),
        "void" => Ok(CartStatus::Void),
        other => Err(row.impossible("status", format!("{other:?} is no status of a cart"))),
    }
}

impl TryFrom<CartRow> for CartLine {
    type Error = ImpossibleRow;

    fn try_from(stored: CartRow) -> Result<Self, Self::Error> {
        let line = Row::new("cart_lines", stored.id);
        let slug = line.present("slug", stored.slug)?;
        let product = Row::new("products", slug.clone());
        let price_minor = product.present("price_minor", stored.price_minor)?;
        let currency = product.present("currency", stored.currency)?;
        Ok(Self {
            slug: line.slug("slug", slug)?,
            quantity: line.quantity("quantity", line.present("quantity", stored.quantity)?)?,
            name: product.present("name", stored.name)?,
            unit_price: product.money("price_minor", price_minor, &currency)?,
            stock: product.number("stock", product.present("stock", stored.stock)?)?,
        })
    }
}

/// A row of `orders`.
pub(crate) struct OrderRow {
    pub(crate) id: Uuid,
    pub(crate) shopper: Uuid,
    pub(crate) cart_id: Uuid,
    pub(crate) order_token: Uuid,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) street: String,
    pub(crate) postcode: String,
    pub(crate) city: String,
    pub(crate) country: String,
    pub(crate) total_minor: i64,
    pub(crate) currency: String,
    pub(crate) placed_at_ms: i64,
    pub(crate) cancelled_at_ms: Option<i64>,
    pub(crate) refunded_at_ms: Option<i64>,
}

/// A row of `order_lines`.
pub(crate) struct OrderLineRow {
    pub(crate) order_id: Uuid,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) quantity: i64,
    pub(crate) unit_price_minor: i64,
    pub(crate) currency: String,
}

impl TryFrom<OrderLineRow> for OrderLine {
    type Error = ImpossibleRow;

    fn try_from(stored: OrderLineRow) -> Result<Self, Self::Error> {
        let row = Row::new("order_lines", stored.order_id);
        Ok(Self {
            slug: row.slug("slug", stored.slug)?,
            name: stored.name,
            quantity: row.quantity("quantity", stored.quantity)?,
            unit_price: row.money("unit_price_minor", stored.unit_price_minor, &stored.currency)?,
        })
    }
}

impl OrderRow {
    /// The order of this row and these lines.
    pub(crate) fn with_lines(self, lines: Vec<OrderLineRow>) -> Result<Order, ImpossibleRow> {
        let row = Row::new("orders", self.id);
        if lines.is_empty() {
            return Err(row.impossible("id", "the order has no lines"));
        }
        Ok(Order {
            id: OrderId(self.id),
            shopper: ShopperId::from_uuid(self.shopper),
            cart: CartId(self.cart_id),
            token: TokenDigest(self.order_token),
            lines: lines.into_iter().map(OrderLine::try_from).collect::<Result<_, _>>()?,
            total: row.money("total_minor", self.total_minor, &self.currency)?,
            contact: ContactForm {
                name: self.name,
                email: self.email,
                street: self.street,
                postcode: self.postcode,
                city: self.city,
                country: self.country,
            },
            placed_at: row.moment("placed_at_ms", self.placed_at_ms)?,
            standing: row.standing(self.cancelled_at_ms, self.refunded_at_ms)?,
        })
    }
}

/// A row of `prevented_duplicates`, without its id.
pub(crate) struct StoppedRow {
    pub(crate) at_ms: i64,
    pub(crate) layer: String,
    pub(crate) same_key: bool,
    pub(crate) way_in: String,
    pub(crate) first_order: Option<Uuid>,
    pub(crate) delay_ms: Option<i64>,
}

impl From<&StoppedDuplicate> for StoppedRow {
    fn from(stopped: &StoppedDuplicate) -> Self {
        Self {
            at_ms: database_ms(stopped.at),
            layer: stopped.layer.name().to_owned(),
            same_key: stopped.key == KeyMatch::Same,
            way_in: stopped.way_in.name().to_owned(),
            first_order: stopped.first.map(|first| first.id.0),
            delay_ms: stopped
                .first
                .map(|first| i64::try_from(first.delay.as_millis()).unwrap_or(i64::MAX)),
        }
    }
}

impl TryFrom<StoppedRow> for StoppedDuplicate {
    type Error = ImpossibleRow;

    fn try_from(stored: StoppedRow) -> Result<Self, Self::Error> {
        let row = Row::new("prevented_duplicates", stored.at_ms);
        let way_in = WayIn::ALL.into_iter().find(|way| way.name() == stored.way_in);
        let first = match (stored.first_order, stored.delay_ms) {
            (Some(id), Some(delay_ms)) => Some(FirstOrder {
                id: OrderId(id),
                delay: Duration::from_millis(row.number("delay_ms", delay_ms)?),
            }),
            _ => None,
        };
        Ok(Self {
            at: row.moment("at_ms", stored.at_ms)?,
            layer: layer(&row, &stored.layer)?,
            key: if stored.same_key {
                KeyMatch::Same
            } else {
                KeyMatch::Other
            },
            way_in: row.present("way_in", way_in)?,
            first,
        })
    }
}

pub(crate) fn layer<K: fmt::Display>(row: &Row<K>, stored: &str) -> Result<Layer, ImpossibleRow> {
    let known = Layer::ALL.into_iter().find(|layer| layer.name() == stored);
    known.ok_or_else(|| row.impossible("layer", format!("{stored:?} is no layer")))
}
