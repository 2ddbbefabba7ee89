//! Start: checks what was set, opens the stores, serves until told to stop. **The only place that names a concrete
//! store.**

mod examine;
mod stores;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use checkout::accounts::AccountPorts;
use checkout::back_office::{BackOffice, BackOfficePorts};
use checkout::breaker::Breaker;
use checkout::group_commit::GroupCommit;
use checkout::ledger::Ledger;
use checkout::service::Ports;
use checkout::tell_orders::Teller;
use checkout::{Accounts, Checkout};
use checkout_mail::ShopMailer;
use leptos::config::LeptosOptions;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::admin::Admin;
use crate::config::Config;
use crate::limits::bulkhead::Bulkheads;
use crate::limits::{connections, files, listener};
use crate::passwords::Argon2Passwords;
use crate::state::{AppState, Parts};
use crate::system::{SystemClock, SystemIds};
use crate::telemetry::Instruments;
use crate::throttle::Throttle;
use crate::{router, secrets, seed, telemetry};

pub(crate) use examine::{ExaminedTokens, Part, database, fill, mail, migrate, tokens};
use stores::{Database, Opened, Tokens};

/// Serves the shop until `stop` is over; then takes no more requests and waits for running attempts.
pub async fn serve(config: Config, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
    let listener = listen(&config)?;
    let (app, stores) = open(&config).await?;
    let checkout = app.checkout.clone();
    let (instruments, connections) = (app.instruments.clone(), app.connections.clone());
    if let Some(address) = config.metrics_address {
        telemetry::serve_metrics(address, app.clone()).await?;
    }
    let (no_more_mail, telling) = tell(app.teller.clone());
    tracing::info!("Once is open at http://{} – {stores}", listener.local_addr()?);
    let (told, stopping) = oneshot::channel();
    let stop = async move {
        stop.await;
        // Nobody waits for it any more when serving ended by itself.
        let _ = told.send(());
    };
    let grace = checkout.settings().timeouts.shutdown_grace;
    let limits = config.limits();
    files::allow(limits.connections_at_once);
    tokio::select! {
        () = connections::serve(listener, router::service(app), &limits, connections, stop) => {}
        () = grace_after(stopping, grace) => tracing::warn!("some requests were not over in time and are cut off"),
    }
    let left = checkout.shut_down().await;
    no_more_mail.cancel();
    // A mail takes less than the grace. What is cut off comes back with its lease.
    let _ = tokio::time::timeout(grace, telling).await;
    instruments.close().await;
    if left > 0 {
        tracing::error!(
            left,
            "stopped with attempts still running; their tokens tell what became of them"
        );
    }
    Ok(())
}

/// Opens the stores, migrates and seeds them. Also says in words which they are.
pub async fn open(config: &Config) -> anyhow::Result<(AppState, String)> {
    let settings = config.settings();
    settings.timeouts.check()?;
    let limits = config.limits();
    let secrets = secrets::load(config)?;
    let clock = Arc::new(SystemClock {
        ahead_ms: config.clock_ahead_ms(),
    });
    let database = Database::open(&config.database_url, &settings.timeouts).await?;
    let tokens = Tokens::open(config.redis_url.as_deref(), &settings.timeouts).await?;
    let (products, carts, orders) = database.ports();
    let orders = Arc::new(GroupCommit::new(orders, database.writers(&settings.timeouts)));
    let teller = match &config.mail_url {
        Some(url) => Some(Teller {
            outbox: database.outbox(),
            orders: orders.clone(),
            mailer: Arc::new(ShopMailer::open(url, &config.mail_from)?),
            clock: clock.clone(),
            pace: config.pace(),
        }),
        None => None,
    };
    let tokens_name = tokens.name;
    let tokens = Arc::new(Breaker::new(tokens.store));
    let stores = format!("orders in {}; tokens in {tokens_name}", database.name());
    seed::seed(products.as_ref()).await?;
    let (desk, ledger) = database.administration();
    let instruments = Arc::new(Instruments::new(Ledger::open(ledger.clone(), clock.clone())));
    let back_office = BackOffice::new(BackOfficePorts {
        desk,
        ledger,
        clock: clock.clone(),
    });
    let admin = Admin::open(config, &secrets.session, back_office, clock.clone())?;
    let ports = Ports {
        products,
        carts,
        orders,
        tokens: tokens.clone(),
        clock: clock.clone(),
        ids: Arc::new(SystemIds),
        keys: secrets.tokens,
    };
    let app = AppState::new(Parts {
        checkout: Checkout::new(ports, settings).observed_by(instruments.clone()),
        accounts: accounts(&database, clock.clone()),
        throttle: Arc::new(Throttle::new(limits.changes_per_minute)),
        trusted_proxies: limits.trusted_proxies.into(),
        connections: Arc::default(),
        bulkheads: Bulkheads::new(limits.pages_at_once, limits.orders_at_once),
        body_patience: limits.patience.body,
        clock,
        session_key: secrets.session,
        transport: config.transport(),
        options: options(config),
        teller,
        instruments,
        admin: admin.map(Arc::new),
        stores: Arc::new(Opened { database, tokens }),
    });
    Ok((app, stores))
}

fn accounts(database: &Database, clock: Arc<SystemClock>) -> Accounts {
    Accounts::new(AccountPorts {
        accounts: database.accounts(),
        passwords: Arc::new(Argon2Passwords::new()),
        clock,
        ids: Arc::new(SystemIds),
    })
}

/// Tells shoppers of their orders until the token is cancelled; the other one is over when that is done.
fn tell(teller: Option<Teller>) -> (CancellationToken, impl Future<Output = ()>) {
    let stop = CancellationToken::new();
    let telling = teller.map(|teller| {
        let stop = stop.clone();
        tokio::spawn(async move { teller.run(stop).await })
    });
    (stop, async move {
        if let Some(telling) = telling
            && let Err(panic) = telling.await
        {
            tracing::error!(error = %panic, "shoppers were told of no more orders");
        }
    })
}

/// Over once so much time has passed since the stop; never when it is not told of one.
async fn grace_after(stopping: oneshot::Receiver<()>, grace: Duration) {
    match stopping.await {
        Ok(()) => tokio::time::sleep(grace).await,
        Err(_) => std::future::pending().await,
    }
}

fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    listener::listen(config.address).with_context(|| {
        format!(
            "{} can not be listened on: stop what uses it, or choose another with LEPTOS_SITE_ADDR",
            config.address
        )
    })
}

fn options(config: &Config) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("once")
        .site_root(config.site_root.display().to_string())
        .site_addr(config.address)
        .build()
}
