//! What Redis sees of one purchase.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::support::{Shop, Stores, location, redis_url};

/// Follows `MONITOR` (redis.io/commands/monitor) from now on.
pub struct Monitor(BufReader<TcpStream>);

impl Monitor {
    pub async fn start() -> Self {
        let mut connection = BufReader::new(connect().await);
        connection.write_all(b"MONITOR\r\n").await.expect("sent");
        let mut ok = String::new();
        connection.read_line(&mut ok).await.expect("an answer");
        assert_eq!(ok, "+OK\r\n");
        Self(connection)
    }

    /// Every command up to a mark that is sent now.
    pub async fn until_now(mut self) -> Vec<String> {
        static MARKS: AtomicU64 = AtomicU64::new(0);
        let number = MARKS.fetch_add(1, Ordering::Relaxed);
        let mark = Uuid::from_u64_pair(u64::from(std::process::id()), number).to_string();
        connect()
            .await
            .write_all(format!("ECHO {mark}\r\n").as_bytes())
            .await
            .expect("sent");
        let mut commands = Vec::new();
        loop {
            let mut command = String::new();
            self.0.read_line(&mut command).await.expect("an answer");
            if command.contains(&mark) {
                return commands;
            }
            commands.push(command);
        }
    }
}

async fn connect() -> TcpStream {
    let url = redis_url();
    let address = url.trim_start_matches("redis://").trim_end_matches('/');
    TcpStream::connect(address).await.expect("Redis answers")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_written_with_a_ttl_claimed_and_settled_by_script_and_never_deleted() {
    let shop = Shop::open(Stores::SqliteAndRedis).await;
    let visitor = shop.visitor();
    let page = visitor.buy_now("enamel-mug").await;

    let monitor = Monitor::start().await;
    let form = visitor.form(&page).await;
    let token = checkout::token::OrderToken::parse(crate::support::value(&form, "token")).expect("a token");
    let digest = token.digest().to_string();
    let rendered = of_token(monitor.until_now().await, &digest);
    let writes: Vec<_> = rendered.iter().filter(|command| command.contains(" lua] ")).collect();
    assert!(
        writes.iter().any(|command| command.to_lowercase().contains("hset")),
        "{rendered:#?}"
    );
    assert!(
        writes.iter().any(|command| command.to_lowercase().contains("pexpire")),
        "{rendered:#?}"
    );

    let monitor = Monitor::start().await;
    let receipt = location(&visitor.submit(&page, &form).await);
    let bought = of_token(monitor.until_now().await, &digest);
    let scripts = bought
        .iter()
        .filter(|command| command.to_lowercase().contains("\"evalsha\""))
        .count();
    assert_eq!(scripts, 2, "claimed and settled: {bought:#?}");
    let order = receipt.rsplit('/').next().expect("an id").replace('-', "");
    assert!(
        bought
            .iter()
            .any(|command| command.contains(&order) || command.contains(receipt.rsplit('/').next().expect("an id")))
    );
    for command in rendered.iter().chain(&bought) {
        let lower = command.to_lowercase();
        assert!(
            !["\"del\"", "\"unlink\"", "\"getdel\""]
                .iter()
                .any(|verb| lower.contains(verb)),
            "{command}"
        );
        assert!(
            !command.contains(crate::support::value(&form, "token")),
            "only the digest reaches Redis: {command}"
        );
    }
    assert_eq!(shop.count_orders().await, 1);
}

/// Other tests use the same Redis.
pub fn of_token(commands: Vec<String>, digest: &str) -> Vec<String> {
    commands
        .into_iter()
        .filter(|command| command.contains(digest))
        .collect()
}

/// Every key of the shop's that stands in these commands. Other tests' keys too: what holds of one holds of all.
pub fn keys(commands: &[String]) -> HashSet<String> {
    let words = commands.iter().flat_map(|command| command.split('"'));
    words
        .filter(|word| word.starts_with("once:{"))
        .map(str::to_owned)
        .collect()
}

/// How many milliseconds the key has left: `PTTL` (redis.io/commands/pttl).
pub async fn pttl(key: &str) -> i64 {
    let mut connection = BufReader::new(connect().await);
    let command = format!("PTTL {key}\r\n");
    connection.write_all(command.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    connection.read_line(&mut answer).await.expect("an answer");
    answer.trim_start_matches(':').trim_end().parse().expect("a number")
}
