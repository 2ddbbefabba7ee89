//! How the stores are, and which duplicates were prevented.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use checkout::back_office::Prevented;
use checkout::observer::{KeyMatch, Layer, StoppedDuplicate, WayIn};
use checkout::ports::StoreError;
use leptos::prelude::*;
use serde::Deserialize;

use super::page::{Visitor, moment, page, table, unavailable};
use super::{Admin, chart};
use crate::AppState;
use crate::health::{Readiness, in_time};
use crate::telemetry::Load;

/// What can be chosen.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    span: Span,
}

/// Over which time duplicates are counted.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Span {
    #[default]
    Day,
    Month,
}

impl Span {
    /// The length of a slot, and how many there are.
    const fn slots(self) -> (Duration, u32) {
        match self {
            Self::Day => (Duration::from_hours(1), 24),
            Self::Month => (Duration::from_hours(24), 30),
        }
    }
}

/// The page.
pub(super) async fn overview(
    State(app): State<AppState>,
    Extension(admin): Extension<Arc<Admin>>,
    Query(chosen): Query<Chosen>,
) -> Response {
    let health = health(&app).await;
    let (prevented, latest) = match ledger(&admin, chosen.span).await {
        Ok(read) => read,
        Err(error) => return unavailable(&error),
    };
    let current = |span| (span == chosen.span).then_some("true");
    let body = view! {
        <h1>"Overview"</h1>
        {health}
        <section aria-labelledby="prevented">
            <h2 id="prevented">"Prevented duplicates"</h2>
            <p class="actions">
                <a class="button" href="/admin" aria-current=current(Span::Day)>"24 hours"</a>
                <a class="button" href="/admin?span=month" aria-current=current(Span::Month)>"30 days"</a>
            </p>
            {totals(&prevented)}
            {chart::chart(&prevented)}
            {chart::table(&prevented)}
        </section>
        <section aria-labelledby="latest">
            <h2 id="latest">"The latest ones"</h2>
            {latest_table(&latest)}
        </section>
    };
    page(StatusCode::OK, "Overview", Visitor::Inside, body)
}

async fn ledger(admin: &Admin, span: Span) -> Result<(Prevented, Vec<StoppedDuplicate>), StoreError> {
    let (slot, slots) = span.slots();
    let prevented = admin.back_office.prevented(slot, slots).await?;
    Ok((prevented, admin.back_office.latest_prevented().await?))
}

/// Whether the shop can sell, and which of its stores answers.
async fn health(app: &AppState) -> impl IntoView + use<> {
    let (readiness, database, tokens) = tokio::join!(
        Readiness::of(app),
        in_time(app.stores.database()),
        in_time(app.stores.tokens())
    );
    let (said, state) = match readiness {
        Readiness::Ready => ("Ready", "good"),
        Readiness::Degraded => ("Degraded: selling with the database alone", "bad"),
        Readiness::Unavailable => ("Unavailable: nothing can be ordered", "bad"),
    };
    let answers = |answer: Option<bool>| match answer {
        Some(true) => ("answers", "good"),
        Some(false) | None => ("does not answer", "bad"),
    };
    let (database, tokens) = (answers(database), answers(tokens));
    let breaker = if app.stores.breaker_is_open() {
        ("open: the token store is left alone", "bad")
    } else {
        ("closed", "good")
    };
    let load = Load::of(app);
    let limit = app.checkout.settings().attempts_at_once;
    let attempts = format!("{} of at most {limit}", load.attempts);
    let lost = app.instruments.ledger.dropped();
    let lost = (lost > 0).then(|| view! {
        <p class="field-error">{format!("{lost} prevented duplicates were not written down since this server started.")}</p>
    });
    view! {
        <section aria-labelledby="stores">
            <h2 id="stores">"The shop"</h2>
            <dl class="admin-facts">
                {fact("State", (said, state))} {fact("Database", database)} {fact("Token store", tokens)}
                {fact("Breaker", breaker)} {fact("Orders being placed", (&attempts, "good"))}
            </dl>
            {lost}
        </section>
    }
}

fn fact(name: &'static str, (said, state): (&str, &'static str)) -> impl IntoView + use<> {
    let said = said.to_owned();
    view! { <div><dt class="muted">{name}</dt><dd data-state=state>{said}</dd></div> }
}

/// How many each layer stopped.
fn totals(prevented: &Prevented) -> impl IntoView + use<> {
    let facts = Layer::ALL.map(|layer| {
        let (name, total) = (layer.name(), chart::total(prevented, layer).to_string());
        view! { <div><dt data-layer=name>{name}</dt><dd>{total}</dd></div> }
    });
    view! { <dl class="admin-facts">{facts.collect_view()}</dl> }
}

fn latest_table(latest: &[StoppedDuplicate]) -> AnyView {
    if latest.is_empty() {
        return view! { <p>"None so far."</p> }.into_any();
    }
    let rows = latest.iter().map(row).collect_view();
    let heads = ["Stopped by", "First order", "Delay", "Way in", "Page", "When"];
    table("The latest ones", heads, rows).into_any()
}

fn row(stopped: &StoppedDuplicate) -> impl IntoView + use<> {
    let first = stopped.first.map(|first| {
        let address = format!("/admin/orders/{}", first.id);
        view! { <a class="code" href=address>{first.id.number().to_string()}</a> }
    });
    let delay = stopped
        .first
        .map_or_else(|| "at once".to_owned(), |first| delay(first.delay));
    let layer = stopped.layer.name();
    let key = match stopped.key {
        KeyMatch::Same => "the same",
        KeyMatch::Other => "another",
    };
    let way_in = match stopped.way_in {
        WayIn::Form => "plain form",
        WayIn::Function => "page",
        WayIn::Api => "API",
    };
    view! {
        <tr>
            <td data-layer=layer>{layer}</td>
            <td>{first}</td>
            <td>{delay}</td>
            <td>{way_in}</td>
            <td>{key}</td>
            <td>{moment(stopped.at)}</td>
        </tr>
    }
}

/// A time as people say it.
fn delay(delay: Duration) -> String {
    let seconds = delay.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", delay.as_secs_f64()),
        10..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_told_as_people_say_them() {
        let told = |ms| delay(Duration::from_millis(ms));
        for (ms, text) in [
            (0, "0.0 s"),
            (340, "0.3 s"),
            (40_900, "40 s"),
            (19 * 60_000, "19 min"),
            (7_200_000, "2 h"),
            (3 * 86_400_000, "3 days"),
        ] {
            assert_eq!(told(ms), text);
        }
    }
}
