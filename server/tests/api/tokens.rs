//! Tokens over HTTP: what is refused, by which code, and that nothing is touched by it.

use reqwest::StatusCode;

use crate::orders::{code, json, refused};
use crate::redis_watch::{Monitor, of_token};
use crate::support::{Fields, Shop, Stores, Visitor, location, value, with};

crate::on_all_stores!(
    tk_02_a_hundred_replays_have_one_body,
    tk_06_to_tk_10_a_token_that_is_not_good_is_refused_by_its_code,
    tk_07_every_malformed_token_is_a_definite_refusal,
    tk_10_what_is_edited_beside_the_token_changes_nothing_of_the_order,
    tk_11_the_order_of_the_fields_means_nothing,
    tk_21_a_key_is_rotated_without_losing_a_page,
);

async fn tk_02_a_hundred_replays_have_one_body(shop: Shop) {
    let visitor = shop.visitor();
    let form = visitor.form(&visitor.buy_now("enamel-mug").await).await;
    visitor.call(&form).await;
    let first = json(visitor.call(&form).await).await;
    for _ in 2..100 {
        let replay = visitor.call(&form).await;
        assert_eq!(replay.status(), StatusCode::OK);
        assert_eq!(json(replay).await, first);
    }
    assert_eq!(shop.count_orders().await, 1);
}

fn forged(token: &str) -> String {
    format!("{}{}", &token[..85], if token.ends_with('A') { 'Q' } else { 'A' })
}

async fn tk_06_to_tk_10_a_token_that_is_not_good_is_refused_by_its_code(shop: Shop) {
    let (visitor, stranger) = (shop.visitor(), shop.visitor());
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let foreign_page = stranger.buy_now("enamel-mug").await;
    let foreign = value(&stranger.form(&foreign_page).await, "token").to_owned();
    let other_page = visitor.buy_now("linen-notebook").await;
    let other = value(&visitor.form(&other_page).await, "token").to_owned();
    let (bad, forbidden, mismatch) = (
        StatusCode::BAD_REQUEST,
        StatusCode::FORBIDDEN,
        StatusCode::UNPROCESSABLE_ENTITY,
    );
    let genuine = value(&form, "token").to_owned();
    for (token, status, code) in [
        ("", bad, "token_missing"),
        ("x", bad, "malformed"),
        (forged(&genuine).as_str(), forbidden, "token_refused"),
        (&foreign, forbidden, "token_refused"),
        (&other, mismatch, "token_mismatch"),
    ] {
        refused(&visitor, &page, &with(&form, "token", token), status, code).await;
    }
    let quote = value(&form, "quote");
    let edited = format!("{}{}", if quote.starts_with('0') { '1' } else { '0' }, &quote[1..]);
    refused(
        &visitor,
        &page,
        &with(&form, "quote", &edited),
        mismatch,
        "token_mismatch",
    )
    .await;
    assert_eq!(shop.count_orders().await, 0);
    assert_eq!(
        visitor.submit(&page, &form).await.status(),
        StatusCode::SEE_OTHER,
        "the token itself is still good"
    );
    assert_eq!(
        stranger
            .submit(&foreign_page, &stranger.form(&foreign_page).await)
            .await
            .status(),
        StatusCode::SEE_OTHER,
        "and so is the stranger's"
    );
}

/// Wrong in every way that a text can be wrong.
fn malformed(token: &str) -> Vec<String> {
    let mut wrong: Vec<String> = (1..token.len()).map(|end| token[..end].to_owned()).collect();
    for (index, _) in token.char_indices() {
        for odd in ["ü", "%", " ", "\u{0}", "\u{202e}"] {
            wrong.push(format!("{}{odd}{}", &token[..index], &token[index + 1..]));
        }
    }
    wrong.extend([
        format!("{token}="),
        format!("{token}=="),
        format!("{token}A"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("\"{token}\""),
        // The version stands in the first characters.
        format!("AA{}", &token[2..]),
        format!("Ag{}", &token[2..]),
        "A".repeat(60_000),
        "\u{1F6D2}".repeat(4_000),
    ]);
    wrong
}

async fn tk_07_every_malformed_token_is_a_definite_refusal(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    let table = malformed(value(&form, "token"));
    assert!(table.len() >= 200, "{}", table.len());
    for token in table {
        let answer = visitor.call(&with(&form, "token", &token)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{token:?}");
        assert_eq!(code(answer).await, "malformed", "{token:?}");
    }
    // Other case is another token: of base 64 that was not made here.
    for recased in [
        value(&form, "token").to_uppercase(),
        value(&form, "token").to_lowercase(),
    ] {
        let status = visitor.call(&with(&form, "token", &recased)).await.status();
        assert!(
            [StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN].contains(&status),
            "{recased}: {status}"
        );
    }
    assert_eq!(shop.count_orders().await, 0);
    assert_eq!(visitor.submit(&page, &form).await.status(), StatusCode::SEE_OTHER);
}

/// The server's own quote is what is ordered, whatever else a form carries.
async fn tk_10_what_is_edited_beside_the_token_changes_nothing_of_the_order(shop: Shop) {
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let mut form = visitor.form(&page).await;
    for (name, value) in [
        ("total", "1"),
        ("amount_minor", "-1"),
        ("quantity", "99999999999999999999"),
        ("currency", "KWD"),
        ("slug", "linen-notebook"),
        ("shopper", "00000000-0000-0000-0000-000000000000"),
    ] {
        form.push((name.to_owned(), value.to_owned()));
    }
    let receipt = location(&visitor.submit(&page, &form).await);
    let html = visitor.get(&receipt).await.text().await.expect("a page");
    assert!(
        html.contains("Enamel mug") && !html.contains("Linen notebook"),
        "{html}"
    );
    let again = visitor.buy_now("enamel-mug").await;
    let shown = visitor.get(&again).await.text().await.expect("a page");
    let total = shown
        .split("Buy now · ")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("a total");
    assert!(html.contains(total), "{total} is not in {html}");
}

async fn tk_11_the_order_of_the_fields_means_nothing(shop: Shop) {
    let visitor = shop.visitor();
    let form = visitor.form(&visitor.buy_now("enamel-mug").await).await;
    let first = json(visitor.call(&form).await).await;
    let mut reordered = form.clone();
    reordered.reverse();
    for (name, value) in &mut reordered {
        if !["token", "cart", "quote", "repeat"].contains(&name.as_str()) {
            *value = format!("  {value} ");
        }
    }
    let second = json(visitor.call(&reordered).await).await;
    assert_eq!(second["order_id"], first["order_id"]);
    assert_eq!(shop.count_orders().await, 1);
}

const OLD: &str = "1:the-old-key-has-at-least-thirty-two-bytes";
const NEW: &str = "2:the-new-key-has-at-least-thirty-two-bytes";
/// One secret for the sessions of all servers.
const SECRET: [&str; 2] = ["--secret", "a-secret-for-sessions-of-thirty-two-bytes"];

async fn page_of(visitor: &Visitor) -> (String, Fields) {
    let page = visitor.buy_now("enamel-mug").await;
    let form = visitor.form(&page).await;
    (page, form)
}

async fn tk_21_a_key_is_rotated_without_losing_a_page(shop: Shop) {
    let both = format!("{NEW},{OLD}");
    let server = async |keys| shop.beside(&[SECRET[0], SECRET[1], "--token-keys", keys]).await;
    let (old, rotated, retired) = (server(OLD).await, server(&both).await, server(NEW).await);
    let visitor = old.visitor();
    let [(_, one), (page, two)] = [page_of(&visitor).await, page_of(&visitor).await];
    let placed = json(rotated.take_in(&visitor).call(&one).await).await;
    assert_eq!(placed["replayed"], false, "{placed}");
    let forbidden = StatusCode::FORBIDDEN;
    refused(&retired.take_in(&visitor), &page, &two, forbidden, "token_refused").await;
    // What the new key signed is good on both that know it.
    let (_, fresh) = page_of(&rotated.take_in(&visitor)).await;
    let confirmed = with(&fresh, "repeat", "confirmed");
    assert_eq!(
        retired.take_in(&visitor).call(&confirmed).await.status(),
        StatusCode::OK
    );
    // A server that was not told of the new key yet refuses it: it is accepted everywhere before it signs anywhere.
    refused(&visitor, &page, &fresh, forbidden, "token_refused").await;
}

/// Nothing of the shopper's is looked at in Redis for a token that is not accepted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tk_06_a_token_that_is_not_accepted_leaves_redis_untouched() {
    let shop = Shop::open(Stores::SqliteAndRedis).await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;
    let monitor = Monitor::start().await;
    let form = visitor.form(&page).await;
    let rendered = monitor.until_now().await;
    let genuine = value(&form, "token").to_owned();
    let digest = checkout::token::OrderToken::parse(&genuine)
        .expect("a token")
        .digest()
        .to_string();
    let issued = of_token(rendered, &digest).remove(0);
    let tag = issued
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'))
        .expect("a hash tag")
        .0;
    let monitor = Monitor::start().await;
    for token in [forged(&genuine), genuine[1..].to_owned(), "A".repeat(60_000)] {
        visitor.call(&with(&form, "token", &token)).await;
    }
    let commands = of_token(monitor.until_now().await, tag);
    assert_eq!(commands, Vec::<String>::new());
}

/// Whatever was rendered, bought and refused: no key of the shopper stays for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tk_18_every_key_that_is_written_has_a_ttl() {
    let shop = Shop::open(Stores::SqliteAndRedis).await;
    let visitor = shop.visitor();
    let monitor = Monitor::start().await;
    let (page, form) = page_of(&visitor).await;
    visitor.submit(&page, &form).await;
    let (again, form) = page_of(&visitor).await;
    visitor.submit(&again, &form).await;
    visitor.submit(&again, &with(&form, "repeat", "confirmed")).await;
    let keys = crate::redis_watch::keys(&monitor.until_now().await);
    assert!(keys.len() >= 3, "two tokens and a guard: {keys:?}");
    for key in keys {
        // -2: it is gone already.
        let ttl = crate::redis_watch::pttl(&key).await;
        assert!(ttl > 0 || ttl == -2, "{key} has no TTL: {ttl}");
    }
}
