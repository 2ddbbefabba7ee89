//! What the document says beside types: how one operation leads to the next, and examples of orders.

use serde_json::{Value, json};

use super::examples;
use crate::api::ROOT;

/// Adds it.
pub(super) fn add(document: &mut Value) {
    let carts = format!("{ROOT}/carts");
    let cart = json!({ "cart": "$response.body#/id" });
    let line = json!({ "cart": "$response.body#/id", "slug": "$response.body#/lines/0/slug" });
    link(document, &carts, "201", "readCart", json!({ "parameters": cart }));
    link(document, &carts, "201", "cancelCart", json!({ "parameters": cart }));
    link(document, &carts, "201", "setLine", json!({ "parameters": line }));
    link(document, &carts, "201", "removeLine", json!({ "parameters": line }));
    link(
        document,
        &carts,
        "201",
        "createCheckout",
        json!({ "requestBody": cart }),
    );
    let order = json!({
        "parameters": { "Idempotency-Key": "$response.body#/token" },
        "requestBody": { "quote": "$response.body#/quote", "contact": examples::contact(), "confirm_repeat": true },
    });
    let checkouts = format!("{ROOT}/checkouts");
    link(document, &checkouts, "201", "createOrder", order);
    let attempt = json!({ "parameters": { "attempt": "$response.body#/attempt" } });
    link(document, &checkouts, "201", "readAttempt", attempt);
    let orders = format!("{ROOT}/orders");
    for status in ["200", "201"] {
        let order = json!({ "parameters": { "order": "$response.body#/id" } });
        link(document, &orders, status, "readOrder", order);
        let look_up =
            json!({ "requestBody": { "number": "$response.body#/number", "email": "$response.body#/contact/email" } });
        link(document, &orders, status, "createLookUp", look_up);
        let content = &mut document["paths"][&orders]["post"]["responses"][status]["content"]["application/json"];
        content["example"] = serde_json::to_value(examples::order()).unwrap_or(Value::Null);
    }
}

fn link(document: &mut Value, path: &str, status: &str, operation: &str, mut link: Value) {
    link["operationId"] = operation.into();
    document["paths"][path]["post"]["responses"][status]["links"][operation] = link;
}
