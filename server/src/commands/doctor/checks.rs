//! The things that are looked at, in the order in which a start needs them.

use std::io::ErrorKind;
use std::net::TcpListener;

use checkout::ports::Clock as _;
use checkout::schema::Examined;
use checkout::settings::OnRedisOutage;
use checkout::time::Timestamp;

use super::super::health;
use super::{Finding, State};
use crate::admin;
use crate::config::Config;
use crate::secrets::{self, Origin};
use crate::site;
use crate::startup::{self, ExaminedTokens, Part};
use crate::system::SystemClock;
use crate::telemetry::traces;

/// More than that, and a page may be refused as too old although its shopper was quick.
const CLOCKS_APART_MS: u64 = 60_000;

/// The scripts are made for this release of Redis and later ones.
const OLDEST_REDIS: u32 = 6;

/// What the browser loads.
const SITE: [&str; 4] = ["pkg/once.js", "pkg/once.wasm", "pkg/once.css", "favicon.svg"];

/// All of them.
pub(super) async fn all(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut clocks = Vec::new();
    findings.extend(database(config, &mut clocks).await);
    findings.extend(redis(config, &mut clocks).await);
    for (what, state) in [
        ("clock", clock(&clocks)),
        ("times", times(config)),
        ("secrets", secret(config)),
        ("mail", mail(config)),
        ("site files", site_files(config)),
        ("port", port(config)),
        ("metrics", metrics(config)),
        ("traces", traces()),
        ("admin", admin(config)),
    ] {
        findings.push(Finding { what, state });
    }
    findings
}

/// The machine's clock and another one, read one after the other.
struct Clocks {
    whose: &'static str,
    theirs: Timestamp,
    ours: Timestamp,
}

fn compare_clocks(whose: &'static str, theirs: Option<Timestamp>, clocks: &mut Vec<Clocks>) {
    if let Some(theirs) = theirs {
        let ours = SystemClock::default().now();
        clocks.push(Clocks { whose, theirs, ours });
    }
}

async fn database(config: &Config, clocks: &mut Vec<Clocks>) -> [Finding; 3] {
    let examined = startup::database(&config.database_url).await;
    if let Ok(examined) = &examined {
        compare_clocks("the database", examined.clock, clocks);
    }
    [
        ("database", Part::Place),
        ("durability", Part::Durability),
        ("migrations", Part::Schema),
    ]
    .map(|(what, part)| {
        let state = match &examined {
            Ok(examined) => told(part, examined),
            Err((wrong, error)) if *wrong == part => State::Wrong(format!("{error:#}")),
            Err((wrong, _)) if *wrong > part => State::Well("as it has to be".to_owned()),
            Err(_) => State::Unknown,
        };
        Finding { what, state }
    })
}

fn told(part: Part, examined: &Examined) -> State {
    match part {
        Part::Place => State::Well(examined.server.clone()),
        Part::Durability => State::Well(examined.durability.to_owned()),
        Part::Schema if !examined.standing.newer.is_empty() => State::Doubtful(format!(
            "{}: finish the upgrade, or the way back, soon",
            examined.standing
        )),
        Part::Schema if !examined.standing.missing.is_empty() => State::Well(format!(
            "{}; `once migrate`, or the next start, runs what is missing",
            examined.standing
        )),
        Part::Schema => State::Well(examined.standing.to_string()),
    }
}

async fn redis(config: &Config, clocks: &mut Vec<Clocks>) -> [Finding; 2] {
    let states = match &config.redis_url {
        None => [
            State::Well("not set: tokens are kept in this process, which must be the only one".to_owned()),
            State::Well("no Redis is used".to_owned()),
        ],
        Some(url) => match startup::tokens(url, &config.settings().timeouts).await {
            Ok(examined) => {
                compare_clocks("Redis", examined.clock, clocks);
                [version(&examined), policy(&examined)]
            }
            Err(error) => [State::Wrong(format!("{error:#}{}", meanwhile(config))), State::Unknown],
        },
    };
    let mut states = states.into_iter();
    ["redis", "eviction"].map(|what| Finding {
        what,
        state: states.next().unwrap_or(State::Unknown),
    })
}

fn meanwhile(config: &Config) -> &'static str {
    match config.on_redis_outage {
        OnRedisOutage::Database => "; until then the shop sells with the database alone",
        OnRedisOutage::Refuse => "; until then the shop takes no order",
    }
}

fn version(examined: &ExaminedTokens) -> State {
    let server = &examined.server;
    let Some(version) = &examined.version else {
        return State::Well(format!(
            "Redis at {server} takes the shop's scripts, and does not tell its version"
        ));
    };
    let major = version.split('.').next().and_then(|major| major.parse().ok());
    if major.unwrap_or(0) < OLDEST_REDIS {
        return State::Wrong(format!(
            "Redis {version} at {server} is too old: install {OLDEST_REDIS} or later"
        ));
    }
    State::Well(format!("Redis {version} at {server}"))
}

fn policy(examined: &ExaminedTokens) -> State {
    match examined.policy.as_deref() {
        Some("noeviction") => State::Well("maxmemory-policy is noeviction".to_owned()),
        Some(policy) => State::Doubtful(format!(
            "maxmemory-policy is {policy}: a full Redis forgets tokens and repeat guards; set it to noeviction, or give the shop \
             a Redis of its own"
        )),
        None => State::Doubtful("maxmemory-policy is not told to this user: see that it is noeviction".to_owned()),
    }
}

fn clock(clocks: &[Clocks]) -> State {
    let apart = |clock: &Clocks| clock.theirs.unix_ms.abs_diff(clock.ours.unix_ms);
    match clocks.iter().max_by_key(|clock| apart(clock)) {
        None => State::Well("there is no other machine's to compare it with".to_owned()),
        Some(clock) if apart(clock) > CLOCKS_APART_MS => State::Doubtful(format!(
            "{} s apart from that of {}: let both follow the same time servers",
            apart(clock) / 1000,
            clock.whose
        )),
        Some(clock) => State::Well(format!(
            "at most {} ms apart from that of {}",
            apart(clock),
            clock.whose
        )),
    }
}

fn times(config: &Config) -> State {
    match config.settings().timeouts.check() {
        Ok(()) => State::Well("limits and time-outs keep their order".to_owned()),
        Err(error) => State::Wrong(error.to_string()),
    }
}

fn secret(config: &Config) -> State {
    let file = config.secret_file.display();
    match secrets::examine(config) {
        Ok(Origin::Given) => State::Well("given".to_owned()),
        Ok(Origin::Kept { exposed: false }) => {
            State::Well(format!("kept in {file}; further servers need the same, as ONCE_SECRET"))
        }
        Ok(Origin::Kept { exposed: true }) => {
            State::Doubtful(format!("other users of this machine can read {file}: chmod 600 {file}"))
        }
        Ok(Origin::NotYet) => State::Well(format!("the first start makes one and keeps it in {file}")),
        Err(error) => State::Wrong(format!("{error:#}")),
    }
}

fn mail(config: &Config) -> State {
    match &config.mail_url {
        None => State::Well("none is sent (ONCE_MAIL_URL is not set)".to_owned()),
        Some(url) => match startup::mail(url, &config.mail_from) {
            Ok(()) => State::Well("the addresses can be used; nothing was sent".to_owned()),
            Err(error) => State::Wrong(format!("{error:#}")),
        },
    }
}

fn site_files(config: &Config) -> State {
    let root = &config.site_root;
    let missing: Vec<_> = SITE.into_iter().filter(|file| !site::has(root, file)).collect();
    if missing.is_empty() {
        return State::Well(site::place(root));
    }
    State::Wrong(format!(
        "{} is no {}: build the site with `cargo leptos build`, or let LEPTOS_SITE_ROOT lead to it",
        site::place(root),
        missing.join(", ")
    ))
}

fn port(config: &Config) -> State {
    let address = config.address;
    match TcpListener::bind(address) {
        Ok(_) => State::Well(format!("{address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => match health::ask(address, "/healthz") {
            Ok((200, body)) if body == "ok\n" => State::Well(format!("the shop runs at {address}")),
            _ => State::Wrong(format!(
                "{address} is taken: stop what uses it, or choose another with LEPTOS_SITE_ADDR"
            )),
        },
        Err(error) => State::Wrong(format!(
            "{address} can not be listened on ({error}): choose another with LEPTOS_SITE_ADDR"
        )),
    }
}

fn metrics(config: &Config) -> State {
    let Some(address) = config.metrics_address else {
        return State::Well("none are served (ONCE_METRICS_ADDR is not set)".to_owned());
    };
    if address == config.address {
        return State::Wrong(format!(
            "{address} is the shop's own address: choose another with ONCE_METRICS_ADDR"
        ));
    }
    let place = if address.ip().is_loopback() {
        State::Well(format!("for this machine, at http://{address}/metrics"))
    } else {
        State::Doubtful(format!(
            "whoever reaches {address} can read them: see that only Prometheus does"
        ))
    };
    match TcpListener::bind(address) {
        Ok(_) => place,
        Err(error) if error.kind() == ErrorKind::AddrInUse => match health::ask(address, "/metrics") {
            Ok((200, body)) if body.contains("once_orders_placed") => place,
            _ => State::Wrong(format!(
                "{address} is taken: stop what uses it, or choose another with ONCE_METRICS_ADDR"
            )),
        },
        Err(error) => State::Wrong(format!(
            "{address} can not be listened on ({error}): choose another with ONCE_METRICS_ADDR"
        )),
    }
}

fn traces() -> State {
    match traces::place() {
        Ok(None) => State::Well("none are sent (OTEL_EXPORTER_OTLP_ENDPOINT is not set)".to_owned()),
        Ok(Some(_)) | Err(_) if !traces::BUILT_IN => State::Doubtful(
            "an OTEL_…_ENDPOINT is set, and this program sends none: build it with the feature opentelemetry"
                .to_owned(),
        ),
        Ok(Some(place)) => State::Well(format!("for the collector at {place}; nothing was sent")),
        Err(wrong) => State::Wrong(wrong),
    }
}

fn admin(config: &Config) -> State {
    match admin::examine(config) {
        Ok(false) => State::Well("there is none: no password is set".to_owned()),
        Ok(true) if config.plain_http && !config.address.ip().is_loopback() => {
            State::Doubtful("the password is sent by plain HTTP: put TLS in front of the shop".to_owned())
        }
        Ok(true) => State::Well("/admin asks for the password that is set".to_owned()),
        Err(error) => State::Wrong(format!("{error:#}")),
    }
}
