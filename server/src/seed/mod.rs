//! The products that a new shop begins with. Products that are there already are left as they are.

mod products;

use checkout::catalogue::Product;
use checkout::money::{Currency, Money};
use checkout::ports::ProductStore;

use products::{PRODUCTS, SeedProduct};

/// Adds the products that are missing.
pub(crate) async fn seed(store: &dyn ProductStore) -> anyhow::Result<()> {
    let products = PRODUCTS.iter().map(product).collect::<Result<Vec<_>, _>>()?;
    let added = store.add_missing_products(&products).await?;
    if added > 0 {
        tracing::info!(added, "new products in the catalogue");
    }
    Ok(())
}

fn product(seed: &SeedProduct) -> anyhow::Result<Product> {
    Ok(Product {
        slug: seed.slug.parse()?,
        name: seed.name.to_owned(),
        summary: seed.summary.to_owned(),
        description: seed.description.to_owned(),
        price: Money::new(seed.price_minor, Currency::Eur),
        stock: seed.stock,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::locale::Locale;
    use std::path::Path;

    #[test]
    fn every_seeded_product_is_one_and_has_its_picture_and_its_german_texts() {
        let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/pictures");
        for seed in &PRODUCTS {
            let product = product(seed).expect(seed.slug);
            assert!(
                pictures.join(format!("{}.svg", product.slug)).is_file(),
                "{} has no picture",
                seed.slug
            );
            let german = app::text::product(&product.slug, Locale::De).expect(seed.slug);
            assert!(
                !german.name.is_empty() && german.summary != product.summary,
                "{}",
                seed.slug
            );
        }
    }
}
