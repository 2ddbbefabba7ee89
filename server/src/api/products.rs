use app::wire::FailureCode;
use axum::Json;
use axum::extract::{Path, State};
use checkout::catalogue::{Product as CoreProduct, Slug};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::Money;
use super::openapi;
use super::problem::Problem;
use crate::AppState;

/// What the shop sells.
#[derive(Serialize, ToSchema)]
pub(super) struct Product {
    /// Its name in addresses.
    #[schema(example = "enamel-mug", pattern = "^[a-z0-9-]{1,64}$")]
    slug: String,
    /// Its name for people.
    name: String,
    /// One line about it.
    summary: String,
    /// A paragraph about it.
    description: String,
    /// The price of one piece, tax included.
    price: Money,
    /// How many pieces can be sold now.
    stock: u32,
}

/// Every product.
#[derive(Serialize, ToSchema)]
pub(super) struct Products {
    /// By name.
    products: Vec<Product>,
}

impl From<CoreProduct> for Product {
    fn from(product: CoreProduct) -> Self {
        Self {
            slug: product.slug.into(),
            name: product.name,
            summary: product.summary,
            description: product.description,
            price: product.price.into(),
            stock: product.stock,
        }
    }
}

/// List the products
#[utoipa::path(
    get,
    path = "/products",
    tag = "products",
    operation_id = "listProducts",
    responses((status = 200, description = "Every product", body = Products), openapi::OfLists)
)]
pub(super) async fn list(State(app): State<AppState>) -> Result<Json<Products>, Problem> {
    let products = app.checkout.list_products().await;
    let products = products.map_err(|error| Problem::unavailable(&error))?;
    let products = products.into_iter().map(Product::from).collect();
    Ok(Json(Products { products }))
}

/// Read a product
#[utoipa::path(
    get,
    path = "/products/{slug}",
    tag = "products",
    operation_id = "readProduct",
    params(("slug" = String, Path, description = "The product's name in addresses", example = "enamel-mug")),
    responses((status = 200, description = "The product", body = Product), openapi::OfReads)
)]
pub(super) async fn read(State(app): State<AppState>, Path(slug): Path<String>) -> Result<Json<Product>, Problem> {
    let slug: Slug = slug.parse().map_err(|_| FailureCode::NotFound)?;
    let product = app.checkout.find_product(&slug).await;
    let product = product.map_err(|error| Problem::unavailable(&error))?;
    Ok(Json(product.ok_or(FailureCode::NotFound)?.into()))
}
