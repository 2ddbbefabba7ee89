//! What a page asks that lost sight of its submission.

use reqwest::StatusCode;

use crate::orders::{code, json};
use crate::support::{Fields, Shop, Visitor};

crate::on_all_stores!(
    a_look_up_tells_of_the_order_to_its_shopper_alone,
    looking_up_orders_nothing_and_leaves_the_token_good,
    what_is_no_digest_is_not_found,
);

#[test]
fn the_button_gives_up_when_the_settings_say() {
    let (_, last_ms) = app::buy::Patience::STEPS[app::buy::Patience::STEPS.len() - 1];
    let browser = checkout::settings::Timeouts::default().browser;
    assert_eq!(std::time::Duration::from_millis(last_ms.into()), browser);
}

/// The confirmation page's form, and the address that its script asks.
async fn form_and_address(visitor: &Visitor) -> (Fields, String) {
    let path = visitor.buy_now("enamel-mug").await;
    let html = visitor.get(&path).await.text().await.expect("a page");
    let (_, address) = html.split_once("data-lookup=\"").expect("the page has the address");
    let (address, _) = address.split_once('"').expect("an attribute");
    // Loading the page once more would be another token.
    (crate::support::form_of(&html), address.to_owned())
}

async fn status(visitor: &Visitor, address: &str) -> serde_json::Value {
    let answer = visitor.get(address).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers().get("set-cookie").is_none());
    json(answer).await
}

async fn a_look_up_tells_of_the_order_to_its_shopper_alone(shop: Shop) {
    let (owner, stranger) = (shop.visitor(), shop.visitor());
    let (form, address) = form_and_address(&owner).await;
    let placed = json(owner.call(&form).await).await;
    let told = status(&owner, &address).await;
    assert_eq!(told["status"], "placed");
    for name in ["order_id", "number", "url"] {
        assert_eq!(told[name], placed[name], "{name}");
    }
    let nothing = serde_json::json!({ "status": "not_ordered" });
    assert_eq!(status(&stranger, &address).await, nothing);
    assert_eq!(shop.count_orders().await, 1);
}

async fn looking_up_orders_nothing_and_leaves_the_token_good(shop: Shop) {
    let visitor = shop.visitor();
    let (form, address) = form_and_address(&visitor).await;
    for _ in 0..3 {
        assert_eq!(status(&visitor, &address).await["status"], "not_ordered");
    }
    assert_eq!(shop.count_orders().await, 0);
    let placed = json(visitor.call(&form).await).await;
    assert_eq!(placed["replayed"], false);
    assert_eq!(shop.count_orders().await, 1);
}

async fn what_is_no_digest_is_not_found(shop: Shop) {
    let visitor = shop.visitor();
    for address in ["/api/status/x", "/api/status/00000000-0000-0000-0000-000000000000"] {
        let answer = visitor.get(address).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{address}");
        assert_eq!(code(answer).await, "not_found");
    }
    let (_, address) = form_and_address(&visitor).await;
    assert_eq!(
        visitor.post(&address, &[]).await.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(shop.count_orders().await, 0);
}
