//! Whether everything that was seen fits together: the history, the database, Redis, the logs.

use std::collections::{BTreeMap, BTreeSet};

use crate::books::Books;
use crate::history::{Event, Kind};
use crate::shopper::{GATEWAY, UNDOCUMENTED};

/// What was seen of one run.
#[derive(Default)]
pub struct Evidence {
    /// What was asked and answered.
    pub history: Vec<Event>,
    /// The database before the run.
    pub before: Books,
    /// The database after it.
    pub after: Books,
    /// Every key of Redis with the milliseconds it has left.
    pub keys: Vec<(String, i64)>,
    /// Sessions that hold a transaction open and do nothing.
    pub idle_in_transaction: i64,
    /// What the servers logged.
    pub logs: Vec<String>,
    /// What no log may hold.
    pub secrets: Vec<String>,
    /// Whether something between shoppers and servers sends a submission twice. Then its answer can be the replay of the
    /// order that it placed itself.
    pub sent_again: bool,
}

/// Everything that does not hold, with the number of the invariant.
pub fn violations(seen: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    one_order_per_intent(seen, &mut found);
    stock_and_events(seen, &mut found);
    answers_name_the_order(seen, &mut found);
    negatives_are_true(seen, &mut found);
    someone_placed_it(seen, &mut found);
    statuses_are_documented(seen, &mut found);
    nothing_is_left_behind(seen, &mut found);
    logs_are_clean(seen, &mut found);
    found
}

fn one_order_per_intent(seen: &Evidence, found: &mut Vec<String>) {
    let mut carts = BTreeMap::<_, usize>::new();
    for order in &seen.after.orders {
        *carts.entry(&order.cart).or_default() += 1;
    }
    found.extend(
        carts
            .iter()
            .filter(|(_, orders)| **orders > 1)
            .map(|(cart, orders)| format!("I1: intent {cart} has {orders} orders")),
    );
    let submitted: BTreeSet<_> = seen.history.iter().map(|event| &event.intent).collect();
    let phantoms = new_orders(seen).filter(|order| !submitted.contains(&order.cart));
    found.extend(phantoms.map(|order| format!("I9: nobody submitted order {}", order.id)));
    let ids: BTreeSet<_> = seen.after.orders.iter().map(|order| &order.id).collect();
    let lost = seen.before.orders.iter().filter(|order| !ids.contains(&order.id));
    found.extend(lost.map(|order| format!("I9: order {} is lost", order.id)));
}

fn new_orders(seen: &Evidence) -> impl Iterator<Item = &crate::books::Order> {
    let known: BTreeSet<_> = seen.before.orders.iter().map(|order| &order.id).collect();
    seen.after.orders.iter().filter(move |order| !known.contains(&order.id))
}

fn stock_and_events(seen: &Evidence, found: &mut Vec<String>) {
    for order in &seen.after.orders {
        if order.events != 1 {
            found.push(format!("I1: order {} has {} events", order.id, order.events));
        }
        if order.lines == 0 {
            found.push(format!("I1: order {} has no lines", order.id));
        }
    }
    for (slug, before) in &seen.before.stock {
        let of = |books: &Books| books.ordered.get(slug).copied().unwrap_or_default();
        let ordered = of(&seen.after) - of(&seen.before);
        let taken = before - seen.after.stock.get(slug).copied().unwrap_or_default();
        if taken != ordered {
            found.push(format!(
                "I1: {taken} of {slug} were taken from stock and {ordered} ordered"
            ));
        }
    }
}

fn answers_name_the_order(seen: &Evidence, found: &mut Vec<String>) {
    let orders: BTreeMap<_, _> = seen.after.orders.iter().map(|order| (&order.cart, &order.id)).collect();
    for event in seen.history.iter().filter(|event| event.kind == Kind::Ok) {
        let (told, stands) = (event.order_id.as_ref(), orders.get(&event.intent).copied());
        if told != stands {
            found.push(format!(
                "I2: intent {} was told {told:?}, and has {stands:?}",
                event.intent
            ));
        }
    }
}

/// A definitive negative after the order was acknowledged, or with nothing sent afterwards that could have made one.
fn negatives_are_true(seen: &Evidence, found: &mut Vec<String>) {
    let ordered: BTreeSet<_> = seen.after.orders.iter().map(|order| &order.cart).collect();
    let ended: Vec<_> = seen.history.iter().filter(|event| event.t1.is_some()).collect();
    for no in ended.iter().filter(|event| event.kind == Kind::Fail) {
        let same = || {
            ended
                .iter()
                .filter(|event| event.intent == no.intent && event.process != no.process)
        };
        let code = no.status.as_ref().map(|status| status.1.as_str()).unwrap_or_default();
        if same().any(|event| event.kind == Kind::Ok && event.t1 < Some(no.t0)) {
            found.push(format!(
                "I9: intent {} was ordered, and then answered {code}",
                no.intent
            ));
        }
        // One without an answer may still run on a server that was stopped.
        let others =
            same().any(|event| event.kind != Kind::Fail && (event.kind == Kind::Info || event.t1 > Some(no.t0)));
        if ordered.contains(&no.intent) && !others {
            found.push(format!(
                "I3: intent {} was answered {code}, and has an order",
                no.intent
            ));
        }
    }
}

/// `replayed` and `unavailable` say that this submission placed nothing: then another one did.
fn someone_placed_it(seen: &Evidence, found: &mut Vec<String>) {
    if seen.sent_again {
        return;
    }
    let may_have = |event: &&Event| match event.status.as_ref().map(|status| status.1.as_str()) {
        Some("replayed" | "unavailable") => false,
        _ => matches!(event.kind, Kind::Ok | Kind::Info),
    };
    let placing: BTreeSet<_> = seen
        .history
        .iter()
        .filter(may_have)
        .map(|event| &event.intent)
        .collect();
    let orphans = new_orders(seen).filter(|order| !placing.contains(&order.cart));
    found
        .extend(orphans.map(|order| format!("I3: every submission of order {} says that it placed nothing", order.id)));
}

fn statuses_are_documented(seen: &Evidence, found: &mut Vec<String>) {
    let odd = seen.history.iter().filter_map(|event| event.status.as_ref());
    found.extend(
        odd.filter(|(_, code)| code.starts_with(UNDOCUMENTED) || (code == GATEWAY && !seen.sent_again))
            .map(|(status, code)| format!("an answer that is in no table: {status} {code}")),
    );
}

fn nothing_is_left_behind(seen: &Evidence, found: &mut Vec<String>) {
    let endless = seen.keys.iter().filter(|(_, left)| *left <= 0);
    found.extend(endless.map(|(key, left)| format!("I8: {key} has {left} ms left")));
    if seen.idle_in_transaction > 0 {
        found.push(format!(
            "I8: {} sessions idle in a transaction",
            seen.idle_in_transaction
        ));
    }
}

fn logs_are_clean(seen: &Evidence, found: &mut Vec<String>) {
    for secret in &seen.secrets {
        if let Some(line) = seen
            .logs
            .iter()
            .flat_map(|log| log.lines())
            .find(|line| line.contains(secret))
        {
            found.push(format!(
                "I6: a log holds a secret: {}",
                line.replace(secret.as_str(), "…")
            ));
        }
    }
}
