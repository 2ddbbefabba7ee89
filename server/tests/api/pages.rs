//! Pages: what is there, what is not, and what they ship.

use reqwest::StatusCode;

use crate::support::Shop;

crate::on_all_stores!(
    the_shop_shows_what_it_sells,
    what_is_not_there_is_404,
    only_the_confirmation_page_ships_scripts,
    what_no_way_in_takes_is_told_on_a_page,
    a_page_without_an_island_is_small,
);

async fn the_shop_shows_what_it_sells(shop: Shop) {
    let visitor = shop.visitor();
    let catalogue = visitor.get("/").await;
    assert_eq!(catalogue.status(), StatusCode::OK);
    assert!(
        catalogue.headers().get("set-cookie").is_none(),
        "looking around sets no cookie"
    );
    let html = catalogue.text().await.expect("a page");
    let products = html.matches("class=\"product-card\"").count();
    assert!((8..=12).contains(&products), "{products} products");
    assert!(html.contains("Only 2 left"));
    let slug = html
        .split("data-product=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a product");
    let product = visitor.get(&format!("/products/{slug}")).await;
    assert_eq!(product.status(), StatusCode::OK);
    assert!(product.text().await.expect("a page").contains("action=\"/cart/lines\""));
}

async fn what_is_not_there_is_404(shop: Shop) {
    let visitor = shop.visitor();
    let id = "01890000-0000-7000-8000-000000000000";
    for path in [
        "/nowhere".to_owned(),
        "/products/no-such-product".to_owned(),
        "/products/NO%20SLUG".to_owned(),
        format!("/checkout/{id}"),
        "/checkout/abc".to_owned(),
        format!("/orders/{id}"),
        "/orders/abc".to_owned(),
        "/checkout/status/abc".to_owned(),
        "/%ff".to_owned(),
        "/../Cargo.toml".to_owned(),
    ] {
        let answer = visitor.get(&path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(
            answer.text().await.expect("a page").contains("There is nothing here"),
            "{path}"
        );
    }
}

async fn only_the_confirmation_page_ships_scripts(shop: Shop) {
    let visitor = shop.visitor();
    let confirmation = visitor.buy_now("enamel-mug").await;
    for (path, ships) in [
        ("/", false),
        ("/products/enamel-mug", false),
        ("/cart", false),
        ("/orders", false),
        (&*confirmation, true),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        let html = answer.text().await.expect("a page");
        assert_eq!(html.contains(".wasm"), ships, "{path}");
    }
}

async fn what_no_way_in_takes_is_told_on_a_page(shop: Shop) {
    let visitor = shop.visitor();
    let much = "x".repeat(1_000_000);
    let form = |fields: &str| visitor.request("/cart/lines").body(fields.to_owned());
    let urlencoded = "application/x-www-form-urlencoded";
    for (request, status, title) in [
        (
            visitor.request("/cart/lines").form(&[("slug", &much)]),
            413,
            "That was too much at once",
        ),
        (
            form("slug=a&slug=b").header("content-type", urlencoded),
            422,
            "That could not be read",
        ),
        (
            form("slug=a").header("content-type", "text/plain"),
            415,
            "That could not be read",
        ),
        (
            form("slug=a").header("sec-fetch-site", "cross-site"),
            403,
            "This did not come from the shop",
        ),
        (visitor.asking("/buy-now"), 405, "There is nothing here"),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{title}");
        assert!(answer.headers().get("set-cookie").is_none(), "{title}");
        let html = answer.text().await.expect("a page");
        assert!(html.contains(title) && html.contains("<html lang=\"en\""), "{html}");
        assert!(
            !html.contains("slug") && !html.contains("duplicate"),
            "nothing of the parser: {html}"
        );
    }
}

/// As sent, beside style and pictures.
async fn a_page_without_an_island_is_small(shop: Shop) {
    let visitor = shop.visitor();
    for path in ["/", "/products/enamel-mug", "/cart", "/orders", "/nowhere"] {
        let request = visitor.asking(path).header("accept-encoding", "br");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.headers()["content-encoding"], "br", "{path}");
        let bytes = answer.bytes().await.expect("a page").len();
        assert!(bytes < 4_000, "{path} has {bytes} bytes");
    }
}
