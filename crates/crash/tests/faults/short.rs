//! The suites of `crash`, in short.

use std::time::Duration;

use crash::books::Dialect;
use crash::stage::Services;
use crash::suites::matrix::{Case, Fault, RedisFault};
use crash::suites::{commit_cuts, matrix, nginx, overload, parallel, redis_outages, soak, storm};

use crate::support::clean;

async fn services() -> Services {
    Services::given().await.expect("a PostgreSQL")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cr_01_to_cr_15_a_fault_at_any_step_is_decided_by_a_fair_retry() {
    let options = matrix::Options {
        point: None,
        jobs: 4,
        every: 9,
    };
    clean(&matrix::run(&services().await, &options).await.expect("it runs"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tk_13_takeover_after_lease() {
    let services = services().await;
    for dialect in Dialect::ALL {
        let case = Case {
            point: "after-claim".to_owned(),
            fault: Fault::Stop,
            dialect,
            redis: RedisFault::None,
            on_redis_outage: "database",
        };
        let outcome = case.run(&services).await.expect("it runs");
        assert!(outcome.reached && outcome.violations.is_empty(), "{case}: {outcome:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_01_tk_01_copies_of_one_token_over_several_servers_are_one_order() {
    let options = parallel::Options {
        rounds: 3,
        copies: 60,
        servers: 2,
        seed: 1,
    };
    clean(&parallel::run(&services().await, options).await.expect("it runs"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn db_01_db_02_random_cuts_around_commit_are_never_answered_wrong() {
    clean(&commit_cuts::run(&services().await, 40, 1).await.expect("it runs"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rd_01_rd_07_rd_08_rd_12_orders_go_on_through_every_outage_of_redis() {
    let options = redis_outages::Options {
        part: Duration::from_millis(700),
        shoppers: 4,
        seed: 1,
    };
    clean(&redis_outages::run(&services().await, options).await.expect("it runs"));
}

/// Whether the figures are good, `make overload` asks of a release that has the machine to itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_01_under_overload_orders_go_on_and_the_rest_is_refused() {
    let options = overload::Options {
        time: Duration::from_secs(5),
        trial: Duration::from_secs(1),
        reference: Duration::from_secs(1),
        times: 10,
        dialect: Dialect::Postgres,
        judge: false,
        processors: None,
    };
    clean(&overload::run(&services().await, options).await.expect("it runs"));
}

/// Long enough for each fault once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mu_11_in_a_storm_of_every_fault_nothing_is_lost_doubled_or_made_up() {
    let options = storm::Options {
        time: Duration::from_secs(10),
        shoppers: 4,
        seed: 1,
    };
    let mut services = Services::start().await.expect("a PostgreSQL");
    clean(&storm::run(&mut services, options).await.expect("it runs"));
}

/// Long enough for each of its faults once. Memory is judged from an hour on: `make soak`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ov_10_through_fault_after_fault_nothing_is_left_open_and_every_key_has_an_end() {
    let options = soak::Options {
        time: Duration::from_secs(15),
        calm: Duration::from_millis(600),
        shoppers: 4,
        seed: 1,
    };
    let mut services = Services::start().await.expect("a PostgreSQL");
    clean(&soak::run(&mut services, options).await.expect("it runs"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_that_nginx_sends_to_a_second_server_is_one_order() {
    let options = nginx::Options {
        rounds: 1,
        every: 4,
        shoppers: 6,
    };
    clean(&nginx::run(&services().await, options).await.expect("it runs"));
}
