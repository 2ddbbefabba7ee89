//! Fakes, and the contract suites that every adapter must pass.
//!
//! An adapter's test names its constructor once, and gets one test for each sentence of the contract:
//!
//! ```text
//! checkout::token_store_contract!(my_store().await);
//! checkout::shop_contract!(my_shop().await);
//! ```
//!
//! The suites share a store without disturbing each other: every test makes its own shoppers and products.

#![expect(
    clippy::missing_panics_doc,
    reason = "a contract panics when it is broken: that is what it is for"
)]

pub mod account_contract;
pub mod batch_contract;
pub mod cart_contract;
pub mod desk_contract;
mod fakes;
pub mod guest_contract;
pub mod ledger_contract;
mod memory_shop;
pub mod order_contract;
pub mod outbox_contract;
pub mod token_contract;

pub use fakes::{Fixture, ManualClock, PlainPasswords, RandomIds, Shop};
pub use memory_shop::MemoryShop;

/// One `#[tokio::test]` per sentence of a contract.
#[macro_export]
macro_rules! contract_tests {
    ($module:path, $subject:expr, [$($name:ident),+ $(,)?]) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                use $module as contract;
                contract::$name($subject).await;
            }
        )+
    };
}

/// The sentences of a contract one after another, in one test: for a store that takes long to start.
#[macro_export]
macro_rules! contract_in_one_test {
    ($module:path, $subject:expr, [$($name:ident),+ $(,)?]) => {{
        use $module as contract;
        $(contract::$name($subject).await;)+
    }};
}

/// The contract of [`TokenStore`](crate::ports::TokenStore), as tests; takes an `Arc<dyn TokenStore>`.
#[macro_export]
macro_rules! token_store_contract {
    ($store:expr) => {
        $crate::token_store_contract!($store, contract_tests);
    };
    ($store:expr, $run:ident) => {
        $crate::$run!(
            $crate::testing::token_contract,
            $store,
            [
                an_issued_token_is_claimed_by_one_attempt,
                the_same_attempt_claims_again,
                a_token_nobody_knows_is_claimed,
                another_quote_is_a_mismatch_and_changes_nothing,
                of_fifty_attempts_one_claims,
                a_settled_token_names_its_order,
                only_the_owner_settles_or_releases,
                a_released_token_is_claimed_again,
                an_expired_lease_is_taken_over,
                a_dead_attempt_guards_no_longer_than_its_lease,
                a_late_settle_guards_what_nobody_guards,
                issuing_again_changes_nothing,
                a_running_attempt_guards_its_products,
                an_order_guards_its_products_and_is_named,
                a_confirmed_repeat_passes_an_order_but_not_a_running_attempt,
                the_guard_ends_with_its_window,
                a_guard_of_one_product_takes_no_other,
                a_release_leaves_the_guard_of_another,
                guards_are_per_shopper,
                the_end_of_a_claim_is_news_for_its_shopper,
                a_refused_end_is_no_news,
                another_shopper_hears_nothing,
                it_answers_a_ping,
            ]
        );
    };
}

/// The contracts of the SQL ports, as tests; takes a [`Shop`].
#[macro_export]
macro_rules! shop_contract {
    ($shop:expr) => {
        $crate::contract_tests!(
            $crate::testing::cart_contract,
            $shop,
            [
                missing_products_are_added_once,
                a_product_that_is_not_there_is_none,
                adding_opens_one_basket_and_grows_its_line,
                adding_at_once_opens_one_basket,
                lines_keep_the_order_they_were_added_in,
                a_line_is_set_and_removed,
                what_is_not_there_can_not_be_changed,
                a_full_cart_takes_no_more_lines,
                buy_now_leaves_the_basket_alone,
                a_cart_is_closed_once,
                an_outdated_quote_becomes_no_order,
                tk_20_of_an_order_and_a_cancellation_one_wins,
            ]
        );
        $crate::contract_tests!(
            $crate::testing::order_contract,
            $shop,
            [
                a_cart_becomes_an_order,
                the_same_order_again_is_the_same_order,
                another_token_for_the_cart_replays_its_order,
                of_twenty_inserts_at_once_one_places,
                another_fingerprint_is_refused_and_changes_nothing,
                a_changed_cart_is_refused,
                too_little_stock_is_refused_and_changes_nothing,
                the_last_piece_is_sold_once,
                another_shoppers_cart_is_refused,
                orders_are_found_by_their_shopper_alone,
                text_is_stored_as_it_was_given,
                orders_are_listed_latest_first,
            ]
        );
        $crate::contract_tests!(
            $crate::testing::account_contract,
            $shop,
            [
                an_account_is_found_in_every_spelling_of_its_address,
                an_address_has_one_account,
                of_ten_registrations_at_once_one_wins,
                a_session_leads_to_its_account_until_it_ends,
                a_session_is_over_at_its_time,
                beginning_a_session_clears_away_those_that_are_over,
            ]
        );
        $crate::contract_tests!(
            $crate::testing::guest_contract,
            $shop,
            [
                the_guests_basket_comes_along,
                a_merged_basket_keeps_the_limits,
                a_guest_without_a_basket_changes_none,
                a_guest_is_linked_to_one_account,
                what_a_guest_ordered_is_the_accounts_whenever_it_is_placed,
                an_account_sees_nothing_of_other_guests,
                of_an_order_and_a_login_each_takes_the_basket_whole,
                an_order_is_opened_by_number_and_address_alone,
            ]
        );
        $crate::contract_tests!(
            $crate::testing::batch_contract,
            $shop,
            [
                a_bad_order_does_not_fail_its_neighbours,
                fifty_mixed_orders_each_get_their_own_answer,
                a_batch_never_oversells,
                a_batch_of_bad_orders_places_none,
                the_same_batch_again_replays_everything,
                of_two_batches_at_once_each_order_is_placed_once,
            ]
        );
    };
}

/// The contract of [`OutboxStore`](crate::ports::OutboxStore), as tests; takes an
/// [`OutboxFixture`](crate::testing::outbox_contract::OutboxFixture) that no other test has.
#[macro_export]
macro_rules! outbox_contract {
    ($fixture:expr) => {
        $crate::contract_tests!(
            $crate::testing::outbox_contract,
            $fixture,
            [
                an_order_leaves_one_event_that_is_taken_once,
                events_are_taken_in_the_order_of_their_orders,
                an_event_comes_back_when_its_lease_is_over,
                a_postponed_event_holds_up_no_other,
                what_was_told_is_told_no_more,
                of_many_who_take_at_once_each_gets_another,
                untold_events_are_counted,
            ]
        );
    };
}

/// The contract of [`LedgerStore`](crate::ports::LedgerStore), as tests; takes an `Arc<dyn LedgerStore>` that no other
/// test has.
#[macro_export]
macro_rules! ledger_contract {
    ($ledger:expr) => {
        $crate::contract_tests!(
            $crate::testing::ledger_contract,
            $ledger,
            [
                what_was_recorded_is_listed_latest_first,
                nothing_is_recorded_of_nothing,
                duplicates_are_counted_by_slot_and_layer,
                old_entries_are_forgotten,
                no_more_than_a_bounded_number_is_forgotten_at_once,
                a_first_order_need_not_be_there,
            ]
        );
    };
}

/// The contract of [`OrderDesk`](crate::ports::OrderDesk), as tests; takes a
/// [`DeskFixture`](crate::testing::desk_contract::DeskFixture).
#[macro_export]
macro_rules! desk_contract {
    ($fixture:expr) => {
        $crate::contract_tests!(
            $crate::testing::desk_contract,
            $fixture,
            [
                a_cancelled_order_gives_its_pieces_back,
                an_order_is_cancelled_once,
                of_ten_cancellations_at_once_one_changes_the_stock,
                a_cancelled_order_is_still_the_order_of_its_intent,
                an_order_is_refunded_once_and_only_when_it_is_cancelled,
                an_order_that_is_not_there_is_none,
                orders_of_all_shoppers_are_found_by_what_was_typed,
                orders_are_listed_page_by_page,
            ]
        );
    };
}
