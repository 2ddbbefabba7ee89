//! What is done while nobody knows whether something was done.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::ports::{StoreError, StoreErrorKind};

/// How long an attempt waits before it asks the database the same again, for the first time; each further time twice as long.
/// A database that restarts is back within the attempt's time more often than not.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// Asks; while nobody knows whether it was done, asks the same again, until it is time to give up. Only for what may be
/// done twice.
pub(super) async fn until_known<T, Asked>(give_up: Instant, ask: impl Fn() -> Asked) -> Result<T, StoreError>
where
    Asked: Future<Output = Result<T, StoreError>>,
{
    let mut answer = ask().await;
    let mut pause = FIRST_PAUSE;
    while let Err(error) = &answer
        && error.kind == StoreErrorKind::Unknown
        && Instant::now() + pause < give_up
    {
        tracing::warn!(error = error as &dyn std::error::Error, "asking the same again");
        sleep(pause).await;
        pause *= 2;
        answer = ask().await.map_err(still_unknown);
    }
    answer
}

/// After one unknown outcome, "not done" speaks of the second try alone: the first may stand.
fn still_unknown(error: StoreError) -> StoreError {
    StoreError {
        kind: StoreErrorKind::Unknown,
        ..error
    }
}
