//! Fail points: the steps of the protocol at which a test build can be killed, stopped or made to panic.
//!
//! Without the feature `fail-points` a fail point is nothing. With it, `install` sets what every point does; whoever
//! tests enumerates [`ALL`].

/// A step of the protocol, before and after what it does; and the steps of what is told afterwards.
macro_rules! fail_points {
    (
        {$($name:ident = $text:literal, $what:literal;)+}
        then {$($later:ident = $later_text:literal, $later_what:literal;)+}
    ) => {
        /// Where a build for crash tests can be stopped.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FailPoint {
            $(#[doc = $what] $name,)+
            $(#[doc = $later_what] $later,)+
        }

        impl FailPoint {
            /// The name by which a test chooses it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                    $(Self::$later => $later_text,)+
                }
            }
        }

        /// Every fail point of an order, in the order in which one that is placed passes them.
        pub const ALL: &[FailPoint] = &[$(FailPoint::$name,)+];

        /// Every fail point that telling of an order passes, once it stands.
        pub const TELLING: &[FailPoint] = &[$(FailPoint::$later,)+];
    };
}

fail_points! {
    {
        Verified = "verified", "The token was verified; nothing was touched.";
        BeforeClaim = "before-claim", "The cart was read, the claim is about to be sent.";
        AfterClaim = "after-claim", "The token is claimed.";
        BeforeInsert = "before-insert", "The insert is about to be queued.";
        TransactionBegun = "transaction-begun", "A transaction was begun.";
        CartClosed = "cart-closed", "The cart was closed in the transaction.";
        StockTaken = "stock-taken", "The stock was taken in the transaction.";
        OrderInserted = "order-inserted", "The order and its lines were inserted in the transaction.";
        BeforeCommit = "before-commit", "The event was inserted too; the commit is about to be sent.";
        AfterCommit = "after-commit", "The commit was acknowledged, the order not yet read back.";
        AfterInsert = "after-insert", "The insert has its answer.";
        BeforeSettle = "before-settle", "The claim is about to be settled.";
        AfterSettle = "after-settle", "The claim is settled.";
        BeforeRelease = "before-release", "Refused: the claim is about to be released.";
        AfterRelease = "after-release", "Refused: the claim is released.";
        BeforeAnswer = "before-answer", "The outcome is known, and nobody was told.";
    }
    then {
        BeforeMail = "before-mail", "The event was taken, its mail is about to be sent.";
        AfterMail = "after-mail", "The mail was accepted, and nothing says so yet.";
        BeforeTold = "before-told", "That the mail was accepted was written, and is about to be committed.";
    }
}

#[cfg(feature = "fail-points")]
mod enabled {
    use std::pin::Pin;
    use std::sync::OnceLock;

    use super::FailPoint;

    /// What a point does. It may never return.
    pub type Hook = fn(FailPoint) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    static HOOK: OnceLock<Hook> = OnceLock::new();

    /// Sets what every point does from now on; the first one wins.
    pub fn install(hook: Hook) {
        // A second hook is a mistake of the test, which sees that its own does nothing.
        let _ = HOOK.set(hook);
    }

    pub(super) async fn reach(point: FailPoint) {
        if let Some(hook) = HOOK.get() {
            hook(point).await;
        }
    }
}

#[cfg(feature = "fail-points")]
pub use enabled::{Hook, install};

/// Passes the point; a build for crash tests may not come back.
pub async fn fail_point(point: FailPoint) {
    #[cfg(feature = "fail-points")]
    enabled::reach(point).await;
    #[cfg(not(feature = "fail-points"))]
    let _ = point;
}

#[cfg(all(test, feature = "fail-points"))]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static REACHED: AtomicUsize = AtomicUsize::new(0);

    #[tokio::test]
    async fn what_was_installed_happens_at_each_point() {
        // Other tests of this process pass other points.
        install(|point| {
            Box::pin(async move {
                if point == FailPoint::BeforeTold {
                    REACHED.fetch_add(1, Ordering::SeqCst);
                }
            })
        });
        assert_eq!(REACHED.load(Ordering::SeqCst), 0);
        fail_point(FailPoint::BeforeTold).await;
        assert_eq!(REACHED.load(Ordering::SeqCst), 1);
    }
}
