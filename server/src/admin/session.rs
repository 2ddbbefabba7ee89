//! Who is admitted: whoever holds the administration's own cookie, which a login with the password gives.
//!
//! The cookie is signed and says until when it is good; nothing is kept of it, so that every server of the shop takes it. A
//! logout takes it from the browser, and another password makes all of them worthless.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Form};
use axum_extra::extract::SignedCookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use checkout::account::Password;
use checkout::ports::PasswordHasher as _;
use checkout::time::Timestamp;
use leptos::prelude::*;
use serde::Deserialize;

use super::Admin;
use super::page::{self, page};
use crate::AppState;
use crate::forms::see_other;
use crate::origin::Origin;
use crate::security::transport::Transport;

const COOKIE: &str = "once_admin";

/// How long a login is good for.
const LIFE: Duration = Duration::from_hours(8);

/// Lets in whoever is logged in, and shows the others the way.
pub(super) async fn admitted(State(admin): State<Arc<Admin>>, request: Request, next: Next) -> Response {
    let jar = SignedCookieJar::from_headers(request.headers(), admin.key.clone());
    if is_good(admin.transport, &jar, admin.clock.now()) {
        return next.run(request).await;
    }
    let problem = (request.method() != Method::GET).then_some("You are not logged in. Nothing was changed.");
    login(StatusCode::FORBIDDEN, problem)
}

fn is_good(transport: Transport, jar: &SignedCookieJar, now: Timestamp) -> bool {
    let until_ms = jar
        .get(&transport.cookie_name(COOKIE))
        .and_then(|cookie| cookie.value().parse().ok());
    until_ms.is_some_and(|until_ms: u64| now.unix_ms < until_ms)
}

/// What the way in sends.
#[derive(Deserialize)]
pub(super) struct Typed {
    password: String,
}

/// The way in.
pub(super) async fn login_page() -> Response {
    login(StatusCode::OK, None)
}

/// *Log in*.
pub(super) async fn log_in(
    State(app): State<AppState>,
    Extension(admin): Extension<Arc<Admin>>,
    origin: Origin,
    Form(typed): Form<Typed>,
) -> Response {
    if let Err(too_often) = app.throttle.log_in_admin(origin.0) {
        let mut response = login(StatusCode::TOO_MANY_REQUESTS, Some("Too many attempts. Wait a moment."));
        let seconds = HeaderValue::from(too_often.wait.as_secs() + 1);
        response.headers_mut().insert(RETRY_AFTER, seconds);
        return response;
    }
    let Ok(password) = Password::enter(&typed.password) else {
        return login(StatusCode::FORBIDDEN, Some("That is not the password."));
    };
    match admin.passwords.verify(&password, Some(&admin.password)).await {
        Ok(true) => {
            let until_ms = admin.clock.now().after(LIFE).unix_ms;
            let jar = SignedCookieJar::new(admin.key.clone()).add(cookie(admin.transport, until_ms.to_string()));
            (jar, see_other("/admin")).into_response()
        }
        Ok(false) => {
            tracing::warn!("somebody tried to log in to the administration");
            login(StatusCode::FORBIDDEN, Some("That is not the password."))
        }
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the administration's password could not be verified"
            );
            login(StatusCode::SERVICE_UNAVAILABLE, Some("That could not be verified now."))
        }
    }
}

/// *Log out*.
pub(super) async fn log_out(Extension(admin): Extension<Arc<Admin>>) -> Response {
    let mut gone = cookie(admin.transport, String::new());
    gone.make_removal();
    (
        SignedCookieJar::new(admin.key.clone()).add(gone),
        see_other("/admin/login"),
    )
        .into_response()
}

/// For all paths, as `__Host-` demands. No link of another site comes with it.
fn cookie(transport: Transport, value: String) -> Cookie<'static> {
    let mut cookie = transport.cookie(COOKIE, value);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_max_age(time::Duration::try_from(LIFE).unwrap_or(time::Duration::HOUR));
    cookie
}

fn login(status: StatusCode, problem: Option<&'static str>) -> Response {
    let problem = problem.map(|problem| view! { <p class="field-error" role="alert">{problem}</p> });
    let body = view! {
        <h1>"Administration"</h1>
        <form class="admin-login" method="post" action="/admin/login">
            {problem}
            <label for="password">"Password"</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required autofocus/>
            <button class="button-main">"Log in"</button>
        </form>
    };
    page(status, "Log in", page::Visitor::Outside, body)
}

#[cfg(test)]
mod tests {
    use axum_extra::extract::cookie::Key;

    use super::*;

    #[test]
    fn a_cookie_is_good_until_its_time_and_under_its_key_alone() {
        let at = Timestamp::from_unix_ms;
        let good = |jar: &SignedCookieJar, now| is_good(Transport::Https, jar, at(now));
        let (ours, other) = (Key::derive_from(&[1; 32]), Key::derive_from(&[2; 32]));
        let jar = SignedCookieJar::new(ours.clone()).add(cookie(Transport::Https, "1000".into()));
        assert!(good(&jar, 999) && !good(&jar, 1000));
        assert!(
            !is_good(Transport::PlainHttp, &jar, at(999)),
            "it has another name there"
        );
        let headers = jar.into_response().headers().clone();
        let set = headers.get("set-cookie").expect("a cookie").to_str().expect("text");
        let (pair, _) = set.split_once(';').expect("a pair");
        let mut held = axum::http::HeaderMap::new();
        held.insert("cookie", HeaderValue::from_str(pair).expect("a header"));
        assert!(good(&SignedCookieJar::from_headers(&held, ours.clone()), 999));
        assert!(!good(&SignedCookieJar::from_headers(&held, other), 999));
        held.insert("cookie", HeaderValue::from_static("__Host-once_admin=9999999999999"));
        assert!(!good(&SignedCookieJar::from_headers(&held, ours), 999));
    }
}
