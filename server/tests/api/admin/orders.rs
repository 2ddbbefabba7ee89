//! Orders and prevented duplicates, as the administration shows them.

use reqwest::StatusCode;

use super::{CONFIRMED, PASSWORD, Placed, admin, answer_of};
use crate::on_all_stores;
use crate::support::{Shop, location, with};
use crate::v1::Api;

on_all_stores!(
    a_program_is_told_what_became_of_its_order,
    a_cancelled_order_is_cancelled_once_and_its_pieces_come_back,
    an_order_is_found_by_number_name_and_address,
    prevented_duplicates_are_listed_with_their_first_order,
);

async fn a_cancelled_order_is_cancelled_once_and_its_pieces_come_back(shop: Shop) {
    let shop = shop.with_admin(PASSWORD).await;
    let stock = shop.stock("enamel-mug").await;
    let (placed, admin) = (Placed::in_shop(&shop).await, admin(&shop).await);
    let (cancel, refund) = (
        format!("{}/cancel", placed.in_admin()),
        format!("{}/refund", placed.in_admin()),
    );
    assert_eq!(shop.stock("enamel-mug").await, stock - 1);
    assert_eq!(answer_of(&admin, &cancel, &[]).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer_of(&admin, &refund, &CONFIRMED).await, StatusCode::CONFLICT);
    assert!(!placed.shopper.text(&placed.receipt).await.contains("cancelled"));
    for _ in 0..3 {
        let answer = admin.post(&cancel, &CONFIRMED).await;
        assert_eq!(
            (answer.status(), location(&answer)),
            (StatusCode::SEE_OTHER, placed.in_admin())
        );
    }
    assert_eq!(shop.stock("enamel-mug").await, stock);
    let receipt = placed.shopper.text(&placed.receipt).await;
    assert!(receipt.contains("This order was cancelled on"), "{receipt}");
    assert!(placed.shopper.text("/orders").await.contains("cancelled"));
    for _ in 0..2 {
        assert_eq!(answer_of(&admin, &refund, &CONFIRMED).await, StatusCode::SEE_OTHER);
    }
    assert!(admin.text(&placed.in_admin()).await.contains("refunded"));
    assert!(placed.shopper.text(&placed.receipt).await.contains("was given back on"));
    // The token still yields that order, and buys no other.
    let again = placed.shopper.submit(&placed.page, &placed.form).await;
    assert_eq!(location(&again), placed.receipt);
    assert_eq!(shop.count_orders().await, 1);
    assert_eq!(shop.stock("enamel-mug").await, stock);
    let nobody = format!("/admin/orders/{}/cancel", uuid::Uuid::nil());
    assert_eq!(answer_of(&admin, &nobody, &CONFIRMED).await, StatusCode::NOT_FOUND);
    assert_eq!(
        admin.get("/admin/orders/nonsense").await.status(),
        StatusCode::NOT_FOUND
    );
}

async fn an_order_is_found_by_number_name_and_address(shop: Shop) {
    let shop = shop.with_admin(PASSWORD).await;
    let shopper = shop.visitor();
    let page = shopper.buy_now("enamel-mug").await;
    let form = with(&shopper.form(&page).await, "name", "<b>Grace</b> \"Hopper\"");
    let receipt = location(&shopper.submit(&page, &form).await);
    let admin = admin(&shop).await;
    let order = format!("/admin{receipt}");
    let html = admin.text(&order).await;
    assert!(
        html.contains("&lt;b&gt;Grace&lt;/b&gt;") && !html.contains("<b>Grace"),
        "{html}"
    );
    let (_, number) = html.split_once("<span class=\"code\">").expect("a number");
    let number = &number[..8];
    let other = Placed::in_shop(&shop).await;
    for typed in [number, "hopper", "GRACE"] {
        let found = admin.text(&format!("/admin/orders?q={typed}")).await;
        assert!(
            found.contains(&order) && !found.contains(&other.in_admin()),
            "{typed}: {found}"
        );
    }
    let both = admin.text("/admin/orders?q=ada%40example.org").await;
    assert!(both.contains(&order) && both.contains(&other.in_admin()));
    let (newer, _) = (both.find(&other.in_admin()), both.find(&order));
    assert!(newer < both.find(&order), "latest first");
    assert!(
        admin
            .text("/admin/orders?q=nobody+has+this")
            .await
            .contains("No such order.")
    );
    let next_page = admin
        .text(&format!(
            "/admin/orders?before={}",
            other.receipt.rsplit('/').next().expect("an id")
        ))
        .await;
    assert!(
        next_page.contains(&order) && !next_page.contains(&other.in_admin()),
        "{next_page}"
    );
}

async fn prevented_duplicates_are_listed_with_their_first_order(shop: Shop) {
    let shop = shop.with_admin(PASSWORD).await;
    let (placed, admin) = (Placed::in_shop(&shop).await, admin(&shop).await);
    let again = placed.shopper.call(&placed.form).await;
    assert_eq!(again.status(), StatusCode::OK);
    let page = placed.shopper.buy_now("enamel-mug").await;
    let form = placed.shopper.form(&page).await;
    assert_eq!(placed.shopper.submit(&page, &form).await.status(), StatusCode::CONFLICT);
    let api = Api::new(&shop).await;
    let checkout = api.checkout_of("linen-notebook").await;
    assert_eq!(api.order(&checkout).await.status, StatusCode::CREATED);
    assert_eq!(api.order(&checkout).await.status, StatusCode::OK);
    shop.close_ledger().await;
    let html = admin.text("/admin").await;
    for part in [
        "Ready",
        "<rect",
        "data-layer=\"token\"",
        "data-layer=\"repeat\"",
        &placed.in_admin(),
        "<td>plain form</td>",
        "<td>page</td>",
        "<td>API</td>",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert!(html.contains("token: 2, repeat: 1, unique: 0"), "{html}");
    assert!(
        admin
            .text("/admin?span=month")
            .await
            .contains("token: 2, repeat: 1, unique: 0")
    );
}

async fn a_program_is_told_what_became_of_its_order(shop: Shop) {
    let shop = shop.with_admin(PASSWORD).await;
    let (api, admin) = (Api::new(&shop).await, admin(&shop).await);
    let checkout = api.checkout_of("enamel-mug").await;
    let placed = api.order(&checkout).await;
    let address = placed.header("location").to_owned();
    assert_eq!(placed.has(201)["status"], "placed");
    let order = address.rsplit('/').next().expect("an id");
    for (verb, status) in [("cancel", "cancelled"), ("refund", "refunded")] {
        let path = format!("/admin/orders/{order}/{verb}");
        assert_eq!(answer_of(&admin, &path, &CONFIRMED).await, StatusCode::SEE_OTHER);
        assert_eq!(api.get(&address).await.has(200)["status"], status);
    }
    // The key still yields that order, as it stands.
    let replayed = api.order(&checkout).await.has(200);
    assert_eq!(
        (&replayed["id"], &replayed["status"]),
        (&order.into(), &"refunded".into())
    );
}
