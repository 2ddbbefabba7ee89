//! What the API says of itself (`OpenAPI` 3.1): made of the routes and their types, and served with Swagger's page.
//! `docs/openapi.json` is a copy, which a test compares.

mod examples;
mod links;
mod refusals;

use app::wire::FailureCode;
use axum::Router;
use axum::extract::Path;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::routing::get;
use serde_json::Value;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::{Config, SwaggerUi};

pub(super) use refusals::{
    OfCancellations, OfCheckouts, OfLines, OfLists, OfLookUps, OfNewCarts, OfOrders, OfReads, OfSessions,
    OfShoppersReads,
};

use super::problem::Problem;
use super::problems;
use crate::AppState;
use crate::security::headers;

/// Everything but the paths.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Once",
        description = "A checkout that cannot order twice, for programs. Begin a session, make a cart, ask for a checkout, \
                       and place the order with the checkout's token as its Idempotency-Key: however often that is sent, it \
                       becomes one order.",
    ),
    // In the order in which a purchase goes through them.
    tags(
        (name = "sessions", description = "Whose carts and orders"),
        (name = "products", description = "What there is to buy"),
        (name = "carts", description = "What may become an order"),
        (name = "checkouts", description = "What can be agreed to, and the one-time token to agree with"),
        (name = "orders", description = "What was agreed to, once"),
    ),
    components(schemas(Problem)),
    modifiers(&Sessions),
)]
struct Described;

/// The two ways to say whose request it is.
struct Sessions;

impl Modify for Sessions {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of a session"));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        let cookie = ApiKeyValue::with_description("once_session", "The session of the pages");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The `OpenAPI` document.
///
/// # Panics
/// Never: it is made of names, texts and numbers alone.
#[must_use]
pub fn document() -> Value {
    let mut described = Described::openapi();
    described.merge(super::described());
    let mut document = serde_json::to_value(described).expect("an OpenAPI document is JSON");
    links::add(&mut document);
    document
}

/// `/docs` and `/openapi.json`: the same for everybody.
pub(crate) fn documentation() -> Router<AppState> {
    // The validator that it would ask otherwise is another site's.
    let config = Config::new(["/openapi.json"]).validator_url("none");
    let swagger = SwaggerUi::new("/docs")
        .config(config)
        .external_url_unchecked("/openapi.json", document());
    Router::from(swagger)
        .layer(SetResponseHeaderLayer::overriding(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(headers::OF_DOCUMENTATION),
        ))
        .route(&format!("{}/{{code}}", problems::ROOT), get(about))
}

/// What there is to read about a kind of problem, where its `type` leads to.
async fn about(Path(code): Path<String>) -> (StatusCode, String) {
    let of_http = [401, 403, 405, 413, 415, 500].map(|status| StatusCode::from_u16(status).unwrap_or_default());
    let all = FailureCode::ALL
        .map(Problem::from)
        .into_iter()
        .chain(of_http.map(Problem::from));
    match all.into_iter().find(|problem| problem.code == code) {
        Some(problem) => (StatusCode::OK, problem.as_text()),
        None => (StatusCode::NOT_FOUND, "There is no such problem.\n".to_owned()),
    }
}
