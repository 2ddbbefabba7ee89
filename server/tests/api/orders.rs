//! Orders: both ways in, and everything that is no order.

use std::collections::HashSet;

use reqwest::{Response, StatusCode};

use crate::support::{Fields, Shop, Visitor, location, with};

crate::on_all_stores!(
    a_plain_form_places_one_order_and_replays_it,
    the_server_function_places_one_order_and_replays_it,
    both_ways_in_give_the_same_order,
    twenty_parallel_submissions_of_one_token_get_one_order,
    someone_elses_order_is_404,
    fields_that_are_not_good_are_named_and_kept,
    the_same_product_again_asks_first,
    a_changed_cart_is_told,
    what_is_no_form_is_refused,
    a_cancelled_purchase_is_no_order_and_an_order_is_not_cancelled,
);

pub async fn json(answer: Response) -> serde_json::Value {
    answer.json().await.expect("JSON")
}

pub async fn code(answer: Response) -> String {
    json(answer).await["code"].as_str().expect("a code").to_owned()
}

async fn a_plain_form_places_one_order_and_replays_it(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let placed = visitor.submit(&page, &form).await;
    assert_eq!(placed.status(), StatusCode::SEE_OTHER);
    let receipt = location(&placed);
    for _ in 0..3 {
        assert_eq!(location(&visitor.submit(&page, &form).await), receipt);
    }
    let html = visitor.get(&receipt).await.text().await.expect("a page");
    assert!(html.contains("Ada Lovelace") && html.contains("Enamel mug"), "{html}");
    assert!(
        html.contains("Thank you.") && html.contains("What happens next"),
        "{html}"
    );
    let again = visitor.get(&receipt).await.text().await.expect("a page");
    assert!(!again.contains("Thank you.") && again.contains("Placed on "), "{again}");
    assert!(
        visitor
            .get("/orders")
            .await
            .text()
            .await
            .expect("a page")
            .contains(&receipt)
    );
    assert!(
        visitor
            .get(&page)
            .await
            .text()
            .await
            .expect("a page")
            .contains("already ordered")
    );
    assert_eq!(shop.count_orders().await, 1);
}

async fn the_server_function_places_one_order_and_replays_it(shop: Shop) {
    let visitor = shop.visitor();
    let form = visitor.form(&visitor.buy_now("enamel-mug").await).await;
    let placed = visitor.call(&form).await;
    assert_eq!(placed.status(), StatusCode::OK);
    let placed = json(placed).await;
    assert_eq!(placed["replayed"], false);
    let replayed = json(visitor.call(&form).await).await;
    assert_eq!(
        (&replayed["replayed"], &replayed["order_id"]),
        (&true.into(), &placed["order_id"])
    );
    let receipt = placed["url"].as_str().expect("an address");
    for (visit, thanks) in [("the first", true), ("the second", false)] {
        let html = visitor.get(receipt).await.text().await.expect("a page");
        assert_eq!(html.contains("Thank you."), thanks, "{visit} visit");
    }
    assert_eq!(shop.count_orders().await, 1);
}

async fn both_ways_in_give_the_same_order(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let called = json(visitor.call(&form).await).await;
    assert_eq!(
        location(&visitor.submit(&page, &form).await),
        called["url"].as_str().expect("an address")
    );
    assert_eq!(shop.count_orders().await, 1);
}

async fn twenty_parallel_submissions_of_one_token_get_one_order(shop: Shop) {
    let visitor = shop.visitor();
    let form = visitor.form(&visitor.buy_now("enamel-mug").await).await;
    let copies: Vec<_> = (0..20)
        .map(|_| {
            let (visitor, form) = (visitor.clone(), form.clone());
            tokio::spawn(async move {
                let answer = visitor.call(&form).await;
                assert_eq!(answer.status(), StatusCode::OK);
                json(answer).await
            })
        })
        .collect();
    let (mut ids, mut placed) = (HashSet::new(), 0);
    for copy in copies {
        let receipt = copy.await.expect("no panic");
        ids.insert(receipt["order_id"].as_str().expect("an id").to_owned());
        placed += u32::from(receipt["replayed"] == false);
    }
    assert_eq!((ids.len(), placed), (1, 1));
    assert_eq!(shop.count_orders().await, 1);
}

async fn someone_elses_order_is_404(shop: Shop) {
    let (owner, stranger) = (shop.visitor(), shop.visitor());
    let page = owner.buy_now("enamel-mug").await;
    let receipt = location(&owner.submit(&page, &owner.form(&page).await).await);
    stranger.buy_now("enamel-mug").await;
    assert_eq!(stranger.get(&receipt).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(owner.get(&receipt).await.status(), StatusCode::OK);
}

/// A refusal is the same through both ways in.
pub async fn refused(visitor: &Visitor, page: &str, fields: &Fields, status: StatusCode, expected: &str) {
    assert_eq!(
        visitor.submit(page, fields).await.status(),
        status,
        "plain form, {expected}"
    );
    let answer = visitor.call(fields).await;
    assert_eq!(answer.status(), status, "server function, {expected}");
    assert_eq!(code(answer).await, expected);
}

async fn fields_that_are_not_good_are_named_and_kept(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let bad = with(&with(&form, "email", "ada@example"), "city", "");
    let answer = visitor.submit(&page, &bad).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = answer.text().await.expect("a page");
    assert!(
        html.contains("href=\"#email\"") && html.contains("href=\"#city\""),
        "{html}"
    );
    assert!(
        html.contains("value=\"ada@example\"") && html.contains("value=\"Ada Lovelace\""),
        "{html}"
    );
    let answer = json(visitor.call(&bad).await).await;
    assert_eq!(answer["code"], "invalid");
    assert_eq!(answer["fields"][0]["field"], "email");
    for odd in [
        "</script><script>alert(1)</script>",
        "\u{202e}مدينة\u{200b}🏙",
        "' OR 1=1 --",
    ] {
        let kept = visitor
            .submit(&page, &with(&bad, "name", odd))
            .await
            .text()
            .await
            .expect("a page");
        assert!(!kept.contains("<script>alert(1)"), "{odd}");
    }
    assert_eq!(shop.count_orders().await, 0);
    assert_eq!(
        visitor.submit(&page, &form).await.status(),
        StatusCode::SEE_OTHER,
        "the token is still good"
    );
}

async fn the_same_product_again_asks_first(shop: Shop) {
    let visitor = shop.visitor();
    let first = visitor.buy_now("enamel-mug").await;
    visitor.submit(&first, &visitor.form(&first).await).await;
    let again = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&again).await;
    let asked = visitor.call(&form).await;
    assert_eq!(asked.status(), StatusCode::CONFLICT);
    let asked = json(asked).await;
    assert_eq!(asked["code"], "repeat");
    let number = asked["earlier"]["number"]
        .as_str()
        .expect("the earlier order")
        .to_owned();
    let page = visitor.submit(&again, &form).await;
    assert_eq!(page.status(), StatusCode::CONFLICT);
    let html = page.text().await.expect("a page");
    assert!(html.contains(&number) && html.contains("Buy it again"), "{html}");
    assert_eq!(shop.count_orders().await, 1);
    let confirmed = visitor.submit(&again, &with(&form, "repeat", "confirmed")).await;
    assert_eq!(confirmed.status(), StatusCode::SEE_OTHER);
    assert_eq!(shop.count_orders().await, 2);
}

async fn a_changed_cart_is_told(shop: Shop) {
    let visitor = shop.visitor();
    visitor
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "1")])
        .await;
    let html = visitor.get("/cart").await.text().await.expect("a page");
    let page = html
        .split('"')
        .find(|part| part.starts_with("/checkout/"))
        .expect("a way to pay")
        .to_owned();
    let form = visitor.form(&page).await;
    visitor.post("/cart/lines/enamel-mug", &[("quantity", "3")]).await;
    refused(&visitor, &page, &form, StatusCode::CONFLICT, "cart_changed").await;
    let fresh = visitor.form(&page).await;
    assert_eq!(visitor.submit(&page, &fresh).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(shop.count_orders().await, 1);
}

async fn what_is_no_form_is_refused(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let send = async |body: Vec<u8>, content_type: &'static str| {
        let request = visitor
            .request("/api/submit_order")
            .header("content-type", content_type)
            .body(body);
        request.send().await.expect("an answer").status().as_u16()
    };
    let urlencoded = "application/x-www-form-urlencoded";
    assert_eq!(send(b"".to_vec(), urlencoded).await, 400);
    assert_eq!(send(b"order=1".to_vec(), urlencoded).await, 400);
    assert_eq!(send(b"order[token]=%ff%00".to_vec(), urlencoded).await, 400);
    for path in ["/api/submit_order", &page] {
        assert_eq!(
            shop.announce(path, 65_537).await,
            "HTTP/1.1 413 Payload Too Large",
            "{path}"
        );
    }
    assert_eq!(visitor.get("/api/submit_order").await.status().as_u16(), 405);
    assert_eq!(shop.count_orders().await, 0);
}

async fn a_cancelled_purchase_is_no_order_and_an_order_is_not_cancelled(shop: Shop) {
    let (visitor, stranger) = (shop.visitor(), shop.visitor());
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let cancel = format!("{page}/cancel");
    stranger.buy_now("enamel-mug").await;
    assert_eq!(stranger.post(&cancel, &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        visitor.post("/checkout/x/cancel", &[]).await.status(),
        StatusCode::NOT_FOUND
    );
    for _ in 0..2 {
        assert_eq!(location(&visitor.post(&cancel, &[]).await), page);
    }
    let html = visitor.get(&page).await.text().await.expect("a page");
    assert!(html.contains("Purchase cancelled"), "{html}");
    refused(&visitor, &page, &form, StatusCode::CONFLICT, "cart_changed").await;
    assert_eq!(shop.count_orders().await, 0);

    let page = visitor.buy_now("enamel-mug").await;
    let receipt = location(&visitor.submit(&page, &visitor.form(&page).await).await);
    assert_eq!(location(&visitor.post(&format!("{page}/cancel"), &[]).await), receipt);
    assert_eq!(shop.count_orders().await, 1);
}
