//! `insert_once`: the transaction that turns a cart into its one order.

use checkout::adapter::{Row, agree};
use checkout::cart::{Cart, CartId};
use checkout::events::OrderPlaced;
use checkout::order::OrderId;
use checkout::ports::{Insertion, NewOrder, Refusal, StoreError, StoreErrorKind};
use checkout::quote::Quote;
use sqlx::{PgConnection, PgPool};

use crate::carts::read_cart;
use crate::fault::Fault;
use crate::orders::{find_winner, read_order};
use crate::pool::{begin, commit, retrying};

/// How a transaction ended.
enum Ended {
    /// The intent has this order: written now, or earlier.
    Stands(OrderId),
    /// Nothing was written.
    Refused(Refusal),
}

/// What was found inside the transaction.
enum Decision {
    /// All of the order was written; it is to be committed.
    Written,
    /// The cart was closed before, or a unique constraint spoke: someone else decided.
    Decided,
    /// The cart can not become this order.
    Refused(Refusal),
}

/// Writes `order` unless its intent already has one, and answers with what was read back.
pub(crate) async fn insert(pool: &PgPool, order: &NewOrder) -> Result<Insertion, StoreError> {
    let ended = retrying(|| write(pool, order)).await;
    match ended.map_err(|fault| fault.of("insert order"))? {
        Ended::Stands(id) => read_back(pool, order, id).await,
        Ended::Refused(refusal) => Ok(Insertion::Refused(refusal)),
    }
}

/// One transaction, from its beginning to its end.
async fn write(pool: &PgPool, order: &NewOrder) -> Result<Ended, Fault> {
    let mut write = begin(pool).await?;
    match decide(&mut write, order).await? {
        Decision::Written => {
            commit(write).await?;
            Ok(Ended::Stands(order.id))
        }
        Decision::Decided => {
            write.rollback().await?;
            decided(pool, order).await
        }
        Decision::Refused(refusal) => {
            write.rollback().await?;
            Ok(Ended::Refused(refusal))
        }
    }
}

/// What was decided before this call: an order, or that the cart becomes none.
async fn decided(pool: &PgPool, order: &NewOrder) -> Result<Ended, Fault> {
    let winner = find_winner(pool, order).await?;
    Ok(winner.map_or(Ended::Refused(Refusal::CartChanged(None)), Ended::Stands))
}

/// The order as it stands after the commit. Only this is acknowledged.
async fn read_back(pool: &PgPool, order: &NewOrder, id: OrderId) -> Result<Insertion, StoreError> {
    let found = read_order(pool, order.shopper, id).await;
    let Some(stands) = found.map_err(|fault| fault.after_commit("read order back"))? else {
        let missing = format!("the order {id} is not there after its commit");
        return Err(StoreError::new("read order back", StoreErrorKind::Unknown, missing));
    };
    if stands.id == order.id {
        Ok(Insertion::Placed(stands))
    } else {
        Ok(Insertion::Replayed(stands))
    }
}

/// Everything between begin and commit. The caller rolls back unless all of it was written.
async fn decide(write: &mut PgConnection, order: &NewOrder) -> Result<Decision, Fault> {
    if !close_cart(write, order).await? {
        return Ok(Decision::Decided);
    }
    lock_products(&mut *write, order.cart).await?;
    let cart = read_cart(&mut *write, order.shopper, Some(order.cart)).await?;
    let cart = Row::new("carts", order.cart).present("id", cart)?;
    let quote = match agree(order, &cart) {
        Ok(quote) => quote,
        Err(refusal) => return Ok(Decision::Refused(refusal)),
    };
    take_stock(write, &cart).await?;
    if !insert_order(write, order, &quote).await? {
        return Ok(Decision::Decided);
    }
    insert_lines(write, order.id, cart.id).await?;
    insert_event(write, order, &quote).await?;
    Ok(Decision::Written)
}

/// Closes the cart for good; `false` when the shopper has no such open cart.
async fn close_cart(write: &mut PgConnection, order: &NewOrder) -> Result<bool, Fault> {
    let shopper = order.shopper.as_uuid();
    let closed = sqlx::query!(
        "UPDATE carts SET status = 'ordered' WHERE id = $1 AND shopper = $2 AND status = 'open'",
        order.cart.0,
        shopper
    )
    .execute(write)
    .await?;
    Ok(closed.rows_affected() == 1)
}

/// Keeps the price and stock of the cart's products as they are until the end of the transaction.
///
/// In the order of their slugs, so that carts with the same products wait for each other and not in a circle. Not a
/// plain `FOR UPDATE`: that would hold up everyone who puts the product into a cart.
async fn lock_products(write: &mut PgConnection, cart: CartId) -> Result<(), Fault> {
    sqlx::query!(
        "SELECT p.slug FROM products p JOIN cart_lines l ON l.slug = p.slug WHERE l.cart_id = $1
         ORDER BY p.slug FOR NO KEY UPDATE OF p",
        cart.0
    )
    .fetch_all(write)
    .await?;
    Ok(())
}

/// Takes the pieces of every line, which were seen to be there inside this transaction.
async fn take_stock(write: &mut PgConnection, cart: &Cart) -> Result<(), Fault> {
    let taken = sqlx::query!(
        "UPDATE products SET stock = stock - l.quantity FROM cart_lines l
         WHERE l.cart_id = $1 AND l.slug = products.slug AND products.stock >= l.quantity",
        cart.id.0
    )
    .execute(write)
    .await?;
    if usize::try_from(taken.rows_affected()) == Ok(cart.lines.len()) {
        return Ok(());
    }
    let problem = format!(
        "{} of {} lines found their stock",
        taken.rows_affected(),
        cart.lines.len()
    );
    Err(Row::new("carts", cart.id).impossible("id", problem).into())
}

/// Inserts the order; `false` when the intent already has one.
async fn insert_order(write: &mut PgConnection, order: &NewOrder, quote: &Quote) -> Result<bool, Fault> {
    let (contact, number) = (order.contact.form(), order.id.number());
    let (shopper, number, currency) = (order.shopper.as_uuid(), number.as_str(), quote.total.currency.code());
    let placed_at_ms = placed_at_ms(order)?;
    let inserted = sqlx::query!(
        "INSERT INTO orders (id, shopper, cart_id, order_token, number, name, email, street, postcode, city, country,
             total_minor, currency, placed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
        order.id.0,
        shopper,
        order.cart.0,
        order.token.0,
        number,
        contact.name,
        contact.email,
        contact.street,
        contact.postcode,
        contact.city,
        contact.country,
        quote.total.amount_minor,
        currency,
        placed_at_ms
    )
    .execute(write)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Copies the lines of the cart, at the prices of this transaction, which are those of the quote.
async fn insert_lines(write: &mut PgConnection, order: OrderId, cart: CartId) -> Result<(), Fault> {
    sqlx::query!(
        "INSERT INTO order_lines (order_id, position, slug, name, quantity, unit_price_minor, currency)
         SELECT $1, l.position, l.slug, p.name, l.quantity, p.price_minor, p.currency
         FROM cart_lines l JOIN products p ON p.slug = l.slug WHERE l.cart_id = $2",
        order.0,
        cart.0
    )
    .execute(write)
    .await?;
    Ok(())
}

async fn insert_event(write: &mut PgConnection, order: &NewOrder, quote: &Quote) -> Result<(), Fault> {
    let event = OrderPlaced::of(order.id, order.placed_at, quote);
    let payload = Row::new("outbox", order.id).read("payload", serde_json::to_string(&event))?;
    let created_at_ms = placed_at_ms(order)?;
    sqlx::query!(
        "INSERT INTO outbox (order_id, kind, payload, created_at_ms) VALUES ($1, 'order_placed', $2::text::jsonb, $3)",
        order.id.0,
        payload,
        created_at_ms
    )
    .execute(write)
    .await?;
    Ok(())
}

fn placed_at_ms(order: &NewOrder) -> Result<i64, Fault> {
    let row = Row::new("orders", order.id);
    Ok(row.read("placed_at_ms", i64::try_from(order.placed_at.unix_ms))?)
}
