//! How often somebody may guess: passwords, order numbers, addresses that have an account.
//!
//! Counted in this process: with several servers, each allows as much. Guessing stays hopeless by the order of magnitude.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use checkout::cart::ShopperId;
use checkout::order::OrderNumber;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest as _, Sha256};

use crate::origin::network;

/// How many keys a limit remembers before it forgets those that are free again.
const MOST_KEYS: usize = 10_000;

/// What may be tried how often: so many at once, and another one after each pause.
#[derive(Clone, Copy)]
struct Allowance {
    at_once: u32,
    pause: Duration,
}

/// Logging in to one account, from wherever. Someone who knows the address can keep its owner out for half a minute at a
/// time, and guesses 3,000 passwords a day.
const LOG_IN_ACCOUNT: Allowance = Allowance::of(10, Duration::from_secs(30));
/// Logging in from one address: a household, or an office behind one router.
const LOG_IN_ADDRESS: Allowance = Allowance::of(30, Duration::from_secs(10));
/// Registering from one address. It costs a hash and a row, and tells whether an e-mail address has an account.
const REGISTER_ADDRESS: Allowance = Allowance::of(10, Duration::from_mins(1));
/// Looking up one order, from wherever.
const LOOK_UP_NUMBER: Allowance = Allowance::of(10, Duration::from_mins(1));
/// Looking up orders from one address, or with one session.
const LOOK_UP_ADDRESS: Allowance = Allowance::of(20, Duration::from_secs(30));

/// How many shoppers may share an address, each of whom changes as much as one may.
const SHOPPERS_PER_ADDRESS: u32 = 10;

impl Allowance {
    const fn of(at_once: u32, pause: Duration) -> Self {
        Self { at_once, pause }
    }

    /// So many in a minute, which may also come at once; none for as many as one likes.
    fn per_minute(many: u32) -> Option<Self> {
        let pause = Duration::from_mins(1).checked_div(many)?;
        Some(Self::of(many, pause))
    }
}

/// Every limit of the shop.
pub(crate) struct Throttle<C: Clock = DefaultClock> {
    log_in_account: Limit<C>,
    log_in_address: Limit<C>,
    register_address: Limit<C>,
    look_up_number: Limit<C>,
    look_up_address: Limit<C>,
    look_up_shopper: Limit<C>,
    change_address: Option<Limit<C>>,
    change_shopper: Option<Limit<C>>,
}

/// It was tried too often; how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooOften {
    pub(crate) wait: Duration,
}

impl Throttle {
    /// With so many changes of a shopper in a minute, or as many as they like.
    pub(crate) fn new(changes_per_minute: u32) -> Self {
        Self::with(&DefaultClock::default(), changes_per_minute)
    }
}

impl<C: Clock + Clone> Throttle<C> {
    fn with(clock: &C, changes_per_minute: u32) -> Self {
        let limit = |allowance| Limit::new(allowance, clock);
        let changes = |times: u32| Allowance::per_minute(changes_per_minute.saturating_mul(times)).map(limit);
        Self {
            log_in_account: limit(LOG_IN_ACCOUNT),
            log_in_address: limit(LOG_IN_ADDRESS),
            register_address: limit(REGISTER_ADDRESS),
            look_up_number: limit(LOOK_UP_NUMBER),
            look_up_address: limit(LOOK_UP_ADDRESS),
            look_up_shopper: limit(LOOK_UP_ADDRESS),
            change_address: changes(SHOPPERS_PER_ADDRESS),
            change_shopper: changes(1),
        }
    }

    /// Once more to the account of this e-mail address, whether there is one or not.
    pub(crate) fn log_in(&self, from: Option<IpAddr>, email_key: &str) -> Result<(), TooOften> {
        self.log_in_address.take(network(from))?;
        self.log_in_account.take(email_key)
    }

    pub(crate) fn register(&self, from: Option<IpAddr>) -> Result<(), TooOften> {
        self.register_address.take(network(from))
    }

    /// Another change, of whatever.
    pub(crate) fn change(&self, from: Option<IpAddr>, shopper: ShopperId) -> Result<(), TooOften> {
        if let Some(limit) = &self.change_address {
            limit.take(network(from))?;
        }
        let of_shopper = self.change_shopper.as_ref();
        of_shopper.map_or(Ok(()), |limit| limit.take(shopper.as_uuid().as_bytes()))
    }

    /// Once more to this number, whether there is an order of it or not; what is no number counts for whoever typed it.
    pub(crate) fn look_up(
        &self,
        from: Option<IpAddr>,
        shopper: ShopperId,
        number: Option<&OrderNumber>,
    ) -> Result<(), TooOften> {
        self.look_up_address.take(network(from))?;
        self.look_up_shopper.take(shopper.as_uuid().as_bytes())?;
        number.map_or(Ok(()), |number| self.look_up_number.take(number.as_str()))
    }
}

/// Half a digest of what is counted: long keys cost no more memory than short ones, and none is readable there.
type Key = [u8; 16];

struct Limit<C: Clock> {
    limiter: RateLimiter<Key, HashMapStateStore<Key>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
}

impl<C: Clock + Clone> Limit<C> {
    fn new(allowance: Allowance, clock: &C) -> Self {
        let at_once = NonZeroU32::new(allowance.at_once).unwrap_or(NonZeroU32::MIN);
        let pace = Quota::with_period(allowance.pause).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
        Self {
            limiter: RateLimiter::new(pace.allow_burst(at_once), HashMapStateStore::default(), clock.clone()),
            clock: clock.clone(),
        }
    }

    fn take(&self, key: impl AsRef<[u8]>) -> Result<(), TooOften> {
        if self.limiter.len() > MOST_KEYS {
            self.limiter.retain_recent();
        }
        let mut half = Key::default();
        half.copy_from_slice(&Sha256::digest(key.as_ref())[..16]);
        self.limiter.check_key(&half).map_err(|too_often| TooOften {
            wait: too_often.wait_time_from(self.clock.now()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn whoever_guesses_one_password_waits_from_wherever_they_come() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::with(&clock, 0);
        let from = |last: u32| Some(address(&format!("192.0.2.{last}")));
        for last in 0..10 {
            assert_eq!(throttle.log_in(from(last), "ada@example.org"), Ok(()));
        }
        let TooOften { wait } = throttle.log_in(from(11), "ada@example.org").expect_err("too often");
        assert!(
            wait > Duration::from_secs(29) && wait <= Duration::from_secs(30),
            "{wait:?}"
        );
        assert_eq!(throttle.log_in(from(11), "bob@example.org"), Ok(()));
        clock.advance(wait);
        assert_eq!(throttle.log_in(from(11), "ada@example.org"), Ok(()));
        assert!(throttle.log_in(from(11), "ada@example.org").is_err());
    }

    #[test]
    fn whoever_guesses_from_one_address_waits_whatever_they_guess() {
        let throttle = Throttle::with(&FakeRelativeClock::default(), 0);
        for guess in 0..30 {
            assert_eq!(throttle.log_in(Some(address("192.0.2.1")), &guess.to_string()), Ok(()));
        }
        assert!(throttle.log_in(Some(address("192.0.2.1")), "30").is_err());
        assert_eq!(throttle.log_in(Some(address("192.0.2.2")), "30"), Ok(()));
    }

    #[test]
    fn se_26_one_half_of_an_ipv6_address_is_one_address() {
        let throttle = Throttle::with(&FakeRelativeClock::default(), 0);
        for host in 0..10 {
            assert_eq!(
                throttle.register(Some(address(&format!("2001:db8:1:2::{host}")))),
                Ok(())
            );
        }
        assert!(throttle.register(Some(address("2001:db8:1:2:ffff::1"))).is_err());
        assert_eq!(throttle.register(Some(address("2001:db8:1:3::1"))), Ok(()));
        assert_eq!(
            network(Some(address("::ffff:192.0.2.1"))),
            network(Some(address("192.0.2.1")))
        );
    }

    #[test]
    fn se_26_a_shopper_and_an_address_change_only_so_much_in_a_minute() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::with(&clock, 6);
        let shopper = |id: u8| ShopperId::from_uuid(uuid::Uuid::from_bytes([id; 16]));
        let here = Some(address("192.0.2.1"));
        for _ in 0..6 {
            assert_eq!(throttle.change(here, shopper(1)), Ok(()));
        }
        let TooOften { wait } = throttle.change(here, shopper(1)).expect_err("too often");
        assert!(
            wait > Duration::from_secs(9) && wait <= Duration::from_secs(10),
            "{wait:?}"
        );
        // Another address does not help, and another shopper is not held up.
        assert!(throttle.change(Some(address("192.0.2.2")), shopper(1)).is_err());
        for other in 2..55 {
            assert_eq!(throttle.change(here, shopper(other)), Ok(()), "{other}");
        }
        // Sixty were sent from here: whoever it is, the address waits.
        assert!(throttle.change(here, shopper(99)).is_err());
        assert_eq!(throttle.change(Some(address("192.0.2.3")), shopper(99)), Ok(()));
        clock.advance(wait);
        assert_eq!(throttle.change(here, shopper(1)), Ok(()));
        assert_eq!(
            Throttle::with(&clock, 0).change(here, shopper(1)),
            Ok(()),
            "no limit is set"
        );
    }

    #[test]
    fn a_limit_forgets_those_who_are_free_again() {
        let clock = FakeRelativeClock::default();
        let limit = Limit::new(Allowance::of(1, Duration::from_secs(1)), &clock);
        for key in 0..=MOST_KEYS {
            assert_eq!(limit.take(key.to_string()), Ok(()));
        }
        clock.advance(Duration::from_secs(5));
        assert_eq!(limit.take("one more"), Ok(()));
        assert!(limit.limiter.len() < MOST_KEYS, "{}", limit.limiter.len());
    }
}
