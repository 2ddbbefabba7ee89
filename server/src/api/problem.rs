use app::wire::{Failure, FailureCode};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use checkout::contact::FieldError;
use checkout::order::OrderId;
use checkout::ports::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use super::checkouts::Checkout;
use super::money::Money;
use super::{ROOT, problems};

/// Problem details (RFC 9457). `code` says what happened, in the words of the order protocol; members that do not belong to
/// it are left out.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Problem {
    /// Names the kind of problem, and leads to what there is to read about it.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    pub(super) kind: String,
    /// The kind in a few words.
    pub(super) title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub(super) status: u16,
    /// What to do about it.
    detail: &'static str,
    /// The kind in one word.
    pub(super) code: String,
    #[serde(flatten)]
    members: Box<ProblemMembers>,
}

/// What a kind of problem says beside it.
#[derive(Debug, Default, Serialize, ToSchema)]
struct ProblemMembers {
    /// `invalid`: each part of the body that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1)]
    errors: Vec<Invalid>,
    /// `already_ordered`: the order that the cart became.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<OrderLink>,
    /// `repeat`: the order that was placed a moment ago; left out while it is still being placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier_order: Option<Earlier>,
    /// `out_of_stock`: the slugs of the products that there is not enough of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1)]
    lines: Vec<String>,
    /// `cart_changed`: what was agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_total: Option<Money>,
    /// `cart_changed`: what it costs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_total: Option<Money>,
    /// `cart_changed`, `token_expired`: what can be agreed to now, with a fresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout: Option<Box<Checkout>>,
}

/// A part of the body that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Invalid {
    /// Where it is in the body: a JSON pointer (RFC 6901).
    pub(super) pointer: String,
    /// What is wrong with it.
    pub(super) code: &'static str,
}

/// An order, by its names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrderLink {
    /// Its id.
    id: uuid::Uuid,
    /// The number that people read to each other.
    number: String,
}

/// An order that was placed a moment ago.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Earlier {
    #[serde(flatten)]
    order: OrderLink,
    /// How many seconds ago it was placed.
    age_s: u64,
}

impl Earlier {
    pub(super) fn new(order: OrderId, age_s: u64) -> Self {
        Self {
            order: order.into(),
            age_s,
        }
    }
}

impl From<OrderId> for OrderLink {
    fn from(order: OrderId) -> Self {
        Self {
            id: order.0,
            number: order.number().to_string(),
        }
    }
}

impl From<FailureCode> for Problem {
    fn from(code: FailureCode) -> Self {
        let (title, detail) = problems::words(code);
        Self {
            title,
            detail,
            ..Self::named(code.as_str(), code.http_status())
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let mut problem = Self::from(failure.code);
        problem.members.errors = failure.fields.into_iter().map(Invalid::of_contact).collect();
        problem
    }
}

/// What HTTP itself refuses: named by its status, and by the protocol's word where there is one.
impl From<StatusCode> for Problem {
    fn from(status: StatusCode) -> Self {
        match status {
            StatusCode::BAD_REQUEST => FailureCode::Malformed.into(),
            StatusCode::NOT_FOUND => FailureCode::NotFound.into(),
            StatusCode::TOO_MANY_REQUESTS => FailureCode::Throttled.into(),
            StatusCode::SERVICE_UNAVAILABLE => FailureCode::Unavailable.into(),
            status => {
                let title = status.canonical_reason().unwrap_or("Error");
                Self {
                    title,
                    detail: problems::words_of_status(status),
                    ..Self::named(&title.to_ascii_lowercase().replace(' ', "_"), status.as_u16())
                }
            }
        }
    }
}

impl Problem {
    fn named(code: &str, status: u16) -> Self {
        Self {
            kind: format!("{}/{code}", problems::ROOT),
            status,
            code: code.to_owned(),
            ..Self::default()
        }
    }

    /// Parts of the body are wrong.
    pub(super) fn invalid(errors: Vec<Invalid>) -> Self {
        let mut problem = Self::from(FailureCode::Invalid);
        problem.members.errors = errors;
        problem
    }

    /// The store did not answer, which is told to the log alone.
    pub(super) fn unavailable(error: &StoreError) -> Self {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "a request to the API was not answered"
        );
        FailureCode::Unavailable.into()
    }

    /// The cart already became this order.
    pub(super) fn already_ordered(order: OrderId) -> Self {
        let mut problem = Self::from(FailureCode::AlreadyOrdered);
        problem.members.order = Some(order.into());
        problem
    }

    pub(super) fn of_earlier(mut self, earlier: Earlier) -> Self {
        self.members.earlier_order = Some(earlier);
        self
    }

    pub(super) fn of_lines(mut self, lines: Vec<String>) -> Self {
        self.members.lines = lines;
        self
    }

    pub(super) fn of_totals(mut self, old: Money, new: Option<Money>) -> Self {
        self.members.old_total = Some(old);
        self.members.new_total = new;
        self
    }

    pub(super) fn with_checkout(mut self, checkout: Option<Checkout>) -> Self {
        self.members.checkout = checkout.map(Box::new);
        self
    }
}

impl Invalid {
    pub(super) fn new(pointer: impl Into<String>, code: &'static str) -> Self {
        Self {
            pointer: pointer.into(),
            code,
        }
    }

    fn of_contact(error: FieldError) -> Self {
        Self::new(format!("/contact/{}", error.field.name()), error.problem.name())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.put_into(response)
    }
}

impl Problem {
    pub(super) fn retry_after_s(&self) -> Option<u32> {
        FailureCode::parse(&self.code).and_then(FailureCode::retry_after_s)
    }

    /// For people who follow its `type`.
    pub(super) fn as_text(&self) -> String {
        format!(
            "{} ({}, HTTP status {})\n\n{}\n",
            self.title, self.code, self.status, self.detail
        )
    }

    fn put_into(self, mut response: Response) -> Response {
        // Texts and numbers alone: it always is JSON.
        *response.body_mut() = Body::from(serde_json::to_vec(&self).unwrap_or_default());
        let headers = response.headers_mut();
        headers.remove(CONTENT_LENGTH);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s() {
            headers.entry(RETRY_AFTER).or_insert(HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED.as_u16() {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            );
        }
        response
    }
}

/// Puts a problem in the place of an error that is none. The page's own script reads failures instead: outside of the
/// API, these stay as they are.
pub(crate) fn as_problem(path: &str, response: Response) -> Response {
    let content_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    match content_type {
        Some(b"application/problem+json") => response,
        Some(b"application/json") if !path.starts_with(ROOT) => response,
        _ => Problem::from(response.status()).put_into(response),
    }
}

/// An address under `/api` where there is nothing. It is not repeated.
pub(super) async fn nothing_here() -> Problem {
    FailureCode::NotFound.into()
}
