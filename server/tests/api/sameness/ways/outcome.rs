//! What a way tells of a submission.

use app::locale::Locale;
use app::wire::{Failure, FailureCode};
use serde_json::Value;

/// What a submission was answered with.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What stands in the order, but for its names and its time.
    Order { replayed: bool, order: Value },
    Refused {
        status: u16,
        code: String,
        /// The fields that are wrong, and how.
        fields: Vec<(String, String)>,
        /// Whether an earlier order is named.
        earlier: bool,
    },
    /// The form's page: its status, and what it says.
    Page { status: u16, html: String },
}

impl Outcome {
    pub fn is_order(&self) -> bool {
        matches!(self, Self::Order { .. })
    }

    pub fn kind(&self) -> String {
        match self {
            Self::Order { replayed: false, .. } => "placed".to_owned(),
            Self::Order { replayed: true, .. } => "replayed".to_owned(),
            Self::Refused { code, .. } => code.clone(),
            Self::Page { status, .. } => status.to_string(),
        }
    }

    /// Whether the form's page says what the other ways say.
    pub(super) fn is_told_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Page { status, html },
                Self::Refused {
                    status: same,
                    code,
                    fields,
                    ..
                },
            ) => status == same && (!html.contains("id=\"rejection\"") || says(html, code, fields)),
            (told, other) => told == other,
        }
    }
}

fn says(html: &str, code: &str, fields: &[(String, String)]) -> bool {
    let code = FailureCode::parse(code).expect("a code");
    // Around an earlier order stands its number, which is another one for each way.
    let asked = code == FailureCode::Repeat;
    let said = asked || html.contains(&escaped(&app::text::failure(&Failure::from(code), Locale::En)));
    let errors = html
        .matches("<a href=\"#")
        .filter(|_| code == FailureCode::Invalid)
        .count();
    let named = fields
        .iter()
        .all(|(field, _)| html.contains(&format!("<a href=\"#{field}\">")));
    said && named && (fields.is_empty() || errors >= fields.len())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
