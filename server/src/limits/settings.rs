//! What can be set of the limits.

use std::net::IpAddr;
use std::time::Duration;

use checkout::settings::ATTEMPTS_AT_ONCE;
use clap::Args;
use ipnet::IpNet;

/// How much the server takes on at once.
#[derive(Args, Clone, Debug)]
pub struct LimitSettings {
    /// The proxies in front of the shop, whose word on where a request comes from (X-Forwarded-For) is taken: addresses and
    /// networks, ADDRESS,NETWORK/BITS…. Nobody else's is
    #[arg(long, env = "ONCE_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// How many connections are open at once
    #[arg(long, env = "ONCE_CONNECTIONS_AT_ONCE", default_value = "8192", value_parser = at_least_one)]
    pub connections_at_once: usize,

    /// How many of them are from one address, or from one half of an IPv6 address; trusted proxies may have all
    #[arg(long, env = "ONCE_CONNECTIONS_PER_ADDRESS", default_value = "512", value_parser = at_least_one)]
    pub connections_per_address: usize,

    /// How many orders are being placed at once; whoever comes on top is told to come again
    #[arg(long, env = "ONCE_ORDERS_AT_ONCE", default_value_t = ATTEMPTS_AT_ONCE, value_parser = at_least_one)]
    pub orders_at_once: usize,

    /// How many pages of the shop are being made at once. Where one pays, there is room for as many again
    #[arg(long, env = "ONCE_PAGES_AT_ONCE", default_value = "64", value_parser = at_least_one)]
    pub pages_at_once: usize,

    /// How many forms a shopper may send in a minute, and how many confirmation pages they may open; from one address come
    /// ten times as many. 0 for as many as they like
    #[arg(long, env = "ONCE_CHANGES_PER_MINUTE", default_value = "120")]
    pub changes_per_minute: u32,

    /// How long a request's head, and then its body, may take to arrive
    #[arg(skip = Patience::default())]
    pub patience: Patience,
}

/// How long the server waits for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the first request of a connection.
    pub first_request: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// For the next byte in either direction. Longer than proxies keep a connection that nobody uses, so that it is they who
    /// close it, and not the server under a request that is on its way.
    pub idle: Duration,
    /// For the next byte of a connection without a request, while most connections are taken.
    pub crowded: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first_request: Duration::from_secs(10),
            body: Duration::from_secs(10),
            idle: Duration::from_secs(35),
            crowded: Duration::from_secs(2),
        }
    }
}

impl Patience {
    /// Every time divided by the same number.
    #[must_use]
    pub fn divided(self, by: u32) -> Self {
        Self {
            first_request: self.first_request / by,
            body: self.body / by,
            idle: self.idle / by,
            crowded: self.crowded / by,
        }
    }
}

fn network(text: &str) -> Result<IpNet, &'static str> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(|_| address())
        .map_err(|_| "write addresses such as 10.0.0.7, and networks such as 10.0.0.0/8")
}

fn at_least_one(text: &str) -> Result<usize, &'static str> {
    // As many as a semaphore can count.
    let most = tokio::sync::Semaphore::MAX_PERMITS;
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or("write a number from 1 on")
}
