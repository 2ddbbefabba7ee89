//! A shop that outgrows its file.

use crash::books::{Books, Dialect};
use crash::crowd::{Bases, Crowd};
use crash::postgres;
use crash::server::{Server, Setup};
use crash::shopper::{Answer, PRODUCT};
use tokio::process::Command;

use crate::support::{LONG, at_checkout, decided, stage, start, until};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/sqlite-to-postgres");

/// Whether it moved, and what it said.
async fn moved(file: &str, url: &str) -> (bool, String) {
    let output = Command::new(PROGRAM)
        .args([file, url])
        .output()
        .await
        .expect("Python runs");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    assert!(!said.contains("Traceback"), "{said}");
    (output.status.success(), said)
}

async fn stop(mut server: Server) {
    assert!(server.stop(LONG).await.expect("it ends in its grace"));
}

fn sorted(mut books: Books) -> Books {
    books.orders.sort_by(|one, other| one.id.cmp(&other.id));
    books
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_09_a_shop_is_moved_from_sqlite_to_postgres_with_what_is_under_way() {
    let (services, stage) = stage(Dialect::Sqlite).await;
    let setup = stage.setup("database");
    let server = start(&setup).await;
    let bases = Bases::new(vec![server.base.clone()]);
    let crowd = Crowd::open(&stage.history, &bases, 4, 9).expect("shoppers");
    until("orders", async || crowd.orders() > 20).await;
    let violations = crowd.close(LONG).await.expect("shoppers");
    assert!(violations.is_empty(), "{violations:#?}");
    let (undecided, open_page) = at_checkout(&stage, &server.base).await;
    let (decided_one, ordered_page) = at_checkout(&stage, &server.base).await;
    let first = decided(&decided_one, &server.base, &ordered_page, &setup).await;

    let root = postgres::root(services.port().expect("a port"));
    let name = format!("crash_moved_{}", std::process::id());
    let url = postgres::create(&root, &name, None).await.expect("a database");
    let file = stage.file().display().to_string();
    let (well, said) = moved(&file, &url).await;
    assert!(!well && said.contains("stop every server"), "{said}");
    stop(server).await;
    let (well, said) = moved(&file, &url).await;
    assert!(!well && said.contains("once migrate"), "{said}");
    let setup = Setup {
        database_url: url.clone(),
        ..setup
    };
    stop(start(&setup).await).await;
    let (well, said) = moved(&file, &url).await;
    assert!(well, "{said}");
    for table in [
        "orders",
        "order_lines",
        "carts",
        "cart_lines",
        "products",
        "outbox",
        "accounts",
        "sessions",
        "prevented_duplicates",
    ] {
        assert!(
            said.lines().any(|line| line.starts_with(&format!("{table} "))),
            "{table}: {said}"
        );
    }

    let before = sorted(stage.books().await.expect("the file answers"));
    let after = sorted(Books::read(&url).await.expect("the database answers"));
    assert_eq!(before.orders, after.orders);
    assert_eq!((before.stock, before.ordered), (after.stock, after.ordered));
    let server = start(&setup).await;
    let again = decided(&decided_one, &server.base, &ordered_page, &setup).await;
    assert!(matches!(again, Answer::Order { replayed: true, .. }));
    assert_eq!(again.order(), first.order());
    decided(&undecided, &server.base, &open_page, &setup).await;
    let (newcomer, page) = at_checkout(&stage, &server.base).await;
    decided(&newcomer, &server.base, &page, &setup).await;
    let orders = Books::read(&url).await.expect("the database answers").orders.len();
    assert_eq!(orders, before.orders.len() + 2, "{PRODUCT}");
    let (well, said) = moved(&file, &url).await;
    assert!(!well && said.contains("is not empty"), "{said}");
}
