//! The statements that turn one cart into its one order, inside the transaction of its batch.

use checkout::adapter::{Decision, Row, agree};
use checkout::cart::{Cart, CartId};
use checkout::events::OrderPlaced;
use checkout::fail_point::{FailPoint, fail_point};
use checkout::order::OrderId;
use checkout::ports::NewOrder;
use checkout::quote::Quote;
use sqlx::{Connection as _, PgConnection};

use crate::carts::read_cart;
use crate::fault::Fault;
use crate::stock::Taken;

/// Writes `order` under a savepoint of its own, to which everything is rolled back unless all of it was written: the
/// neighbours in the transaction never notice. Its cart and the products of it are locked.
///
/// Its pieces are noted in `taken`, and are still to be taken from the stock.
pub(crate) async fn decide(write: &mut PgConnection, order: &NewOrder, taken: &mut Taken) -> Result<Decision, Fault> {
    let mut alone = write.begin().await?;
    match write_order(&mut alone, order, taken).await {
        Ok(Ok(cart)) => {
            alone.commit().await?;
            taken.note(&cart);
            Ok(Decision::Written)
        }
        Ok(Err(not_written)) => {
            alone.rollback().await?;
            Ok(not_written)
        }
        Err(fault) if fault.is_of_one_order() => {
            alone.rollback().await?;
            Ok(Decision::Failed(fault.of("insert order")))
        }
        Err(fault) => Err(fault),
    }
}

/// Everything between the savepoint and its end: the cart that became an order, or what was decided instead.
async fn write_order(
    write: &mut PgConnection,
    order: &NewOrder,
    taken: &Taken,
) -> Result<Result<Cart, Decision>, Fault> {
    if !close_cart(write, order).await? {
        return Ok(Err(Decision::Decided));
    }
    fail_point(FailPoint::CartClosed).await;
    let cart = read_cart(&mut *write, order.shopper, Some(order.cart)).await?;
    let cart = Row::new("carts", order.cart).present("id", cart)?;
    let cart = taken.left_for(cart);
    let quote = match agree(order, &cart) {
        Ok(quote) => quote,
        Err(refusal) => return Ok(Err(Decision::Refused(refusal))),
    };
    if !insert_order(write, order, &quote).await? {
        return Ok(Err(Decision::Decided));
    }
    insert_lines(write, order.id, cart.id).await?;
    fail_point(FailPoint::OrderInserted).await;
    insert_event(write, order, &quote).await?;
    Ok(Ok(cart))
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
