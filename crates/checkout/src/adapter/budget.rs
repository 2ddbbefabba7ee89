//! How long a write may take, all its tries together.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

/// The first pause before a write is tried again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_millis(160);

/// The time of one write. Its last quarter is for the commit and for reading back: what is not ready to be committed
/// by then is rolled back, and certainly not done.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    commit_by: Instant,
    ends: Instant,
}

impl Budget {
    /// A write that begins now and takes `whole` at most.
    #[must_use]
    pub fn starting_now(whole: Duration) -> Self {
        let now = Instant::now();
        Self {
            commit_by: now + whole * 3 / 4,
            ends: now + whole,
        }
    }

    /// The time left until the commit must be sent.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.commit_by.saturating_duration_since(Instant::now())
    }

    /// The fair part of what is left for one of so many writes in a row. What it does not use is left to the others.
    #[must_use]
    pub fn share(&self, among: usize) -> Self {
        let parts = u32::try_from(among.max(1)).unwrap_or(u32::MAX);
        Self {
            commit_by: Instant::now() + self.left() / parts,
            ends: self.ends,
        }
    }

    /// Does what comes before the commit; drops it when the time for that is over.
    pub async fn before_commit<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.commit_by, work).await.ok()
    }

    /// Commits or reads back; drops it when the whole time is over.
    pub async fn to_the_end<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.ends, work).await.ok()
    }

    /// Runs `attempt`, again after a pause while its error is of the kind that passes and there is time for it.
    pub async fn retrying<T, E, F>(&self, passes: impl Fn(&E) -> bool, mut attempt: impl FnMut() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let mut pause = FIRST_PAUSE;
        loop {
            match attempt().await {
                Err(error) if passes(&error) && pause < self.left() => {
                    tracing::debug!(?pause, "two writes met");
                    sleep(pause).await;
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
                ended => return ended,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const WHOLE: Duration = Duration::from_secs(4);

    #[tokio::test(start_paused = true)]
    async fn what_is_not_ready_by_three_quarters_is_dropped() {
        let budget = Budget::starting_now(WHOLE);
        let begun = Instant::now();
        assert_eq!(budget.before_commit(std::future::pending::<()>()).await, None);
        assert_eq!(begun.elapsed(), WHOLE * 3 / 4);
        assert_eq!(budget.left(), Duration::ZERO);
        assert_eq!(budget.to_the_end(std::future::pending::<()>()).await, None);
        assert_eq!(begun.elapsed(), WHOLE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_is_tried_again_after_longer_pauses_as_long_as_there_is_time_and_no_longer() {
        // The next try after these would begin when there is no time left for it.
        let budget = Budget::starting_now(Duration::from_millis(1060));
        assert_eq!(budget.left(), Duration::from_millis(795));
        let begun = Instant::now();
        let mut tried_at_ms = Vec::new();
        let ended: Result<(), _> = budget
            .retrying(
                |_| true,
                || {
                    assert!(tried_at_ms.len() < 100, "it pauses no more");
                    tried_at_ms.push(begun.elapsed().as_millis());
                    async { Err("busy") }
                },
            )
            .await;
        assert_eq!(ended, Err("busy"));
        assert_eq!(tried_at_ms, [0, 5, 15, 35, 75, 155, 315, 475, 635]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_that_does_not_pass_is_not_tried_again() {
        let tries = Cell::new(0);
        let budget = Budget::starting_now(WHOLE);
        let attempt = || {
            assert_eq!(tries.replace(tries.get() + 1), 0, "it is tried again");
            async { Err("wrong") }
        };
        let ended: Result<(), _> = budget.retrying(|error| *error == "busy", attempt).await;
        assert_eq!((ended, tries.get()), (Err("wrong"), 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_one_does_not_use_is_left_to_the_others() {
        let budget = Budget::starting_now(WHOLE);
        assert_eq!(budget.share(3).left(), Duration::from_secs(1));
        assert_eq!(budget.share(2).left(), Duration::from_millis(1500));
        assert_eq!(budget.share(1).left(), budget.left());
    }
}
