use async_trait::async_trait;
use checkout::adapter::{Row, run_to_end};
use checkout::cart::{Cart, CartId, CartStatus, Quantity, ShopperId};
use checkout::catalogue::Slug;
use checkout::ports::{CartEdit, CartStore, Closed, StoreError};
use sqlx::sqlite::SqliteExecutor;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pools::{Pools, commit};
use crate::rows::{CartRow, cart};
use crate::void::{outdate, void};

/// The carts of the file.
#[derive(Clone)]
pub struct SqliteCarts {
    pub(crate) pools: Pools,
}

#[async_trait]
impl CartStore for SqliteCarts {
    async fn find_basket(&self, shopper: ShopperId) -> Result<Option<Cart>, StoreError> {
        let basket = read_cart(&self.pools.readers, shopper, None).await;
        basket.map_err(|fault| fault.of("find basket"))
    }

    async fn find_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Cart>, StoreError> {
        let found = read_cart(&self.pools.readers, shopper, Some(cart)).await;
        found.map_err(|fault| fault.of("find cart"))
    }

    async fn add_to_basket(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        let (pools, slug) = (self.pools.clone(), slug.clone());
        run_to_end("add to basket", async move {
            let edit = pools.retrying(|| add(&pools, shopper, new_cart, &slug, quantity)).await;
            edit.map_err(|fault| fault.of("add to basket"))
        })
        .await
    }

    async fn open_buy_now(
        &self,
        shopper: ShopperId,
        new_cart: CartId,
        slug: &Slug,
        quantity: Quantity,
    ) -> Result<CartEdit, StoreError> {
        let (pools, slug) = (self.pools.clone(), slug.clone());
        run_to_end("open buy-now cart", async move {
            let edit = pools
                .retrying(|| buy_now(&pools, shopper, new_cart, &slug, quantity))
                .await;
            edit.map_err(|fault| fault.of("open buy-now cart"))
        })
        .await
    }

    async fn set_line(
        &self,
        shopper: ShopperId,
        cart: CartId,
        slug: &Slug,
        quantity: Option<Quantity>,
    ) -> Result<CartEdit, StoreError> {
        let (pools, slug) = (self.pools.clone(), slug.clone());
        run_to_end("set cart line", async move {
            let edit = pools.retrying(|| set(&pools, shopper, cart, &slug, quantity)).await;
            edit.map_err(|fault| fault.of("set cart line"))
        })
        .await
    }

    async fn outdate_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<CartStatus>, StoreError> {
        let pools = self.pools.clone();
        run_to_end("outdate cart", async move {
            let status = pools.retrying(|| outdate(&pools, shopper, cart)).await;
            status.map_err(|fault| fault.of("outdate cart"))
        })
        .await
    }

    async fn void_cart(&self, shopper: ShopperId, cart: CartId) -> Result<Option<Closed>, StoreError> {
        let pools = self.pools.clone();
        run_to_end("void cart", async move {
            let closed = pools.retrying(|| void(&pools, shopper, cart)).await;
            closed.map_err(|fault| fault.of("void cart"))
        })
        .await
    }
}

/// The shopper's cart of this id, or their open basket; in one statement, so that version and lines belong together.
pub(crate) async fn read_cart(
    executor: impl SqliteExecutor<'_>,
    shopper: ShopperId,
    id: Option<CartId>,
) -> Result<Option<Cart>, Fault> {
    let (shopper, id) = (shopper.as_uuid(), id.map(|id| id.0));
    let rows = sqlx::query_as!(
        CartRow,
        r#"SELECT c.id, c.shopper, c.kind, c.version, c.status, l.slug AS "slug?", l.quantity AS "quantity?",
               p.name AS "name?", p.price_minor AS "price_minor?", p.currency AS "currency?", p.stock AS "stock?"
           FROM carts c
           LEFT JOIN cart_lines l ON l.cart_id = c.id
           LEFT JOIN products p ON p.slug = l.slug
           WHERE c.shopper = ?1 AND c.id = COALESCE(?2,
               (SELECT id FROM carts WHERE shopper = ?1 AND kind = 'basket' AND status = 'open'))
           ORDER BY l.position"#,
        shopper,
        id
    )
    .fetch_all(executor)
    .await?;
    Ok(cart(rows)?)
}

async fn add(
    pools: &Pools,
    shopper: ShopperId,
    new_cart: CartId,
    slug: &Slug,
    quantity: Quantity,
) -> Result<CartEdit, Fault> {
    let mut write = pools.write().await?;
    let edit = if product_exists(&mut write, slug).await? {
        let basket = open_basket(&mut write, shopper, new_cart).await?;
        add_pieces(&mut write, basket, slug, quantity).await?
    } else {
        CartEdit::NoSuchProduct
    };
    end(write, edit).await
}

async fn buy_now(
    pools: &Pools,
    shopper: ShopperId,
    new_cart: CartId,
    slug: &Slug,
    quantity: Quantity,
) -> Result<CartEdit, Fault> {
    let mut write = pools.write().await?;
    let edit = if product_exists(&mut write, slug).await? {
        open_buy_now_cart(&mut write, shopper, new_cart).await?;
        add_pieces(&mut write, new_cart, slug, quantity).await?
    } else {
        CartEdit::NoSuchProduct
    };
    end(write, edit).await
}

async fn set(
    pools: &Pools,
    shopper: ShopperId,
    cart: CartId,
    slug: &Slug,
    quantity: Option<Quantity>,
) -> Result<CartEdit, Fault> {
    let mut write = pools.write().await?;
    let edit = if !next_version(&mut write, shopper, cart).await? {
        CartEdit::NoSuchCart
    } else if let Some(quantity) = quantity {
        set_pieces(&mut write, cart, slug, quantity).await?
    } else {
        remove_line(&mut write, cart, slug).await?
    };
    end(write, edit).await
}

/// Commits a change that was done; leaves no trace of one that was not.
async fn end(write: Transaction<'static, Sqlite>, edit: CartEdit) -> Result<CartEdit, Fault> {
    match edit {
        CartEdit::Done(_) => commit(write).await?,
        CartEdit::NoSuchCart | CartEdit::NoSuchProduct | CartEdit::Full => write.rollback().await?,
    }
    Ok(edit)
}

async fn product_exists(write: &mut SqliteConnection, slug: &Slug) -> Result<bool, Fault> {
    let slug = slug.as_str();
    let found = sqlx::query_scalar!("SELECT slug FROM products WHERE slug = ?1", slug)
        .fetch_optional(write)
        .await?;
    Ok(found.is_some())
}

/// The shopper's open basket, at its next version; `new_cart` when there was none.
pub(crate) async fn open_basket(
    write: &mut SqliteConnection,
    shopper: ShopperId,
    new_cart: CartId,
) -> Result<CartId, Fault> {
    let shopper = shopper.as_uuid();
    let id = sqlx::query_scalar!(
        "INSERT INTO carts (id, shopper, kind, version, status) VALUES (?1, ?2, 'basket', 1, 'open')
         ON CONFLICT (shopper) WHERE kind = 'basket' AND status = 'open' DO UPDATE SET version = version + 1
         RETURNING id",
        new_cart.0,
        shopper
    )
    .fetch_one(write)
    .await?;
    let row = Row::new("carts", new_cart);
    Ok(CartId(row.read("id", Uuid::from_slice(&id))?))
}

async fn open_buy_now_cart(write: &mut SqliteConnection, shopper: ShopperId, new_cart: CartId) -> Result<(), Fault> {
    let shopper = shopper.as_uuid();
    sqlx::query!(
        "INSERT INTO carts (id, shopper, kind, version, status) VALUES (?1, ?2, 'buy_now', 1, 'open')",
        new_cart.0,
        shopper
    )
    .execute(write)
    .await?;
    Ok(())
}

/// Moves an open cart to its next version; `false` when the shopper has no such cart.
pub(crate) async fn next_version(
    write: &mut SqliteConnection,
    shopper: ShopperId,
    cart: CartId,
) -> Result<bool, Fault> {
    let shopper = shopper.as_uuid();
    let moved = sqlx::query!(
        "UPDATE carts SET version = version + 1 WHERE id = ?1 AND shopper = ?2 AND status = 'open'",
        cart.0,
        shopper
    )
    .execute(write)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// Adds a line, or pieces to the line that is there, up to the most that a line takes.
pub(crate) async fn add_pieces(
    write: &mut SqliteConnection,
    cart: CartId,
    slug: &Slug,
    quantity: Quantity,
) -> Result<CartEdit, Fault> {
    let (slug, quantity) = (slug.as_str(), quantity.get());
    let (most_pieces, most_lines) = (Quantity::MOST, i64::try_from(Cart::MOST_LINES).unwrap_or(i64::MAX));
    let added = sqlx::query!(
        "INSERT INTO cart_lines (cart_id, slug, quantity, position)
         SELECT ?1, ?2, ?3, COALESCE(MAX(position), 0) + 1 FROM cart_lines WHERE cart_id = ?1
         HAVING COUNT(*) < ?4 OR MAX(slug = ?2)
         ON CONFLICT (cart_id, slug) DO UPDATE SET quantity = MIN(quantity + excluded.quantity, ?5)",
        cart.0,
        slug,
        quantity,
        most_lines,
        most_pieces
    )
    .execute(write)
    .await?;
    Ok(match added.rows_affected() {
        0 => CartEdit::Full,
        _ => CartEdit::Done(cart),
    })
}

async fn set_pieces(
    write: &mut SqliteConnection,
    cart: CartId,
    slug: &Slug,
    quantity: Quantity,
) -> Result<CartEdit, Fault> {
    let (name, pieces) = (slug.as_str(), quantity.get());
    let set = sqlx::query!(
        "UPDATE cart_lines SET quantity = ?3 WHERE cart_id = ?1 AND slug = ?2",
        cart.0,
        name,
        pieces
    )
    .execute(&mut *write)
    .await?;
    if set.rows_affected() == 1 {
        return Ok(CartEdit::Done(cart));
    }
    if !product_exists(&mut *write, slug).await? {
        return Ok(CartEdit::NoSuchProduct);
    }
    add_pieces(write, cart, slug, quantity).await
}

async fn remove_line(write: &mut SqliteConnection, cart: CartId, slug: &Slug) -> Result<CartEdit, Fault> {
    let slug = slug.as_str();
    sqlx::query!("DELETE FROM cart_lines WHERE cart_id = ?1 AND slug = ?2", cart.0, slug)
        .execute(write)
        .await?;
    Ok(CartEdit::Done(cart))
}
