//! Carts, through plain forms.

use reqwest::StatusCode;

use crate::support::{Shop, location};

crate::on_all_stores!(
    a_cart_is_filled_changed_and_emptied,
    a_quantity_that_is_none_is_named_and_kept,
    someone_elses_cart_is_404,
    posts_from_another_site_are_refused,
    more_than_there_is_is_told_before_the_button,
    a_quantity_is_changed_on_the_confirmation_page,
    a_full_cart_says_so,
);

async fn a_cart_is_filled_changed_and_emptied(shop: Shop) {
    let visitor = shop.visitor();
    let empty = visitor.get("/cart").await.text().await.expect("a page");
    assert!(empty.contains("Your cart is empty"));

    let added = visitor
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "2")])
        .await;
    assert_eq!((added.status(), &*location(&added)), (StatusCode::SEE_OTHER, "/cart"));
    let cookie = added.headers()["set-cookie"].to_str().expect("text");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let cart = visitor.get("/cart").await.text().await.expect("a page");
    assert!(cart.contains("id=\"quantity-enamel-mug\"") && cart.contains("value=\"2\""));

    visitor.post("/cart/lines/enamel-mug", &[("quantity", "5")]).await;
    assert!(
        visitor
            .get("/cart")
            .await
            .text()
            .await
            .expect("a page")
            .contains("value=\"5\"")
    );

    let removed = visitor
        .post("/cart/lines/enamel-mug", &[("quantity", "5"), ("remove", "1")])
        .await;
    let page = visitor.get(&location(&removed)).await.text().await.expect("a page");
    assert!(page.contains("Your cart is empty") && page.contains("Undo"), "{page}");
    visitor
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "5")])
        .await;
    assert!(
        visitor
            .get("/cart")
            .await
            .text()
            .await
            .expect("a page")
            .contains("value=\"5\"")
    );
}

async fn a_quantity_that_is_none_is_named_and_kept(shop: Shop) {
    let visitor = shop.visitor();
    visitor
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "1")])
        .await;
    for typed in ["0", "11", "-1", "abc"] {
        for (path, fields) in [
            ("/cart/lines", vec![("slug", "enamel-mug"), ("quantity", typed)]),
            ("/buy-now", vec![("slug", "enamel-mug"), ("quantity", typed)]),
            ("/cart/lines/enamel-mug", vec![("quantity", typed)]),
        ] {
            let answer = visitor.post(path, &fields).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path} {typed}");
            let html = answer.text().await.expect("a page");
            assert!(
                html.contains("Quantity: please choose a whole number from 1 to 10."),
                "{path} {typed}"
            );
            assert!(
                html.contains(&format!("value=\"{typed}\"")),
                "{path} {typed}: what was typed is kept"
            );
        }
    }
    let unknown = visitor
        .post("/cart/lines", &[("slug", "no-such-product"), ("quantity", "1")])
        .await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    let nothing = visitor.post("/cart/lines", &[]).await;
    assert_eq!(nothing.status(), StatusCode::NOT_FOUND);
}

async fn someone_elses_cart_is_404(shop: Shop) {
    let (owner, stranger) = (shop.visitor(), shop.visitor());
    let page = owner.buy_now("enamel-mug").await;
    stranger.buy_now("linen-notebook").await;
    assert_eq!(stranger.get(&page).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(owner.get(&page).await.status(), StatusCode::OK);
}

async fn more_than_there_is_is_told_before_the_button(shop: Shop) {
    let visitor = shop.visitor();
    visitor
        .post("/cart/lines", &[("slug", "wool-blanket"), ("quantity", "3")])
        .await;
    let cart = visitor.get("/cart").await.text().await.expect("a page");
    assert!(cart.contains("We have only 2 of these. Please choose fewer."), "{cart}");
    assert!(!cart.contains("Go to checkout"), "{cart}");
    visitor.post("/cart/lines/wool-blanket", &[("quantity", "2")]).await;
    let cart = visitor.get("/cart").await.text().await.expect("a page");
    assert!(
        !cart.contains("We have only") && cart.contains("Go to checkout"),
        "{cart}"
    );

    let bought = visitor
        .post("/buy-now", &[("slug", "wool-blanket"), ("quantity", "3")])
        .await;
    let page = visitor.get(&location(&bought)).await.text().await.expect("a page");
    let told = page.find("We have only 2 of these").expect("it is told");
    assert!(told < page.find("buy-button").expect("the button"), "{page}");
}

async fn a_quantity_is_changed_on_the_confirmation_page(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let line = format!("{page}/lines/enamel-mug");
    let changed = visitor.post(&line, &[("quantity", "3")]).await;
    assert_eq!(
        (changed.status(), location(&changed)),
        (StatusCode::SEE_OTHER, page.clone())
    );
    let html = visitor.get(&page).await.text().await.expect("a page");
    assert!(
        html.contains("3 × €14.50") && html.contains("Buy now · €43.50"),
        "{html}"
    );
    for typed in ["0", "11", "x", ""] {
        let wrong = visitor.post(&line, &[("quantity", typed)]).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        let html = wrong.text().await.expect("a page");
        assert!(
            html.contains("Quantity: please choose a whole number from 1 to 10."),
            "{typed}"
        );
        assert!(html.contains("<title>Error: Review and pay"), "{typed}");
    }
    let stranger = shop.visitor();
    assert_eq!(
        stranger.post(&line, &[("quantity", "1")]).await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        visitor.submit(&page, &visitor.form(&page).await).await.status(),
        StatusCode::SEE_OTHER
    );
    let ordered = visitor.post(&line, &[("quantity", "1")]).await;
    assert_eq!(
        ordered.status(),
        StatusCode::NOT_FOUND,
        "an ordered cart does not change"
    );
}

async fn a_full_cart_says_so(shop: Shop) {
    let visitor = shop.visitor();
    for product in 0..50 {
        let slug = format!("filler-{product}");
        shop.add_product(&slug).await;
        visitor.post("/cart/lines", &[("slug", &slug), ("quantity", "1")]).await;
    }
    let full = visitor
        .post("/cart/lines", &[("slug", "enamel-mug"), ("quantity", "1")])
        .await;
    assert_eq!(full.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = full.text().await.expect("a page");
    assert!(
        html.contains("Your cart is full: it takes 50 different things. Nothing was added."),
        "{html}"
    );
}

async fn posts_from_another_site_are_refused(shop: Shop) {
    let visitor = shop.visitor();
    for path in [
        "/cart/lines",
        "/buy-now",
        "/login",
        "/register",
        "/logout",
        "/orders",
        "/api/submit_order",
        "/api/open_checkout",
    ] {
        let forged = visitor
            .request(path)
            .header("sec-fetch-site", "cross-site")
            .form(&[("slug", "enamel-mug")]);
        assert_eq!(
            forged.send().await.expect("an answer").status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}
