//! What belongs to a shopper, and the doors that are asked about it.

use reqwest::Response;
use serde_json::{Value, json};
use server::security::inventory::Door;

use crate::support::{Fields, PASSWORD, Shop, Visitor, location, value};
use crate::v1::contact;

/// What belongs to one of them.
pub(super) struct Things {
    pub(super) cart: String,
    pub(super) form: Fields,
    pub(super) order: String,
    pub(super) digest: String,
    /// What the API answers about the cart.
    pub(super) checkout: Value,
}

/// A guest with an order, and with a cart on its way.
pub(super) async fn owner(shop: &Shop) -> (Visitor, Things) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let receipt = location(&visitor.submit(&page, &form).await);
    let digest = digest(&visitor, &form).await;
    let open = visitor.buy_now("linen-notebook").await;
    let things = Things {
        cart: last(&open),
        form: visitor.form(&open).await,
        order: last(&receipt),
        digest,
        checkout: Value::Null,
    };
    (visitor, things)
}

fn last(path: &str) -> String {
    path.rsplit('/').next().expect("a path").to_owned()
}

/// Where a page says that one learns what became of it.
async fn digest(visitor: &Visitor, form: &Fields) -> String {
    let token = checkout::token::OrderToken::parse(value(form, "token")).expect("a token");
    let digest = token.digest().to_string();
    let status = visitor.get(&format!("/api/status/{digest}")).await;
    assert!(status.text().await.expect("text").contains("placed"));
    digest
}

impl Things {
    /// The same that are nobody's.
    pub(super) fn missing(&self) -> Self {
        Self {
            cart: "01890000-0000-7000-8000-000000000000".to_owned(),
            form: self.form.clone(),
            checkout: self.checkout.clone(),
            order: "01890000-0000-7000-8000-000000000000".to_owned(),
            digest: "0".repeat(self.digest.len()),
        }
    }

    /// Asks a door about these.
    pub(super) async fn ask(&self, visitor: &Visitor, door: &Door) -> Response {
        let path = door
            .path
            .replace("{cart}", &self.cart)
            .replace("{id}", &self.order)
            .replace("{order}", &self.order)
            .replace("{digest}", &self.digest)
            .replace("{attempt}", &self.digest)
            .replace("{code}", "repeat")
            .replace(
                "{slug}",
                if door.method == "DELETE" {
                    "enamel-mug"
                } else {
                    "linen-notebook"
                },
            )
            .replace("/docs/{file}", "/docs/index.html")
            .replace("/pkg/{file}", "/pkg/once.js")
            .replace("/pictures/{file}", "/pictures/a.svg");
        if door.method == "GET" {
            return visitor.get(&path).await;
        }
        if door.path.starts_with("/api/v1/") {
            return self.ask_as_a_program(visitor, door, &path).await;
        }
        let fields: Fields = match door.path {
            "/checkout/{cart}" => self.form.clone(),
            "/api/open_checkout" => pairs(&[("cart", &self.cart)]),
            "/api/submit_order" => {
                let named = |(name, value): &(String, String)| (format!("order[{name}]"), value.clone());
                self.form.iter().map(named).collect()
            }
            "/cart/lines" | "/buy-now" => pairs(&[("slug", "linen-notebook"), ("quantity", "1")]),
            "/login" | "/register" => pairs(&[("email", "nobody"), ("password", PASSWORD)]),
            "/orders" => pairs(&[("number", "000-0000"), ("email", "ada@example.org")]),
            _ => pairs(&[("quantity", "1"), ("language", "en"), ("back", "/")]),
        };
        visitor.request(&path).form(&fields).send().await.expect("an answer")
    }

    async fn ask_as_a_program(&self, visitor: &Visitor, door: &Door, path: &str) -> Response {
        let token = self.checkout["token"].as_str().unwrap_or_default();
        let body = match door.path {
            "/api/v1/orders" => json!({"quote": self.checkout["quote"], "contact": contact()}),
            "/api/v1/checkouts" => json!({"cart": self.cart}),
            "/api/v1/carts" => json!({"slug": "linen-notebook", "quantity": 1}),
            "/api/v1/look-ups" => json!({"number": "000-0000", "email": "ada@example.org"}),
            _ => json!({"quantity": 1}),
        };
        let asked = visitor
            .by(door.method, path)
            .header("idempotency-key", token)
            .json(&body);
        asked.send().await.expect("an answer")
    }
}

fn pairs(fields: &[(&str, &str)]) -> Fields {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
