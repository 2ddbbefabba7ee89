//! Whose request it is: by the session's cookie, or by the same signed value as a bearer token (RFC 6750).
//!
//! A browser sends a cookie by itself, and a bearer token never: whoever sends one means it. A request with a token is
//! judged by it alone, whatever cookie comes along, and is given none.

use app::context::{Rejection, RequestContext};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::SignedCookieJar;
use axum_extra::extract::cookie::Key;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use checkout::cart::ShopperId;
use cookie::{Cookie, CookieJar};

use super::problem::Problem;
use crate::session::{self, Visitor, guest_value};
use crate::{AppState, language, pages};

/// The request came with a bearer token.
#[derive(Clone, Copy)]
struct ByBearer;

/// The bearer token of a guest.
pub(super) fn token_of(guest: ShopperId, key: &Key) -> String {
    let mut jar = CookieJar::new();
    jar.signed_mut(key).add(Cookie::new("", guest_value(guest)));
    let signed = jar.get("").map(|cookie| cookie.value().to_owned());
    URL_SAFE_NO_PAD.encode(signed.unwrap_or_default())
}

/// What the session of this header holds, if it was signed here.
fn held(authorization: &str, key: &Key) -> Option<String> {
    let (scheme, token) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let signed = URL_SAFE_NO_PAD.decode(token.trim()).ok()?;
    let signed = Cookie::new("", String::from_utf8(signed).ok()?);
    let cookie = CookieJar::new().signed(key).verify(signed)?;
    Some(cookie.value().to_owned())
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    match (sent.next(), sent.next()) {
        (None, _) => None,
        // What can not be read is no token.
        (Some(only), None) => Some(only.to_str().unwrap_or_default()),
        (Some(_), Some(_)) => Some(""),
    }
}

/// Finds out whose request it is.
pub(super) async fn session(
    State(app): State<AppState>,
    jar: SignedCookieJar<Key>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(authorization) = authorization(request.headers()) else {
        return session::session(State(app), jar, request, next).await;
    };
    let Some(held) = held(authorization, &app.session_key) else {
        return Problem::from(StatusCode::UNAUTHORIZED).into_response();
    };
    let locale = language::of_request(app.transport, request.headers());
    match session::visitor(&app, &held, locale).await {
        Ok(visitor) if visitor.is_new() => Problem::from(StatusCode::UNAUTHORIZED).into_response(),
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            request.extensions_mut().insert(ByBearer);
            next.run(request).await
        }
        Err(error) => Problem::unavailable(&error).into_response(),
    }
}

/// Stands before what opens a cart, as [`session::renewed`] does. Who comes with a token can not be given a new guest: they
/// are told that their session is over.
pub(super) async fn renewed(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let guest = request.extensions().get::<Visitor>().and_then(Visitor::guest);
    let (Some(_), Some(guest)) = (request.extensions().get::<ByBearer>(), guest) else {
        return session::renewed(State(app), request, next).await;
    };
    match app.accounts.is_linked(guest).await {
        Ok(false) => next.run(request).await,
        Ok(true) => Problem::from(StatusCode::UNAUTHORIZED).into_response(),
        Err(error) => Problem::unavailable(&error).into_response(),
    }
}

/// The request as pages see it.
pub(super) struct Context(pub(super) RequestContext);

impl FromRequestParts<AppState> for Context {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Visitor>();
        let visitor = visitor.ok_or_else(|| Problem::from(StatusCode::INTERNAL_SERVER_ERROR))?;
        Ok(Self(pages::context(app, visitor, Rejection::None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_token_is_read_as_it_was_made_and_no_other_is() {
        let key = Key::from(&[7; 64]);
        let guest = ShopperId::from_uuid(Uuid::from_bytes([9; 16]));
        let token = token_of(guest, &key);
        assert!(
            token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        let bearer = format!("Bearer {token}");
        assert_eq!(held(&bearer, &key), Some(guest_value(guest)));
        assert_eq!(
            held(&bearer.replace("Bearer", "bearer"), &key),
            Some(guest_value(guest))
        );
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            &token,
            &format!("Basic {token}"),
            &format!("Bearer {}", &token[1..]),
            &format!("Bearer {}", URL_SAFE_NO_PAD.encode(guest_value(guest))),
            "Bearer ä",
        ] {
            assert_eq!(held(bad, &key), None, "{bad}");
        }
        assert_eq!(held(&bearer, &Key::from(&[8; 64])), None);
    }
}
