use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::support::Shop;

/// A program with a session of its own.
#[derive(Clone)]
pub struct Api {
    client: Client,
    base: String,
    pub bearer: Option<String>,
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        if status.is_client_error() || status.is_server_error() {
            assert_eq!(headers["content-type"], "application/problem+json", "{text}");
            assert_eq!(body["status"], status.as_u16(), "{text}");
            let code = body["code"].as_str().expect("a code");
            assert_eq!(body["type"], format!("/docs/problems/{code}"));
        }
        Self { status, headers, body }
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in {self:?}"));
        value.to_str().expect("text")
    }

    /// The problem, which has this status and code.
    pub fn is(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status.as_u16(), &self.body["code"]),
            (status, &code.into()),
            "{self:?}"
        );
        self.body
    }

    /// The body, which came with this status.
    pub fn has(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self.body
    }
}

impl Api {
    /// Without a session.
    pub fn stranger(shop: &Shop) -> Self {
        Self {
            client: Client::new(),
            base: format!("http://{}", shop.address),
            bearer: None,
        }
    }

    /// With a session of a new guest.
    pub async fn new(shop: &Shop) -> Self {
        let mut api = Self::stranger(shop);
        let answer = api.post("/api/v1/sessions", &Value::Null).await;
        assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
        let session = answer.has(201);
        assert_eq!(session["token_type"], "Bearer");
        api.bearer = Some(session["token"].as_str().expect("a token").to_owned());
        api
    }

    /// A request with the session.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// A cart of one piece: its id.
    pub async fn cart(&self, slug: &str) -> String {
        let cart = self
            .post("/api/v1/carts", &json!({ "slug": slug, "quantity": 1 }))
            .await
            .has(201);
        cart["id"].as_str().expect("an id").to_owned()
    }

    /// The checkout of a cart.
    pub async fn checkout(&self, cart: &str) -> Value {
        self.post("/api/v1/checkouts", &json!({ "cart": cart })).await.has(201)
    }

    /// The checkout of a cart of its own.
    pub async fn checkout_of(&self, slug: &str) -> Value {
        self.checkout(&self.cart(slug).await).await
    }

    /// Sends the order with its token as a quoted key.
    pub async fn order(&self, checkout: &Value) -> Answer {
        self.send(&quoted(checkout), &body(checkout)).await
    }

    pub async fn confirm(&self, checkout: &Value) -> Answer {
        let mut body = body(checkout);
        body["confirm_repeat"] = true.into();
        self.send(&quoted(checkout), &body).await
    }

    pub async fn send(&self, key: &str, body: &Value) -> Answer {
        let request = self
            .request(Method::POST, "/api/v1/orders")
            .header("idempotency-key", key);
        Answer::of(request.json(body)).await
    }
}

pub fn quoted(checkout: &Value) -> String {
    format!("\"{}\"", checkout["token"].as_str().expect("a token"))
}

/// What orders the checkout.
pub fn body(checkout: &Value) -> Value {
    json!({ "quote": checkout["quote"], "contact": contact() })
}

pub fn contact() -> Value {
    json!({
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "street": "12 St James's Square",
        "postcode": "SW1Y 4JH",
        "city": "London",
        "country": "United Kingdom",
    })
}
