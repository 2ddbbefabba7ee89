//! Whose request it is: an opaque, random id in a signed cookie.

use app::locale::Locale;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::SignedCookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use checkout::cart::ShopperId;
use uuid::Uuid;

use crate::{AppState, language};

const COOKIE: &str = "once_session";

/// Who asks, and in which language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visitor {
    pub(crate) shopper: ShopperId,
    pub(crate) locale: Locale,
}

/// Reads the session, or begins one. Only an unsafe method keeps a new session: looking around sets no cookie.
pub(crate) async fn session(
    State(app): State<AppState>,
    jar: SignedCookieJar<axum_extra::extract::cookie::Key>,
    mut request: Request,
    next: Next,
) -> Response {
    let known = jar
        .get(COOKIE)
        .and_then(|cookie| Uuid::try_parse(cookie.value()).ok())
        .map(ShopperId::from_uuid);
    let shopper = known.unwrap_or_else(|| app.checkout.new_shopper());
    let keep = known.is_none() && !request.method().is_safe();
    let locale = language::of_request(request.headers());
    request.extensions_mut().insert(Visitor { shopper, locale });
    let response = next.run(request).await;
    if keep {
        (jar.add(cookie(shopper)), response).into_response()
    } else {
        response
    }
}

fn cookie(shopper: ShopperId) -> Cookie<'static> {
    Cookie::build((COOKIE, shopper.as_uuid().simple().to_string()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .permanent()
        .build()
}
