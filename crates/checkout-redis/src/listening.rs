//! News from the other servers: one subscription, on a connection of its own, which mends itself in the background.
//!
//! Nobody waits for it, and losing it costs no more than polling.

use std::sync::Arc;
use std::time::Duration;

use checkout::news::News;
use futures::StreamExt as _;
use redis::aio::PubSub;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::dial::Dial;
use crate::keys::NEWS_CHANNEL;

/// How long after it broke the subscription is tried again. Each further time waits twice as long, up to
/// [`SLOWEST_TRY`].
const FIRST_TRY: Duration = Duration::from_millis(100);

/// The longest time between two tries.
const SLOWEST_TRY: Duration = Duration::from_secs(5);

/// A connection that says nothing for so long is asked whether it still lives, and given as long to answer.
const SILENCE: Duration = Duration::from_secs(5);

/// What the subscription hears, and whether it hears.
pub(crate) struct Listening {
    pub(crate) news: Arc<News<String>>,
    hears: watch::Receiver<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Listening {
    /// Begins to listen in the background.
    pub(crate) fn start(dial: Arc<Dial>) -> Self {
        let news = Arc::new(News::default());
        let (hearing, hears) = watch::channel(false);
        let task = tokio::spawn(listen(dial, Arc::clone(&news), hearing));
        Self { news, hears, task }
    }

    /// Completes once news is heard.
    pub(crate) async fn begun(&self) {
        // The task never ends, so that waiting for it never fails.
        let _ = self.hears.clone().wait_for(|hears| *hears).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(dial: Arc<Dial>, news: Arc<News<String>>, hearing: watch::Sender<bool>) {
    let mut pause = FIRST_TRY;
    let mut silent = false;
    loop {
        match dial.subscribe(NEWS_CHANNEL).await {
            Ok(subscription) => {
                // What ended while nobody listened was told to nobody.
                news.tell_all();
                if std::mem::take(&mut silent) {
                    tracing::info!("other servers are heard again");
                }
                hearing.send_replace(true);
                hear(subscription, &news).await;
                hearing.send_replace(false);
                pause = FIRST_TRY;
            }
            Err(error) if !silent => {
                silent = true;
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    error,
                    "other servers are not heard: whoever waits for them asks instead"
                );
            }
            Err(_) => {}
        }
        sleep(pause).await;
        pause = (2 * pause).min(SLOWEST_TRY);
    }
}

/// Passes on what is told, until the connection ends or no longer answers.
async fn hear(subscription: PubSub, news: &News<String>) {
    let (mut sink, mut messages) = subscription.split();
    let mut check = interval(SILENCE);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = messages.next() => match message {
                Some(message) => {
                    if let Ok(shopper) = message.get_payload::<String>() {
                        news.tell(&shopper);
                    }
                    check.reset();
                }
                None => return,
            },
            _ = check.tick() => {
                if !matches!(timeout(SILENCE, sink.ping::<redis::Value>()).await, Ok(Ok(_))) {
                    return;
                }
            }
        }
    }
}
