//! Products and carts.

use serde_json::{Value, json};

use super::Api;
use crate::support::Shop;

crate::on_all_stores!(
    products_are_listed_and_read,
    a_cart_is_filled_line_by_line,
    a_cart_is_its_sessions_alone
);

async fn products_are_listed_and_read(shop: Shop) {
    let stranger = Api::stranger(&shop);
    let listed = stranger.get("/api/v1/products").await.has(200);
    let listed = listed["products"].as_array().expect("products");
    assert_eq!(listed.len(), 10);
    for product in listed {
        let slug = product["slug"].as_str().expect("a slug");
        assert_eq!(
            &stranger.get(&format!("/api/v1/products/{slug}")).await.has(200),
            product
        );
    }
    stranger.get("/api/v1/products/nothing").await.is(404, "not_found");
}

async fn a_cart_is_filled_line_by_line(shop: Shop) {
    let api = Api::new(&shop).await;
    let made = api
        .post("/api/v1/carts", &json!({ "slug": "enamel-mug", "quantity": 2 }))
        .await;
    let address = made.header("location").to_owned();
    let cart = made.has(201);
    assert_eq!(api.get(&address).await.has(200), cart);
    let price = |line: &Value| line["unit_price"]["amount_minor"].as_i64().expect("an amount");
    let two = price(&cart["lines"][0]) * 2;
    assert_eq!(
        (&cart["status"], &cart["total"]["amount_minor"]),
        (&"open".into(), &two.into())
    );
    let line = |slug: &str| format!("{address}/lines/{slug}");
    let cart = api
        .put(&line("linen-notebook"), &json!({ "quantity": 3 }))
        .await
        .has(200);
    let three = price(&cart["lines"][1]) * 3;
    assert_eq!(cart["total"]["amount_minor"], two + three);
    let cart = api.delete(&line("enamel-mug")).await.has(200);
    assert_eq!(
        (cart["lines"].as_array().map(Vec::len), &cart["total"]["amount_minor"]),
        (Some(1), &three.into())
    );
    assert_eq!(cart["version"], 3);
    api.put(&line("nothing"), &json!({ "quantity": 1 }))
        .await
        .is(404, "not_found");
    for quantity in [0, -1, 11, i64::MAX] {
        let problem = api
            .put(&line("enamel-mug"), &json!({ "quantity": quantity }))
            .await
            .is(422, "invalid");
        assert_eq!(
            problem["errors"],
            json!([{ "pointer": "/quantity", "code": "out_of_range" }])
        );
    }
    let cart = api.delete(&line("linen-notebook")).await.has(200);
    assert_eq!(cart.get("total"), None);
    let id = cart["id"].as_str().expect("an id");
    api.post("/api/v1/checkouts", &json!({ "cart": id }))
        .await
        .is(409, "cart_empty");
    let unknown = api
        .post("/api/v1/carts", &json!({ "slug": "nothing", "quantity": 1 }))
        .await;
    assert_eq!(
        unknown.is(422, "invalid")["errors"],
        json!([{ "pointer": "/slug", "code": "unknown" }])
    );
}

async fn a_cart_is_its_sessions_alone(shop: Shop) {
    let (api, other) = (Api::new(&shop).await, Api::new(&shop).await);
    let cart = api.cart("enamel-mug").await;
    let address = format!("/api/v1/carts/{cart}");
    other.get(&address).await.is(404, "not_found");
    other
        .put(&format!("{address}/lines/enamel-mug"), &json!({ "quantity": 2 }))
        .await
        .is(404, "not_found");
    other
        .delete(&format!("{address}/lines/enamel-mug"))
        .await
        .is(404, "not_found");
    other
        .post("/api/v1/checkouts", &json!({ "cart": cart }))
        .await
        .is(404, "not_found");
    let checkout = api.checkout(&cart).await;
    api.order(&checkout).await.has(201);
    api.put(&format!("{address}/lines/enamel-mug"), &json!({ "quantity": 2 }))
        .await
        .is(409, "already_ordered");
    assert_eq!(api.get(&address).await.has(200)["status"], "ordered");
}
