//! What is no order: by which status and code, and what is told with it.

use serde_json::{Value, json};

use super::Api;
use super::client::{body, quoted};
use crate::support::{Shop, Stores};

crate::on_all_stores!(
    tk_06_to_tk_09_a_token_that_is_not_good_is_refused_by_its_code,
    tk_10_an_edited_quote_is_refused,
    fields_that_are_not_good_are_pointed_at,
    tk_15_the_same_product_again_names_the_first_order,
    a_changed_price_is_told_with_a_fresh_token,
    what_is_sold_out_is_named,
    a_cancelled_cart_becomes_no_order,
);

fn forged(token: &str) -> String {
    format!("{}{}", &token[..85], if token.ends_with('A') { 'Q' } else { 'A' })
}

async fn tk_06_to_tk_09_a_token_that_is_not_good_is_refused_by_its_code(shop: Shop) {
    let (api, other) = (Api::new(&shop).await, Api::new(&shop).await);
    let checkout = api.checkout_of("enamel-mug").await;
    let second = api.checkout_of("linen-notebook").await;
    let foreign = other.checkout_of("enamel-mug").await;
    let token = checkout["token"].as_str().expect("a token");
    for (key, status, code) in [
        ("", 400, "token_missing"),
        ("\"\"", 400, "token_missing"),
        ("x", 400, "malformed"),
        (&token[1..], 400, "malformed"),
        (&"A".repeat(8_000), 400, "malformed"),
        (&forged(token), 403, "token_refused"),
        (&quoted(&foreign), 403, "token_refused"),
        (&quoted(&second), 422, "token_mismatch"),
    ] {
        api.send(key, &body(&checkout)).await.is(status, code);
    }
    Api::stranger(&shop).order(&checkout).await.is(403, "token_refused");
    assert_eq!(shop.count_orders().await, 0);
    api.order(&checkout).await.has(201);
    other.order(&foreign).await.has(201);
}

async fn tk_10_an_edited_quote_is_refused(shop: Shop) {
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    let price = checkout["quote"]["total"]["amount_minor"].as_i64().expect("a number");
    let version = checkout["quote"]["cart_version"].as_i64().expect("a number");
    let edit = |pointer: &str, value: Value| {
        let mut body = body(&checkout);
        *body.pointer_mut(pointer).expect("it is there") = value;
        body
    };
    let mut edits = Vec::new();
    for pointer in ["/quote/total/amount_minor", "/quote/lines/0/unit_price/amount_minor"] {
        for amount in [price - 1, price + 1, 0, -price, i64::MAX, i64::MIN] {
            edits.push(edit(pointer, amount.into()));
        }
    }
    edits.push(edit("/quote/cart_version", (version + 1).into()));
    edits.push(edit("/quote/cart_version", u32::MAX.into()));
    edits.push(edit("/quote/lines/0/quantity", 2.into()));
    edits.push(edit("/quote/lines/0/slug", "linen-notebook".into()));
    edits.push(edit("/quote/total/currency", "USD".into()));
    edits.push(edit("/quote/lines", json!([])));
    edits.push(edit("/quote/cart", "00000000-0000-0000-0000-000000000000".into()));
    for edited in edits {
        api.send(&quoted(&checkout), &edited).await.is(422, "token_mismatch");
    }
    for (pointer, value, code) in [
        ("/quote/lines/0/quantity", json!(0), "out_of_range"),
        ("/quote/lines/0/quantity", json!(-1), "out_of_range"),
        ("/quote/lines/0/quantity", json!(i64::MAX), "out_of_range"),
        ("/quote/lines/0/slug", json!("../x"), "unknown"),
        ("/quote/total/currency", json!("eur"), "unknown"),
        ("/quote/lines/0/unit_price/currency", json!(""), "unknown"),
    ] {
        let problem = api
            .send(&quoted(&checkout), &edit(pointer, value))
            .await
            .is(422, "invalid");
        assert_eq!(problem["errors"], json!([{ "pointer": pointer, "code": code }]));
    }
    assert_eq!(shop.count_orders().await, 0);
    api.order(&checkout).await.has(201);
}

async fn fields_that_are_not_good_are_pointed_at(shop: Shop) {
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    let mut wrong = body(&checkout);
    wrong["contact"] =
        json!({ "name": " ", "email": "ada", "street": "x".repeat(201), "city": "a\u{7}b", "country": "UK" });
    let problem = api.send(&quoted(&checkout), &wrong).await.is(422, "invalid");
    let errors = [
        ("name", "missing"),
        ("email", "not_an_email"),
        ("street", "too_long"),
        ("postcode", "missing"),
        ("city", "forbidden"),
    ];
    let errors = errors.map(|(field, code)| json!({ "pointer": format!("/contact/{field}"), "code": code }));
    assert_eq!(problem["errors"], json!(errors));
    assert_eq!(shop.count_orders().await, 0);
    api.order(&checkout).await.has(201);
}

async fn tk_15_the_same_product_again_names_the_first_order(shop: Shop) {
    let api = Api::new(&shop).await;
    let first = api.order(&api.checkout_of("enamel-mug").await).await.has(201);
    let second = api.checkout_of("enamel-mug").await;
    let problem = api.order(&second).await.is(409, "repeat");
    let earlier = &problem["earlier_order"];
    assert_eq!((&earlier["id"], &earlier["number"]), (&first["id"], &first["number"]));
    assert!(earlier["age_s"].as_u64().expect("seconds") < 60, "{earlier}");
    assert_eq!(shop.count_orders().await, 1);
    let confirmed = api.confirm(&second).await.has(201);
    assert_ne!(confirmed["id"], first["id"]);
    assert_eq!(api.order(&second).await.has(200), confirmed);
}

async fn a_changed_price_is_told_with_a_fresh_token(shop: Shop) {
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    shop.execute("UPDATE products SET price_minor = price_minor + 100 WHERE slug = 'enamel-mug'")
        .await;
    let problem = api.order(&checkout).await.is(409, "cart_changed");
    let amount = |money: &Value| money["amount_minor"].as_i64().expect("an amount");
    assert_eq!(problem["old_total"], checkout["quote"]["total"]);
    assert_eq!(amount(&problem["new_total"]), amount(&problem["old_total"]) + 100);
    assert_eq!(shop.count_orders().await, 0);
    let fresh = &problem["checkout"];
    assert_eq!(fresh["quote"]["total"], problem["new_total"]);
    let order = api.order(fresh).await.has(201);
    assert_eq!(order["total"], problem["new_total"]);
}

async fn what_is_sold_out_is_named(shop: Shop) {
    let api = Api::new(&shop).await;
    let cart = api.cart("enamel-mug").await;
    let line = format!("/api/v1/carts/{cart}/lines/linen-notebook");
    api.put(&line, &json!({ "quantity": 2 })).await.has(200);
    let checkout = api.checkout(&cart).await;
    shop.execute("UPDATE products SET stock = 1 WHERE slug = 'linen-notebook'")
        .await;
    let problem = api.order(&checkout).await.is(409, "out_of_stock");
    assert_eq!(problem["lines"], json!(["linen-notebook"]));
    assert_eq!(shop.count_orders().await, 0);
}

async fn a_cancelled_cart_becomes_no_order(shop: Shop) {
    let (api, other) = (Api::new(&shop).await, Api::new(&shop).await);
    let cart = api.cart("enamel-mug").await;
    let checkout = api.checkout(&cart).await;
    let address = format!("/api/v1/carts/{cart}");
    let cancel = format!("{address}/cancel");
    other.post(&cancel, &Value::Null).await.is(404, "not_found");
    for _ in 0..2 {
        let cancelled = api.post(&cancel, &Value::Null).await.has(200);
        assert_eq!(cancelled["status"], "cancelled");
    }
    assert_eq!(api.get(&address).await.has(200)["status"], "cancelled");
    let problem = api.order(&checkout).await.is(409, "cart_changed");
    assert_eq!(problem.get("checkout"), None, "nothing can be bought of it");
    api.post("/api/v1/checkouts", &json!({ "cart": cart }))
        .await
        .is(409, "cancelled");
    assert_eq!(shop.count_orders().await, 0);

    let ordered = api.checkout_of("enamel-mug").await;
    let order = api.order(&ordered).await.has(201);
    let cart = ordered["quote"]["cart"].as_str().expect("an id");
    let told = api
        .post(&format!("/api/v1/carts/{cart}/cancel"), &Value::Null)
        .await
        .is(409, "already_ordered");
    assert_eq!(told["order"]["id"], order["id"]);
    let told = api
        .post("/api/v1/checkouts", &json!({ "cart": cart }))
        .await
        .is(409, "already_ordered");
    assert_eq!(told["order"]["number"], order["number"]);
}

/// The database behind the API's back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_answer_is_503_and_says_nothing_of_itself() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("enamel-mug").await;
    shop.execute("ALTER TABLE carts RENAME TO elsewhere").await;
    let answers = [
        api.order(&checkout).await,
        api.post("/api/v1/carts", &json!({ "slug": "enamel-mug", "quantity": 1 }))
            .await,
        api.post("/api/v1/checkouts", &json!({ "cart": checkout["quote"]["cart"] }))
            .await,
    ];
    for answer in answers {
        assert_eq!(answer.header("retry-after"), "2");
        let told = answer.is(503, "unavailable").to_string();
        for secret in ["sql", "SQL", "carts", "table"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}
