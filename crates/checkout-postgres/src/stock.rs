//! The pieces that a batch takes.
//!
//! Each product's row is changed once in a transaction, however many orders take from it: a change under each savepoint
//! would leave a version of the row behind, and a set of those who hold it (a multixact), which everyone who reads the
//! product until the commit has to go through. Nobody else changes the products meanwhile, for the batch has locked them.

use std::collections::BTreeMap;

use checkout::adapter::Row;
use checkout::cart::Cart;
use checkout::catalogue::Slug;
use sqlx::PgConnection;

use crate::fault::Fault;

/// How many pieces of which products the orders of a batch take, which are not yet taken from the stock.
#[derive(Debug, Default)]
pub(crate) struct Taken(BTreeMap<Slug, u32>);

impl Taken {
    /// The cart as it was read inside the transaction, with as much stock as the orders before it leave.
    pub(crate) fn left_for(&self, mut cart: Cart) -> Cart {
        for line in &mut cart.lines {
            let taken = self.0.get(&line.slug).copied().unwrap_or_default();
            line.stock = line.stock.saturating_sub(taken);
        }
        cart
    }

    /// An order of this cart was written.
    pub(crate) fn note(&mut self, cart: &Cart) {
        for line in &cart.lines {
            *self.0.entry(line.slug.clone()).or_default() += line.quantity.get();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes all of it from the stock, which was seen to be there inside this transaction.
    pub(crate) async fn take(self, write: &mut PgConnection) -> Result<(), Fault> {
        let (slugs, pieces): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .map(|(slug, pieces)| (slug.to_string(), i64::from(*pieces)))
            .unzip();
        let changed = sqlx::query!(
            "UPDATE products SET stock = stock - taken.pieces FROM UNNEST($1::text[], $2::bigint[]) AS taken (slug, pieces)
             WHERE products.slug = taken.slug AND products.stock >= taken.pieces",
            &slugs,
            &pieces
        )
        .execute(write)
        .await?;
        if usize::try_from(changed.rows_affected()) == Ok(slugs.len()) {
            return Ok(());
        }
        let problem = format!("{} of {} products had the pieces", changed.rows_affected(), slugs.len());
        Err(Row::new("products", slugs.join(" "))
            .impossible("stock", problem)
            .into())
    }
}
