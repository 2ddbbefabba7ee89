use std::collections::BTreeMap;

use app::wire::FailureCode;
use axum::http::StatusCode;
use serde_json::Value;
use utoipa::IntoResponses;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Type};

use super::examples;
use crate::api::problem::Problem;

type Responses = BTreeMap<String, RefOr<Response>>;

/// What the operations of a kind can be refused with: protocol's words, and statuses of HTTP's own.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: [$($code:ident),*], [$($status:literal),*];)+) => {
        $(
            $(#[$doc])*
            pub(in crate::api) struct $name;

            impl IntoResponses for $name {
                fn responses() -> Responses {
                    described(&[$(FailureCode::$code),*], &[$($status),*])
                }
            }
        )+
    };
}

refusals! {
    /// Everybody's lists.
    OfLists: [Throttled, Unavailable], [];
    /// Everybody's things of a name.
    OfReads: [Malformed, NotFound, Throttled, Unavailable], [];
    /// New sessions.
    OfSessions: [Throttled, Unavailable], [403, 413];
    /// A shopper's things of a name.
    OfShoppersReads: [Malformed, NotFound, Throttled, Unavailable], [401];
    /// New carts.
    OfNewCarts: [Malformed, Invalid, Throttled, Unavailable], [401, 403, 413, 415];
    /// Changed lines.
    OfLines: [Malformed, NotFound, AlreadyOrdered, Cancelled, CartEmpty, Invalid, Throttled, Unavailable], [401, 403, 413, 415];
    /// Carts and lines that are taken away.
    OfCancellations: [Malformed, NotFound, AlreadyOrdered, Cancelled, CartEmpty, Throttled, Unavailable], [401, 403, 413];
    /// Order tokens.
    OfCheckouts: [Malformed, NotFound, AlreadyOrdered, Cancelled, CartEmpty, Throttled, Unavailable], [401, 403, 413, 415];
    /// Orders: everything that the protocol can answer.
    OfOrders: [
        Malformed, TokenMissing, TokenRefused, InProgress, Repeat, CartChanged, OutOfStock, TokenExpired, TokenMismatch, Invalid,
        Throttled, Unavailable, OutcomeUnknown
    ], [401, 403, 413, 415];
    /// Look-ups.
    OfLookUps: [Malformed, NotFound, Invalid, Throttled, Unavailable], [401, 403, 413, 415];
}

fn described(codes: &[FailureCode], statuses: &[u16]) -> Responses {
    let mut problems: BTreeMap<u16, Vec<Problem>> = BTreeMap::new();
    for code in codes {
        problems
            .entry(code.http_status())
            .or_default()
            .push(examples::problem(*code));
    }
    for status in statuses.iter().filter_map(|status| StatusCode::from_u16(*status).ok()) {
        problems.entry(status.as_u16()).or_default().push(status.into());
    }
    problems
        .into_iter()
        .map(|(status, problems)| (status.to_string(), response(status, &problems).into()))
        .collect()
}

fn response(status: u16, problems: &[Problem]) -> Response {
    let titles: Vec<_> = problems.iter().map(|problem| problem.title).collect();
    let examples = problems.iter().map(|problem| {
        let value = serde_json::to_value(problem).unwrap_or(Value::Null);
        (
            problem.code.clone(),
            ExampleBuilder::new().summary(problem.title).value(Some(value)).build(),
        )
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    let response = ResponseBuilder::new()
        .description(titles.join("; "))
        .content("application/problem+json", content);
    let header = |type_, says: &str| {
        let schema = ObjectBuilder::new().schema_type(type_).build();
        HeaderBuilder::new()
            .schema(Some(schema))
            .description(Some(says))
            .build()
    };
    let waits = problems.iter().any(|problem| problem.retry_after_s().is_some());
    let response = if waits {
        response.header(
            "Retry-After",
            header(Type::Integer, "After how many seconds to send the same again"),
        )
    } else {
        response
    };
    if status == StatusCode::UNAUTHORIZED.as_u16() {
        return response
            .header("WWW-Authenticate", header(Type::String, "The scheme"))
            .build();
    }
    response.build()
}
