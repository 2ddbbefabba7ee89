//! The chart of prevented duplicates: bars, drawn here, with nothing that a browser has to run.

use checkout::back_office::Prevented;
use checkout::observer::Layer;
use checkout::time::Timestamp;
use leptos::prelude::*;
use leptos::svg;

use super::page::{self, moment};

/// In the units of the drawing, which is as wide as the page lets it.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 180;
/// Between two bars.
const GAP: f64 = 3.0;

/// A piece of a bar: where it stands and how large it is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    slot: u32,
    layer: Layer,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// The pieces of all bars, each layer on the one before it; the tallest bar is as high as the drawing.
fn pieces(prevented: &Prevented) -> Vec<Piece> {
    let width = f64::from(WIDTH) / f64::from(prevented.slots.max(1));
    let scale = f64::from(HEIGHT) / tallest(prevented).max(1.0);
    let mut pieces = Vec::new();
    for slot in 0..prevented.slots {
        let mut top = f64::from(HEIGHT);
        for layer in Layer::ALL {
            let height = count(prevented, slot, layer) * scale;
            if height > 0.0 {
                top -= height;
                pieces.push(Piece {
                    slot,
                    layer,
                    x: f64::from(slot) * width,
                    y: top,
                    width: width - GAP,
                    height,
                });
            }
        }
    }
    pieces
}

fn tallest(prevented: &Prevented) -> f64 {
    let of_slot = |slot| Layer::ALL.map(|layer| count(prevented, slot, layer)).iter().sum();
    (0..prevented.slots).map(of_slot).fold(0.0, f64::max)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a bar of so many duplicates is a pixel off at most"
)]
fn count(prevented: &Prevented, slot: u32, layer: Layer) -> f64 {
    let of_piece = prevented
        .tallies
        .iter()
        .find(|tally| tally.slot == slot && tally.layer == layer);
    of_piece.map_or(0.0, |tally| tally.count as f64)
}

/// How many a layer stopped in all.
pub(super) fn total(prevented: &Prevented, layer: Layer) -> u64 {
    let of_layer = prevented.tallies.iter().filter(|tally| tally.layer == layer);
    of_layer.map(|tally| tally.count).sum()
}

/// When a slot begins.
fn begins(prevented: &Prevented, slot: u32) -> Timestamp {
    prevented.from.after(prevented.slot * slot)
}

/// The chart; who does not see it is told what it shows, and finds the numbers in the table below it.
pub(super) fn chart(prevented: &Prevented) -> impl IntoView + use<> {
    let label = Layer::ALL.map(|layer| format!("{}: {}", layer.name(), total(prevented, layer)));
    let label = format!("Prevented duplicates over time. {}", label.join(", "));
    let pieces = pieces(prevented);
    let bars = pieces.into_iter().map(|piece| bar(prevented, piece)).collect_view();
    let (from, until) = (moment(prevented.from), moment(begins(prevented, prevented.slots)));
    let tallest = tallest(prevented).to_string();
    view! {
        <figure class="admin-chart">
            <p class="muted">{tallest}</p>
            <svg role="img" aria-label=label viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none">
                {bars}
            </svg>
            <figcaption class="muted"><span>{from}</span> <span>{until}</span></figcaption>
        </figure>
    }
}

fn bar(prevented: &Prevented, piece: Piece) -> impl IntoView + use<> {
    let counted = count(prevented, piece.slot, piece.layer);
    let title = format!(
        "{}: {counted} by {}",
        moment(begins(prevented, piece.slot)),
        piece.layer.name()
    );
    let number = |number: f64| format!("{number:.2}");
    svg::rect()
        .attr("data-layer", piece.layer.name())
        .attr("x", number(piece.x))
        .attr("y", number(piece.y))
        .attr("width", number(piece.width))
        .attr("height", number(piece.height))
        .child(svg::title().child(title))
}

/// The slots that have any, as a table.
pub(super) fn table(prevented: &Prevented) -> impl IntoView + use<> {
    let rows = (0..prevented.slots).filter_map(|slot| {
        let counts = Layer::ALL.map(|layer| count(prevented, slot, layer));
        let any = counts.iter().any(|count| *count > 0.0);
        let cells = counts
            .map(|count| view! { <td>{count.to_string()}</td> })
            .collect_view();
        any.then(|| view! { <tr><th scope="row">{moment(begins(prevented, slot))}</th>{cells}</tr> })
    });
    let [token, repeat, unique] = Layer::ALL.map(Layer::name);
    let heads = ["From", token, repeat, unique];
    view! {
        <details>
            <summary>"The numbers"</summary>
            {page::table("The numbers", heads, rows.collect_view())}
        </details>
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use checkout::ports::Tally;

    use super::*;

    fn prevented(tallies: Vec<Tally>) -> Prevented {
        Prevented {
            from: Timestamp::from_unix_ms(1_700_000_000_000),
            slot: Duration::from_hours(1),
            slots: 24,
            tallies,
        }
    }

    fn tally(slot: u32, layer: Layer, count: u64) -> Tally {
        Tally { slot, layer, count }
    }

    #[test]
    fn the_tallest_bar_is_as_high_as_the_chart_and_layers_stand_on_each_other() {
        let pieces = pieces(&prevented(vec![
            tally(0, Layer::Unique, 1),
            tally(0, Layer::Token, 3),
            tally(23, Layer::Repeat, 2),
        ]));
        let stands: Vec<_> = pieces
            .iter()
            .map(|piece| (piece.slot, piece.layer, piece.y, piece.height))
            .collect();
        let expected = [
            (0, Layer::Token, 45.0, 135.0),
            (0, Layer::Unique, 0.0, 45.0),
            (23, Layer::Repeat, 90.0, 90.0),
        ];
        assert_eq!(stands, expected);
        assert_eq!((pieces[0].x, pieces[2].x + pieces[2].width), (0.0, 717.0));
    }

    #[test]
    fn a_chart_without_duplicates_is_empty() {
        assert_eq!(pieces(&prevented(vec![])), []);
        let none = Prevented {
            slots: 0,
            ..prevented(vec![])
        };
        assert_eq!(pieces(&none), []);
    }

    #[test]
    fn the_chart_says_in_words_what_it_shows_and_sets_no_style_of_its_own() {
        let prevented = prevented(vec![tally(0, Layer::Token, 3), tally(5, Layer::Token, 1)]);
        let html = chart(&prevented).to_html() + &table(&prevented).to_html();
        assert!(
            html.contains("Prevented duplicates over time. token: 4, repeat: 0, unique: 0"),
            "{html}"
        );
        assert!(html.contains("14 November 2023, 22:13 UTC: 3 by token"), "{html}");
        assert!(!html.contains("style=") && !html.contains("<script"), "{html}");
    }
}
