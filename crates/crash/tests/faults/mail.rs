//! Orders are told by mail at least once, and always under one name.

use std::collections::BTreeSet;
use std::path::Path;

use crash::books::{self, Dialect};
use crash::server::Setup;
use futures::future::join_all;

use crate::support::{LONG, at_checkout, decided, holds, stage, start, until};

/// The `Message-ID` of every mail that was written.
fn message_ids(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("a folder").flatten();
    files
        .map(|file| {
            let text = std::fs::read_to_string(file.path()).expect("text");
            let line = text.lines().find(|line| line.starts_with("Message-ID: "));
            line.expect("every mail has one").to_owned()
        })
        .collect()
}

async fn killed_at(point: &str, dialect: Dialect) {
    let (_services, mut stage) = stage(dialect).await;
    let folder = stage.folder().join("mail");
    let setup = Setup {
        mail: Some(folder.clone()),
        ..stage.setup("database")
    };
    let armed = Setup {
        fail_point: Some(point.to_owned()),
        ..setup.clone()
    };
    let mut server = start(&armed).await;
    let (shopper, page) = at_checkout(&stage, &server.base).await;
    let answer = decided(&shopper, &server.base, &page, &setup).await;
    assert!(server.reached(point, LONG).await, "{point} is passed");
    let sent = usize::from(point != "before-mail");
    assert_eq!(message_ids(&folder).len(), sent, "{point}");
    server.kill().await.expect("killed");
    stage.keep_log(&server);
    let server = start(&setup).await;
    let untold = "SELECT count(*) FROM outbox WHERE sent_at_ms IS NULL";
    until("it was told", async || {
        books::number(&stage.url, untold).await.expect("the database answers") == 0
    })
    .await;
    let ids = message_ids(&folder);
    assert_eq!(ids.len(), sent + 1, "{point}: {ids:?}");
    let names = BTreeSet::from_iter(ids);
    let order = answer.order().expect("an order");
    assert!(
        names.len() == 1 && names.iter().all(|name| name.replace('-', "").contains(order)),
        "{point}: {names:?}"
    );
    holds(&mut stage, &[&server], 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_14_killed_before_a_mail_after_it_and_before_it_is_marked() {
    let points = ["before-mail", "after-mail", "before-told"];
    let on = |dialect| join_all(points.map(|point| killed_at(point, dialect)));
    tokio::join!(on(Dialect::Sqlite), on(Dialect::Postgres));
}
