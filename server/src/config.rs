//! What can be set. `.env.sample` lists the same.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use checkout::settings::{OnRedisOutage, SHORTEST_REPEAT_WINDOW, Settings, Timeouts};
use checkout::tell_orders::Pace;
use clap::Parser;

use crate::limits::settings::LimitSettings;
use crate::security::transport::Transport;
use crate::telemetry::logging::LogFormat;

/// Once: a checkout that cannot order twice.
#[derive(Clone, Debug, Parser)]
#[expect(clippy::doc_markdown, reason = "these comments are the text of --help")]
#[command(name = "once", version, about, max_term_width = 100)]
pub struct Config {
    /// The database: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME. A URL with a password is read from the environment
    /// only, here and below
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://data/once.db",
        hide_env_values = true
    )]
    pub database_url: String,

    /// The token store: redis://HOST:PORT; rediss:// for TLS; redis+sentinel://HOST:PORT,HOST:PORT/SERVICE;
    /// redis+cluster://HOST:PORT,HOST:PORT. Without it, tokens are kept in this process, which must be the only one
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub redis_url: Option<String>,

    /// The address to listen on
    #[arg(long, env = "LEPTOS_SITE_ADDR", default_value = "127.0.0.1:3000")]
    pub address: SocketAddr,

    /// The folder of scripts, styles and pictures
    #[arg(long, env = "LEPTOS_SITE_ROOT", default_value = "target/site")]
    pub site_root: PathBuf,

    /// Browsers reach the shop by plain http: cookies without Secure and __Host-, and no HSTS. Only for a shop on one's own
    /// machine
    #[arg(long, env = "ONCE_PLAIN_HTTP", value_parser = clap::builder::BoolishValueParser::new())]
    pub plain_http: bool,

    /// Signs sessions and order tokens: at least 32 bytes. From the environment only. Without it, one is made and kept in
    /// --secret-file
    #[arg(long, env = "ONCE_SECRET", hide_env_values = true)]
    pub secret: Option<String>,

    /// The keys of order tokens, ID:SECRET,ID:SECRET…: the first one signs, all are accepted. From the environment only. Without
    /// it, one is derived from the secret
    #[arg(long, env = "ONCE_TOKEN_KEYS", hide_env_values = true)]
    pub token_keys: Option<String>,

    /// Where a secret that was made here is kept
    #[arg(long, env = "ONCE_SECRET_FILE", default_value = "data/secret")]
    pub secret_file: PathBuf,

    /// What to do while Redis is out of reach: `database` goes on selling, exactly once; `refuse` answers 503
    #[arg(long, env = "ONCE_ON_REDIS_OUTAGE", default_value = "database", value_parser = on_redis_outage)]
    pub on_redis_outage: OnRedisOutage,

    /// For how many seconds buying the same product again asks first
    #[arg(long, env = "ONCE_REPEAT_WINDOW_S", default_value = "1200", value_parser = repeat_window)]
    pub repeat_window: Duration,

    /// How shoppers are told of their orders by mail: smtp://HOST:PORT, with ?tls=required for STARTTLS;
    /// smtps://USER:PASSWORD@HOST; file://FOLDER for files. Without it no mail is sent; once it is set, also for the orders that were
    /// placed without it
    #[arg(long, env = "ONCE_MAIL_URL", hide_env_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub mail_url: Option<String>,

    /// The sender of mail
    #[arg(long, env = "ONCE_MAIL_FROM", default_value = "Once <once@localhost>")]
    pub mail_from: String,

    /// The address at which metrics can be fetched, such as 127.0.0.1:9464. Without it, nowhere. Never the shop's own
    #[arg(long, env = "ONCE_METRICS_ADDR")]
    pub metrics_address: Option<SocketAddr>,

    /// How the log is written
    #[arg(long, env = "ONCE_LOG", value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,

    /// The password of the administration at /admin, as an argon2id hash (PHC string). From the environment only. Without it
    /// and --admin-password-file, there is no administration
    #[arg(long, env = "ONCE_ADMIN_PASSWORD_HASH", hide_env_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub admin_password_hash: Option<String>,

    /// A file that holds the password of the administration, or its hash
    #[arg(long, env = "ONCE_ADMIN_PASSWORD_FILE", conflicts_with = "admin_password_hash")]
    pub admin_password_file: Option<PathBuf>,

    /// How much the server takes on at once.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// Divides every time by so much
    #[cfg(feature = "fail-points")]
    #[arg(long, hide = true, default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub time_scale: u32,

    /// How far this server's clock is ahead
    #[cfg(feature = "fail-points")]
    #[arg(long, hide = true, default_value = "0", allow_negative_numbers = true)]
    pub clock_ahead_s: i64,
}

impl Config {
    /// How the order protocol runs.
    pub fn settings(&self) -> Settings {
        let timeouts = Timeouts {
            repeat_window: self.repeat_window,
            ..Timeouts::default()
        };
        #[cfg(feature = "fail-points")]
        let timeouts = timeouts.divided(self.time_scale);
        Settings {
            timeouts,
            on_redis_outage: self.on_redis_outage,
            attempts_at_once: self.limits.orders_at_once,
        }
    }

    /// How much the server takes on at once.
    pub fn limits(&self) -> LimitSettings {
        let limits = self.limits.clone();
        #[cfg(feature = "fail-points")]
        let limits = LimitSettings {
            patience: limits.patience.divided(self.time_scale),
            ..limits
        };
        limits
    }

    /// How browsers reach the shop.
    pub fn transport(&self) -> Transport {
        if self.plain_http {
            Transport::PlainHttp
        } else {
            Transport::Https
        }
    }

    /// How fast shoppers are told of their orders.
    pub fn pace(&self) -> Pace {
        let pace = Pace::default();
        #[cfg(feature = "fail-points")]
        let pace = pace.divided(self.time_scale);
        pace
    }

    /// How far this server's clock is ahead of the machine's.
    #[cfg(feature = "fail-points")]
    pub(crate) fn clock_ahead_ms(&self) -> i64 {
        self.clock_ahead_s.saturating_mul(1000)
    }

    /// How far this server's clock is ahead of the machine's.
    #[cfg(not(feature = "fail-points"))]
    #[expect(clippy::unused_self, reason = "the build for crash tests has it set")]
    pub(crate) fn clock_ahead_ms(&self) -> i64 {
        0
    }
}

fn on_redis_outage(text: &str) -> Result<OnRedisOutage, &'static str> {
    match text {
        "database" => Ok(OnRedisOutage::Database),
        "refuse" => Ok(OnRedisOutage::Refuse),
        _ => Err("write `database` or `refuse`"),
    }
}

fn repeat_window(text: &str) -> Result<Duration, String> {
    let window = text
        .parse()
        .map(Duration::from_secs)
        .map_err(|_| "write a number of seconds".to_owned())?;
    if window < SHORTEST_REPEAT_WINDOW {
        return Err(format!("write at least {} seconds", SHORTEST_REPEAT_WINDOW.as_secs()));
    }
    Ok(window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parse(arguments: &[&str]) -> Result<Config, String> {
        let arguments = std::iter::once("once").chain(arguments.iter().copied());
        Config::try_parse_from(arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_need_no_server() {
        let config = parse(&[]).expect("nothing is required");
        assert!(config.database_url.starts_with("sqlite://"));
        assert_eq!(config.redis_url, None);
        assert_eq!(config.settings().timeouts.check(), Ok(()));
    }

    #[test]
    fn the_sample_of_the_environment_lists_every_variable() {
        let sample = include_str!("../../.env.sample");
        for argument in Config::command().get_arguments() {
            let Some(variable) = argument.get_env().and_then(|name| name.to_str()) else {
                continue;
            };
            assert!(sample.contains(variable), "{variable} is not in .env.sample");
        }
    }

    #[test]
    fn what_can_not_be_is_refused_with_what_to_write() {
        for (argument, says) in [
            ("--repeat-window=4", "at least 5 seconds"),
            ("--repeat-window=soon", "a number of seconds"),
            ("--on-redis-outage=ignore", "`database` or `refuse`"),
            ("--address=3000", "invalid socket address"),
        ] {
            let refused = parse(&[argument]).expect_err(argument);
            assert!(refused.contains(says), "{argument}: {refused}");
        }
    }
}
