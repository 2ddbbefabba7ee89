//! Another default is a setting of the database, not of the shop: every sentence of the contract holds all the same.

mod common;

use checkout::testing::{Fixture, Shop};
use tokio::sync::OnceCell;

/// A shop of a database whose transactions begin at `level` unless told otherwise.
async fn shop(url: &OnceCell<String>, level: &str) -> Shop {
    let url = url.get_or_init(|| strict_url(level)).await;
    common::ports(&common::open(url).await)
}

async fn strict_url(level: &str) -> String {
    let url = common::new_url().await;
    let (_, database) = url.rsplit_once('/').expect("an address");
    let set = format!("ALTER DATABASE {database} SET default_transaction_isolation = '{level}'");
    common::run(&url, &set).await;
    url
}

/// What is tried again when two writes meet would hide that they are stricter than they were made for.
#[tokio::test]
async fn db_24_every_write_says_its_own_isolation() {
    let url = strict_url("serializable").await;
    let shop = common::open(&url).await;
    let see = "CREATE TABLE seen (level text);
               CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                   INSERT INTO seen VALUES (current_setting('transaction_isolation')); RETURN NULL;
               END $$;
               CREATE TRIGGER see AFTER INSERT ON carts EXECUTE FUNCTION see();
               CREATE TRIGGER see AFTER INSERT ON orders EXECUTE FUNCTION see()";
    common::run(&url, see).await;
    let fixture = Fixture::new(common::ports(&shop));
    let cart = fixture.cart_of(&fixture.product(1).await, 1).await;
    let answers = shop.orders.insert_once(vec![fixture.order_of(&cart)]).await;
    assert!(answers[0].is_ok(), "{answers:?}");
    let seen = sqlx::query_scalar::<_, String>("SELECT level FROM seen");
    let seen = seen.fetch_all(&mut common::connect(&url).await).await.expect("read");
    assert_eq!(seen, ["read committed"; 2]);
}

mod db_24_serializable {
    use super::OnceCell;

    static URL: OnceCell<String> = OnceCell::const_new();

    checkout::shop_contract!(super::shop(&URL, "serializable").await);
}

mod db_24_repeatable_read {
    use super::OnceCell;

    static URL: OnceCell<String> = OnceCell::const_new();

    checkout::shop_contract!(super::shop(&URL, "repeatable read").await);
}
