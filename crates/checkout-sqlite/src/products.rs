use async_trait::async_trait;
use checkout::adapter::{ImpossibleRow, run_to_end};
use checkout::catalogue::{Product, Slug};
use checkout::ports::{ProductStore, StoreError};

use crate::fault::Fault;
use crate::pools::{Pools, commit};
use crate::rows::ProductRow;

/// The products of the file.
#[derive(Clone)]
pub struct SqliteProducts {
    pub(crate) pools: Pools,
}

#[async_trait]
impl ProductStore for SqliteProducts {
    async fn list_products(&self) -> Result<Vec<Product>, StoreError> {
        list(&self.pools).await.map_err(|fault| fault.of("list products"))
    }

    async fn find_product(&self, slug: &Slug) -> Result<Option<Product>, StoreError> {
        find(&self.pools, slug).await.map_err(|fault| fault.of("find product"))
    }

    async fn add_missing_products(&self, products: &[Product]) -> Result<u64, StoreError> {
        let (pools, products) = (self.pools.clone(), products.to_vec());
        run_to_end("add products", async move {
            let added = pools.retrying(|| add_missing(&pools, &products)).await;
            added.map_err(|fault| fault.of("add products"))
        })
        .await
    }
}

async fn list(pools: &Pools) -> Result<Vec<Product>, Fault> {
    let rows = sqlx::query_as!(
        ProductRow,
        "SELECT slug, name, summary, description, price_minor, currency, stock FROM products ORDER BY name, slug"
    )
    .fetch_all(&pools.readers)
    .await?;
    let products: Result<Vec<Product>, ImpossibleRow> = rows.into_iter().map(Product::try_from).collect();
    Ok(products?)
}

async fn find(pools: &Pools, slug: &Slug) -> Result<Option<Product>, Fault> {
    let slug = slug.as_str();
    let row = sqlx::query_as!(
        ProductRow,
        "SELECT slug, name, summary, description, price_minor, currency, stock FROM products WHERE slug = ?1",
        slug
    )
    .fetch_optional(&pools.readers)
    .await?;
    Ok(row.map(Product::try_from).transpose()?)
}

async fn add_missing(pools: &Pools, products: &[Product]) -> Result<u64, Fault> {
    let mut write = pools.write().await?;
    let mut added = 0;
    for product in products {
        let (slug, currency) = (product.slug.as_str(), product.price.currency.code());
        added += sqlx::query!(
            "INSERT INTO products (slug, name, summary, description, price_minor, currency, stock)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (slug) DO NOTHING",
            slug,
            product.name,
            product.summary,
            product.description,
            product.price.amount_minor,
            currency,
            product.stock
        )
        .execute(&mut *write)
        .await?
        .rows_affected();
    }
    commit(write).await?;
    Ok(added)
}
