//! The contract of every shop, kept by a real server.

mod common;

use checkout::testing::Shop;
use tokio::sync::OnceCell;

/// The shop of this test binary, through a pool of the calling test: a pool does not outlive its runtime.
async fn shop() -> Shop {
    static URL: OnceCell<String> = OnceCell::const_new();
    let url = URL.get_or_init(common::new_url).await;
    common::ports(&common::open(url).await)
}

checkout::shop_contract!(shop().await);

/// As a server holds it: behind the writer that gathers orders.
mod gathered {
    use std::sync::Arc;

    use checkout::group_commit::GroupCommit;
    use checkout::settings::Timeouts;
    use checkout::testing::Shop;

    async fn shop() -> Shop {
        let shop = super::shop().await;
        let writers = checkout_postgres::writers(&Timeouts::default());
        Shop {
            orders: Arc::new(GroupCommit::new(shop.orders, writers)),
            ..shop
        }
    }

    checkout::shop_contract!(shop().await);
}

/// What is to be told, each in a database of its own.
mod outbox {
    use checkout::testing::outbox_contract::OutboxFixture;

    use super::common;

    async fn fixture() -> OutboxFixture {
        let shop = common::open(&common::new_url().await).await;
        OutboxFixture {
            shop: common::ports(&shop),
            outbox: shop.outbox,
        }
    }

    checkout::outbox_contract!(fixture().await);
}

/// With the roles that are recommended: the user that serves owns nothing.
mod as_app_role {
    use checkout::testing::{Fixture, Shop};
    use tokio::sync::OnceCell;

    use super::common;

    /// Roles are the whole server's, and tests run beside each other: each has its own.
    struct Roles {
        owner: String,
        app: String,
    }

    impl Roles {
        fn new() -> Self {
            let tag = Fixture::new_uuid().simple().to_string();
            Self {
                owner: format!("once_owner_{tag}"),
                app: format!("once_app_{tag}"),
            }
        }

        fn named(&self, sql: &str) -> String {
            sql.replace("once_owner", &self.owner).replace("once_app", &self.app)
        }

        fn url(&self, url: &str) -> [String; 2] {
            let (_, place) = url.split_once('@').expect("a user in the address");
            [&self.owner, &self.app].map(|user| format!("postgres://{user}@{place}"))
        }
    }

    /// A migrated database, and its address for the user that serves.
    async fn new_url() -> String {
        let (url, roles) = (common::new_url().await, Roles::new());
        let [owner, app] = roles.url(&url);
        common::run(
            &url,
            &roles.named(include_str!("../../../packaging/postgres-roles.sql")),
        )
        .await;
        checkout_postgres::migrate(&owner).await.expect("the owner migrates");
        common::run(
            &owner,
            &roles.named(include_str!("../../../packaging/postgres-grants.sql")),
        )
        .await;
        app
    }

    async fn shop() -> Shop {
        static URL: OnceCell<String> = OnceCell::const_new();
        common::ports(&common::open(URL.get_or_init(new_url).await).await)
    }

    checkout::shop_contract!(shop().await);

    #[tokio::test]
    async fn se_36_who_serves_can_not_change_the_schema_nor_an_order() {
        let url = new_url().await;
        let mut connection = common::connect(&url).await;
        for forbidden in [
            "CREATE TABLE more (id int)",
            "DROP TABLE orders",
            "ALTER TABLE orders DROP CONSTRAINT orders_cart_id_key",
            "TRUNCATE orders CASCADE",
            "DELETE FROM orders",
            "DELETE FROM outbox",
            "UPDATE orders SET total_minor = 0",
            "UPDATE order_lines SET quantity = 1",
            "UPDATE _sqlx_migrations SET checksum = ''",
            "COPY orders TO PROGRAM 'true'",
        ] {
            let refused = sqlx::raw_sql(forbidden)
                .execute(&mut connection)
                .await
                .expect_err(forbidden);
            let code = refused
                .as_database_error()
                .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
            assert_eq!(code.as_deref(), Some("42501"), "{forbidden}: {refused}");
        }
    }

    /// What is to be told, each in a database of its own.
    mod outbox {
        use checkout::testing::outbox_contract::OutboxFixture;

        use super::super::common;

        async fn fixture() -> OutboxFixture {
            let shop = common::open(&super::new_url().await).await;
            OutboxFixture {
                shop: common::ports(&shop),
                outbox: shop.outbox,
            }
        }

        checkout::outbox_contract!(fixture().await);
    }
}
