//! A server that runs out of memory.

use crash::books::Dialect;
use crash::crowd::{Bases, Crowd};
use crash::process::Resource;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::{LONG, holds, stage, start, until};

/// How much more it may take than it has.
const LEFT: u64 = 8 << 20;

/// How many hold memory at once, and how much each: less than what a head may have, and many times what is left.
const HOGS: usize = 800;
const HEAD: usize = 30 << 10;

/// Requests whose heads have no end. The server has to keep what it was sent.
fn hogs(base: &str) -> JoinSet<()> {
    let address = base.trim_start_matches("http://").to_owned();
    let hog = |address: String| async move {
        let Ok(mut server) = TcpStream::connect(address).await else {
            return;
        };
        let head = format!("GET / HTTP/1.1\r\nX-Long: {}", "x".repeat(HEAD));
        // A server that died has had enough.
        let _ = server.write_all(head.as_bytes()).await;
        std::future::pending::<()>().await;
    };
    (0..HOGS).map(|_| hog(address.clone())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_19_a_server_that_runs_out_of_memory_under_load_loses_and_doubles_nothing() {
    for dialect in Dialect::ALL {
        let (_services, mut stage) = stage(dialect).await;
        let setup = stage.setup("database");
        let mut server = start(&setup).await;
        let bases = Bases::new(vec![server.base.clone()]);
        let crowd = Crowd::open(&stage.history, &bases, 6, 19).expect("shoppers");
        until("orders before", async || crowd.orders() > 5).await;
        let most = server.data_bytes().expect("it runs") + LEFT;
        server.limit(Resource::Data, Some(most)).expect("limited");
        let hogs = hogs(&server.base);
        let went_well = server.ended(LONG).await.expect("it dies");
        assert!(!went_well, "it says that all is well");
        drop(hogs);
        let of_it = server.says("memory allocation of", LONG).await;
        assert!(of_it, "it died of something else: {}", server.log());
        stage.keep_log(&server);
        let server = start(&setup).await;
        bases.set(0, &server.base);
        let before = crowd.orders();
        until("orders afterwards", async || crowd.orders() > before + 5).await;
        let violations = crowd.close(LONG).await.expect("shoppers");
        assert!(violations.is_empty(), "{violations:#?}");
        let orders = stage.books().await.expect("the database answers").orders.len();
        holds(&mut stage, &[&server], orders).await;
    }
}
