//! What comes along when a guest logs in.

use checkout::adapter::Row;
use checkout::cart::{CartId, Quantity, ShopperId};
use checkout::catalogue::Slug;
use checkout::ports::NewSession;
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::carts::{add_pieces, open_basket};
use crate::fault::Fault;

/// Links the guest to the account, and adds the lines of their basket to the account's. A guest who is linked to another
/// account is left alone.
pub(crate) async fn take_along(
    write: &mut SqliteConnection,
    guest: ShopperId,
    session: &NewSession,
) -> Result<(), Fault> {
    let (uuid, account) = (guest.as_uuid(), session.account.as_uuid());
    sqlx::query!(
        "INSERT INTO guest_links (guest, account) VALUES (?1, ?2) ON CONFLICT (guest) DO NOTHING",
        uuid,
        account
    )
    .execute(&mut *write)
    .await?;
    let linked = sqlx::query_scalar!("SELECT account FROM guest_links WHERE guest = ?1", uuid)
        .fetch_one(&mut *write)
        .await?;
    if linked != account.as_bytes() {
        return Ok(());
    }
    let Some(left) = void_basket(&mut *write, guest).await? else {
        return Ok(());
    };
    let lines = lines_of(&mut *write, left).await?;
    if lines.is_empty() {
        return Ok(());
    }
    let basket = open_basket(&mut *write, session.account, session.new_basket).await?;
    for (slug, quantity) in lines {
        // A full basket leaves the rest behind.
        add_pieces(&mut *write, basket, &slug, quantity).await?;
    }
    Ok(())
}

/// Closes the guest's basket without an order, under the row that an order closes it by; none when there is none, or an
/// order was first.
async fn void_basket(write: &mut SqliteConnection, guest: ShopperId) -> Result<Option<CartId>, Fault> {
    let guest = guest.as_uuid();
    let closed = sqlx::query_scalar!(
        "UPDATE carts SET status = 'void' WHERE shopper = ?1 AND kind = 'basket' AND status = 'open' RETURNING id",
        guest
    )
    .fetch_optional(write)
    .await?;
    let row = Row::new("carts", "of a guest");
    let closed = closed.map(|id| row.read("id", Uuid::from_slice(&id)));
    Ok(closed.transpose()?.map(CartId))
}

async fn lines_of(write: &mut SqliteConnection, cart: CartId) -> Result<Vec<(Slug, Quantity)>, Fault> {
    let lines = sqlx::query!(
        "SELECT slug, quantity FROM cart_lines WHERE cart_id = ?1 ORDER BY position",
        cart.0
    )
    .fetch_all(write)
    .await?;
    let row = Row::new("cart_lines", cart);
    let read = lines
        .into_iter()
        .map(|line| Ok((row.slug("slug", line.slug)?, row.quantity("quantity", line.quantity)?)));
    read.collect()
}
