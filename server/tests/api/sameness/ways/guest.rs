//! What a guest asks the shop for, whatever the way.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Guest;

impl Guest {
    pub(super) async fn cart(&self, lines: &[(&str, u32)]) -> String {
        let (slug, quantity) = lines[0];
        let new = json!({ "slug": slug, "quantity": quantity });
        let made = self.ask(Method::POST, "/api/v1/carts", &new).await;
        let made: Value = made.json().await.expect("JSON");
        let cart = made["id"].as_str().expect("an id").to_owned();
        for (slug, quantity) in &lines[1..] {
            self.put_line(&cart, slug, *quantity).await;
        }
        cart
    }

    pub(super) async fn put_line(&self, cart: &str, slug: &str, quantity: u32) {
        let line = format!("/api/v1/carts/{cart}/lines/{slug}");
        assert_eq!(
            self.ask(Method::PUT, &line, &json!({ "quantity": quantity }))
                .await
                .status(),
            200
        );
    }

    pub(super) async fn checkout(&self, cart: &str) -> Value {
        let answer = self
            .ask(Method::POST, "/api/v1/checkouts", &json!({ "cart": cart }))
            .await;
        assert_eq!(answer.status(), 201);
        answer.json().await.expect("JSON")
    }

    pub(super) async fn token_of(&self, lines: &[(&str, u32)]) -> String {
        let checkout = self.checkout(&self.cart(lines).await).await;
        checkout["token"].as_str().expect("a token").to_owned()
    }

    pub(super) async fn stranger(&self) -> Self {
        let request = self.client.post(format!("{}/api/v1/carts", self.base));
        let request = request.json(&json!({ "slug": "enamel-mug", "quantity": 1 }));
        let answer = request.send().await.expect("an answer");
        Self {
            client: self.client.clone(),
            base: self.base.clone(),
            cookie: crate::support::session_cookie(&answer).expect("a session"),
        }
    }

    pub(super) async fn ask(&self, method: Method, path: &str, body: &Value) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.base)).json(body);
        request.header("cookie", &self.cookie).send().await.expect("an answer")
    }

    /// The order, but for its names and its time.
    pub(super) async fn order(&self, id: &str) -> Value {
        let answer = self
            .ask(Method::GET, &format!("/api/v1/orders/{id}"), &Value::Null)
            .await;
        assert_eq!(answer.status(), 200);
        let mut order: Value = answer.json().await.expect("JSON");
        for name in ["id", "number", "cart", "placed_at"] {
            order
                .as_object_mut()
                .expect("an object")
                .remove(name)
                .expect("a member");
        }
        order
    }

    /// How many receipts the shopper's page of orders leads to.
    pub(super) async fn orders(&self) -> usize {
        let page = self
            .ask(Method::GET, "/orders", &Value::Null)
            .await
            .text()
            .await
            .expect("a page");
        page.matches("href=\"/orders/").count()
    }

    /// The guest's id stands behind the signature.
    pub(super) fn shopper(&self) -> Uuid {
        let hex = &self.cookie[self.cookie.len() - 32..];
        Uuid::try_parse(hex).expect("a guest")
    }
}
