//! News: how a loser hears that a claim ended, without asking all the time.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// Completes when there is news. Counts from when it was made, not from when it is first polled.
pub type Ended = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Who waits for news of what. A token store tells; those that lost a claim listen.
#[derive(Debug)]
pub struct News<K>(Mutex<Waiting<K>>);

#[derive(Debug)]
struct Waiting<K> {
    notifies: HashMap<K, Arc<Notify>>,
    /// With so many keys, those that nobody waits for any more are taken out.
    sweep_at: usize,
}

/// Fewer keys than this are not worth looking through.
const FEW: usize = 64;

impl<K> Default for News<K> {
    fn default() -> Self {
        Self(Mutex::new(Waiting {
            notifies: HashMap::new(),
            sweep_at: FEW,
        }))
    }
}

impl<K: Eq + Hash> News<K> {
    /// The next news of `key`.
    #[must_use]
    pub fn of(&self, key: K) -> Ended {
        let notify = self.with(|waiting| waiting.notify(key));
        // Made now, so that what is told from now on reaches it.
        Box::pin(notify.notified_owned())
    }

    /// Tells everyone who waits for news of `key`.
    pub fn tell<Q: Eq + Hash + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        if let Some(notify) = self.with(|waiting| waiting.notifies.remove(key)) {
            notify.notify_waiters();
        }
    }

    /// Tells everyone: news may have been lost, so that each has to look.
    pub fn tell_all(&self) {
        let all = self.with(|waiting| std::mem::take(&mut waiting.notifies));
        for notify in all.into_values() {
            notify.notify_waiters();
        }
    }

    fn with<T>(&self, action: impl FnOnce(&mut Waiting<K>) -> T) -> T {
        // A panic while the lock was held can not have left the map half-changed.
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<K: Eq + Hash> Waiting<K> {
    fn notify(&mut self, key: K) -> Arc<Notify> {
        if self.notifies.len() >= self.sweep_at {
            self.notifies.retain(|_, notify| Arc::strong_count(notify) > 1);
            self.sweep_at = FEW.max(2 * self.notifies.len());
        }
        Arc::clone(self.notifies.entry(key).or_default())
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn news_reaches_whoever_asked_before_it_and_nobody_else() {
        let news = News::default();
        let (one, two, other) = (
            news.of("a".to_owned()),
            news.of("a".to_owned()),
            news.of("b".to_owned()),
        );
        news.tell("a");
        one.await;
        two.await;
        let late = news.of("a".to_owned());
        for mut silent in [other, late] {
            assert!(futures_now(&mut silent).await.is_none(), "it heard nothing of its own");
        }
    }

    #[tokio::test]
    async fn lost_news_tells_everyone_to_look() {
        let news = News::default();
        let (one, other) = (news.of(1), news.of(2));
        news.tell_all();
        one.await;
        other.await;
    }

    #[tokio::test]
    async fn keys_that_nobody_waits_for_are_forgotten() {
        let news = News::default();
        let kept = news.of(usize::MAX);
        for key in 0..10 * FEW {
            drop(news.of(key));
        }
        assert!(news.with(|waiting| waiting.notifies.len()) <= FEW);
        news.tell(&usize::MAX);
        kept.await;
    }

    /// Looking through the keys costs each listener the same on average, however many there are.
    #[tokio::test]
    async fn keys_are_looked_through_when_they_have_doubled() {
        let news = News::default();
        let many = 4 * FEW;
        let mut listeners: Vec<_> = (0..many - FEW).map(|key| news.of(key)).collect();
        assert_eq!(news.with(|waiting| waiting.sweep_at), many, "at 64, and at 128");
        listeners.extend((many - FEW..many).map(|key| news.of(key)));
        drop(listeners);
        drop(news.of(many));
        let left = news.with(|waiting| (waiting.notifies.len(), waiting.sweep_at));
        assert_eq!(left, (1, FEW), "nobody waits for the others any more");
        drop((0..FEW - 1).map(|key| news.of(key)).collect::<Vec<_>>());
        assert_eq!(news.with(|waiting| waiting.notifies.len()), FEW, "not yet worth a look");
    }

    /// What the future has to say without waiting.
    async fn futures_now(ended: &mut Ended) -> Option<()> {
        tokio::select! {
            biased;
            () = ended => Some(()),
            () = std::future::ready(()) => None,
        }
    }
}
