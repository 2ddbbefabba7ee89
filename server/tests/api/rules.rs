//! What a form says that no page of the shop would: the server knows better.

use reqwest::StatusCode;

use crate::support::{Shop, Stores, location, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_27_no_quantity_is_bought_that_is_none() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    for quantity in [
        "-1",
        "0",
        "1.5",
        "1e3",
        "0x10",
        "1000000",
        "99999999999999999999",
        "NaN",
        "",
        "１",
    ] {
        for path in ["/cart/lines", "/buy-now"] {
            let answer = visitor
                .post(path, &[("slug", "enamel-mug"), ("quantity", quantity)])
                .await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path} {quantity:?}");
        }
    }
    assert!(visitor.text("/cart").await.contains("Your cart is empty"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_27_a_price_is_the_servers_whatever_the_form_says() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let total = |html: &str| {
        let (_, amount) = html.split_once("€").expect("an amount");
        amount
            .chars()
            .take_while(|digit| !digit.is_whitespace() && *digit != '<')
            .collect::<String>()
    };
    let shown = total(&visitor.text(&page).await);
    let mut typed = with(&form, "shown_total", "1");
    for (name, value) in [
        ("total", "1"),
        ("price", "-1"),
        ("currency", "XXX"),
        ("coupon", "FREE"),
        ("quantity", "-1"),
    ] {
        typed.push((name.to_owned(), value.to_owned()));
    }
    let placed = visitor.submit(&page, &typed).await;
    assert_eq!(total(&visitor.text(&location(&placed)).await), shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_27_nobody_orders_without_a_confirmation_page() {
    let shop = Shop::open(Stores::SqliteAndMemory).await;
    let visitor = shop.visitor();
    // A page of one cart, and the address of another whose page was never asked for.
    let confirmed = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&confirmed).await;
    let skipped = visitor.buy_now("oak-tray").await;
    let cart = skipped.rsplit('/').next().expect("a path");
    let moved = visitor.submit(&skipped, &form).await;
    assert_eq!(moved.status(), StatusCode::UNPROCESSABLE_ENTITY);
    for (name, value) in [("token", ""), ("quote", "")] {
        let typed = with(&with(&form, name, value), "cart", cart);
        assert_eq!(visitor.call(&typed).await.status(), StatusCode::BAD_REQUEST, "{name}");
    }
    assert_eq!(shop.count_orders().await, 0);
    assert_eq!(visitor.submit(&confirmed, &form).await.status(), StatusCode::SEE_OTHER);
}
