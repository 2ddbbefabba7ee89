//! Orders that are placed.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;

use super::client::{Answer, body, quoted};
use super::{Api, contact};
use crate::support::{Shop, Stores};

crate::on_all_stores!(
    an_order_is_placed_once_and_replayed_with_one_body,
    twenty_parallel_submissions_of_one_key_get_one_order,
    tk_11_the_order_of_members_and_white_space_mean_nothing,
    two_checkouts_of_one_cart_get_one_order,
    what_became_of_a_token_is_told,
    an_order_is_looked_up_by_number_and_address,
);

async fn an_order_is_placed_once_and_replayed_with_one_body(shop: Shop) {
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    let placed = api.order(&checkout).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    assert!(!placed.headers.contains_key("idempotent-replayed"));
    let order = &placed.body;
    assert_eq!(
        (&order["contact"], &order["total"]),
        (&contact(), &checkout["quote"]["total"])
    );
    assert_eq!(order["cart"], checkout["quote"]["cart"]);
    assert_eq!(&api.get(placed.header("location")).await.has(200), order);
    let bare = checkout["token"].as_str().expect("a token");
    for key in [quoted(&checkout).as_str(), bare, &quoted(&checkout)] {
        let replayed = api.send(key, &body(&checkout)).await;
        assert_eq!(replayed.header("idempotent-replayed"), "true");
        assert_eq!(&replayed.has(200), order);
    }
    assert_eq!(shop.count_orders().await, 1);
}

async fn twenty_parallel_submissions_of_one_key_get_one_order(shop: Shop) {
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    let copies: Vec<_> = (0..20)
        .map(|_| {
            let (api, checkout) = (api.clone(), checkout.clone());
            tokio::spawn(async move { api.order(&checkout).await })
        })
        .collect();
    let (mut bodies, mut placed) = (HashSet::new(), 0);
    for copy in copies {
        let answer = copy.await.expect("no panic");
        assert!(answer.status.is_success(), "{answer:?}");
        placed += u32::from(answer.status == 201);
        bodies.insert(answer.body.to_string());
    }
    assert_eq!((bodies.len(), placed), (1, 1));
    assert_eq!(shop.count_orders().await, 1);
}

async fn tk_11_the_order_of_members_and_white_space_mean_nothing(shop: Shop) {
    let api = Api::new(&shop).await;
    let cart = api.cart("enamel-mug").await;
    let line = format!("/api/v1/carts/{cart}/lines/linen-notebook");
    api.put(&line, &serde_json::json!({ "quantity": 2 })).await.has(200);
    let checkout = api.checkout(&cart).await;
    let placed = api.order(&checkout).await.has(201);
    let mut turned = body(&checkout);
    turned["quote"]["lines"].as_array_mut().expect("lines").reverse();
    let turned = format!(" {}\n", backwards(&turned));
    let request = api.request(Method::POST, "/api/v1/orders");
    let request = request.header("idempotency-key", quoted(&checkout));
    let answer = Answer::of(request.header("content-type", "application/json").body(turned)).await;
    assert_eq!(answer.has(200), placed);
    assert_eq!(shop.count_orders().await, 1);
}

/// JSON with every member in the other order, and spread out.
fn backwards(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            let members: Vec<_> = members
                .map(|(name, value)| format!("\t\"{name}\" :\r\n{}", backwards(value)))
                .collect();
            format!("{{ {} }}", members.join(" , "))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(backwards).collect();
            format!("[\n{}\n]", items.join(" ,\n"))
        }
        plain => plain.to_string(),
    }
}

async fn two_checkouts_of_one_cart_get_one_order(shop: Shop) {
    let api = Api::new(&shop).await;
    let cart = api.cart("enamel-mug").await;
    let (one, two) = (api.checkout(&cart).await, api.checkout(&cart).await);
    assert_ne!(one["token"], two["token"]);
    let placed = api.order(&one).await.has(201);
    assert_eq!(api.order(&two).await.has(200), placed);
    assert_eq!(shop.count_orders().await, 1);
}

async fn what_became_of_a_token_is_told(shop: Shop) {
    let (api, other) = (Api::new(&shop).await, Api::new(&shop).await);
    let checkout = api.checkout_of("enamel-mug").await;
    let attempt = format!("/api/v1/attempts/{}", checkout["attempt"].as_str().expect("an id"));
    assert_eq!(api.get(&attempt).await.has(200)["status"], "not_ordered");
    let order = api.order(&checkout).await.has(201);
    let told = api.get(&attempt).await.has(200);
    assert_eq!((&told["status"], &told["order"]), (&"placed".into(), &order));
    assert_eq!(other.get(&attempt).await.has(200)["status"], "not_ordered");
    api.get("/api/v1/attempts/x").await.is(404, "not_found");
}

async fn an_order_is_looked_up_by_number_and_address(shop: Shop) {
    let (api, other) = (Api::new(&shop).await, Api::new(&shop).await);
    let order = api.order(&api.checkout_of("enamel-mug").await).await.has(201);
    let address = format!("/api/v1/orders/{}", order["id"].as_str().expect("an id"));
    other.get(&address).await.is(404, "not_found");
    let look_up = |number: &str, email: &str| serde_json::json!({ "number": number, "email": email });
    let number = order["number"].as_str().expect("a number");
    for (number, email) in [(number, "bob@example.org"), ("000-0000", "ada@example.org"), ("?", "?")] {
        let answer = other.post("/api/v1/look-ups", &look_up(number, email)).await;
        answer.is(404, "not_found");
    }
    let found = other
        .post("/api/v1/look-ups", &look_up(number, "ADA@example.org"))
        .await;
    assert_eq!(found.has(200), order);
    assert_eq!(other.get(&address).await.has(200), order);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_26_looking_up_is_throttled_and_says_for_how_long() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    let guess = serde_json::json!({ "number": "000-0000", "email": "ada@example.org" });
    for _ in 0..10 {
        api.post("/api/v1/look-ups", &guess).await.is(404, "not_found");
    }
    let answer = api.post("/api/v1/look-ups", &guess).await;
    let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&seconds), "{seconds}");
    answer.is(429, "throttled");
}
