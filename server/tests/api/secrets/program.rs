//! The API's way in.

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{Browser, CANARY};

impl Browser<'_> {
    async fn send(&mut self, request: RequestBuilder) -> (StatusCode, Value) {
        let answer = request.send().await.expect("an answer");
        let (status, text) = self.read(answer).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    fn asking(&self, path: &str, bearer: &str, body: &Value) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.base)).json(body);
        request.bearer_auth(bearer)
    }

    fn keep(&mut self, secret: &Value) -> String {
        let secret = secret.as_str().expect("text").to_owned();
        self.secrets.push(secret.clone());
        secret
    }
}

/// Orders over the API, twice, and sends it what it refuses.
pub(super) async fn shop_around(browser: &mut Browser<'_>) {
    let sessions = browser.client.post(format!("{}/api/v1/sessions", browser.base));
    let (_, session) = browser.send(sessions.json(&Value::Null)).await;
    let bearer = browser.keep(&session["token"]);
    let cart = browser.asking(
        "/api/v1/carts",
        &bearer,
        &json!({"slug": "linen-notebook", "quantity": 1}),
    );
    let (_, cart) = browser.send(cart).await;
    let checkout = browser.asking("/api/v1/checkouts", &bearer, &json!({"cart": cart["id"]}));
    let (_, checkout) = browser.send(checkout).await;
    let token = browser.keep(&checkout["token"]);
    let contact = json!({
        "name": "canary name", "email": "canary@example.org", "street": "canary street",
        "postcode": CANARY, "city": CANARY, "country": CANARY,
    });
    let order = json!({"quote": checkout["quote"], "contact": contact});
    for (key, bearer, status) in [
        (&*token, &*bearer, StatusCode::CREATED),
        (&token, &bearer, StatusCode::OK),
        ("canary.canary", &bearer, StatusCode::BAD_REQUEST),
        (&token, CANARY, StatusCode::UNAUTHORIZED),
    ] {
        let request = browser.asking("/api/v1/orders", bearer, &order);
        let (told, body) = browser.send(request.header("idempotency-key", key)).await;
        assert_eq!(told, status, "{body}");
    }
    let unknown = json!({"canary": CANARY});
    let look_up = json!({"number": "A7K-4F2Q", "email": "canary@example.org"});
    for (path, body) in [
        ("/api/v1/orders", &unknown),
        ("/api/v1/carts/canary", &unknown),
        ("/api/v1/look-ups", &look_up),
        ("/api/v1/canary?q=canary", &unknown),
    ] {
        let request = browser.asking(path, &bearer, body);
        assert!(browser.send(request).await.0.is_client_error(), "{path}");
    }
}
