use async_trait::async_trait;
use checkout::adapter::{ImpossibleRow, run_to_end};
use checkout::catalogue::{Product, Slug};
use checkout::ports::{ProductStore, StoreError};
use sqlx::PgPool;

use crate::fault::Fault;
use crate::pool::{Database, commit};
use crate::rows::ProductRow;

/// The products of the database.
#[derive(Clone)]
pub struct PostgresProducts {
    pub(crate) db: Database,
}

#[async_trait]
impl ProductStore for PostgresProducts {
    async fn list_products(&self) -> Result<Vec<Product>, StoreError> {
        list(&self.db.pool).await.map_err(|fault| fault.of("list products"))
    }

    async fn find_product(&self, slug: &Slug) -> Result<Option<Product>, StoreError> {
        find(&self.db.pool, slug)
            .await
            .map_err(|fault| fault.of("find product"))
    }

    async fn add_missing_products(&self, products: &[Product]) -> Result<u64, StoreError> {
        let (db, mut products) = (self.db.clone(), products.to_vec());
        // Two servers that seed at once wait for each other, and not in a circle.
        products.sort_by(|a, b| a.slug.cmp(&b.slug));
        run_to_end("add products", async move {
            let added = db.retrying(|| add_missing(&db, &products)).await;
            added.map_err(|fault| fault.of("add products"))
        })
        .await
    }
}

async fn list(pool: &PgPool) -> Result<Vec<Product>, Fault> {
    let rows = sqlx::query_as!(
        ProductRow,
        "SELECT slug, name, summary, description, price_minor, currency, stock FROM products ORDER BY name COLLATE \"C\", slug COLLATE \"C\""
    )
    .fetch_all(pool)
    .await?;
    let products: Result<Vec<Product>, ImpossibleRow> = rows.into_iter().map(Product::try_from).collect();
    Ok(products?)
}

async fn find(pool: &PgPool, slug: &Slug) -> Result<Option<Product>, Fault> {
    let slug = slug.as_str();
    let row = sqlx::query_as!(
        ProductRow,
        "SELECT slug, name, summary, description, price_minor, currency, stock FROM products WHERE slug = $1",
        slug
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(Product::try_from).transpose()?)
}

async fn add_missing(db: &Database, products: &[Product]) -> Result<u64, Fault> {
    let mut write = db.begin().await?;
    let mut added = 0;
    for product in products {
        let (slug, currency) = (product.slug.as_str(), product.price.currency.code());
        added += sqlx::query!(
            "INSERT INTO products (slug, name, summary, description, price_minor, currency, stock)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (slug) DO NOTHING",
            slug,
            product.name,
            product.summary,
            product.description,
            product.price.amount_minor,
            currency,
            i64::from(product.stock)
        )
        .execute(&mut *write)
        .await?
        .rows_affected();
    }
    commit(write).await?;
    Ok(added)
}
