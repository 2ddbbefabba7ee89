//! Whose request it is. One signed cookie holds either a guest's random id or the secret of a session in the store; a
//! login and a logout replace what it holds.

use std::sync::Arc;

use app::locale::Locale;
use app::wire::FailureCode;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::SignedCookieJar;
use axum_extra::extract::cookie::{Cookie, Key};
use checkout::account::{Identity, SessionSecret};
use checkout::accounts::SESSION_LIFE;
use checkout::cart::ShopperId;
use checkout::ports::StoreError;
use uuid::Uuid;

use crate::security::transport::Transport;
use crate::{AppState, functions, language, pages};

const COOKIE: &str = "once_session";

/// Who asks, how that is known, and in which language.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) shopper: ShopperId,
    pub(crate) locale: Locale,
    standing: Standing,
}

#[derive(Clone, Debug)]
enum Standing {
    /// They hold no cookie, or one that is worth nothing any more.
    New,
    /// They were here before.
    Guest,
    /// They are logged in.
    Account { email: Arc<str>, secret: SessionSecret },
}

impl Visitor {
    /// Somebody who was not here before.
    pub(crate) fn new(app: &AppState, locale: Locale) -> Self {
        Self {
            shopper: app.checkout.new_shopper(),
            locale,
            standing: Standing::New,
        }
    }

    /// The guest who was here before, and has something that can come along to an account.
    pub(crate) fn guest(&self) -> Option<ShopperId> {
        matches!(self.standing, Standing::Guest).then_some(self.shopper)
    }

    /// Whether nobody is known by what was sent.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.standing, Standing::New)
    }

    /// The e-mail address of who is logged in.
    pub(crate) fn email(&self) -> Option<Arc<str>> {
        match &self.standing {
            Standing::Account { email, .. } => Some(Arc::clone(email)),
            Standing::New | Standing::Guest => None,
        }
    }

    /// The session of who is logged in.
    pub(crate) fn secret(&self) -> Option<&SessionSecret> {
        match &self.standing {
            Standing::Account { secret, .. } => Some(secret),
            Standing::New | Standing::Guest => None,
        }
    }
}

/// What an answer does to the cookie. A handler leaves it in the extensions of its answer.
#[derive(Clone, Copy)]
pub(crate) enum SessionChange {
    /// From now on, the browser holds this.
    Begun(SessionSecret),
    /// From now on, it holds nothing.
    Ended,
    /// From now on, it holds a new guest.
    Renewed(ShopperId),
}

/// Finds out whose request it is. Only an unsafe method keeps a new guest: looking around sets no cookie.
pub(crate) async fn session(
    State(app): State<AppState>,
    jar: SignedCookieJar<Key>,
    mut request: Request,
    next: Next,
) -> Response {
    let transport = app.transport;
    let held = jar
        .get(&transport.cookie_name(COOKIE))
        .map(|cookie| cookie.value().to_owned());
    let locale = language::of_request(transport, request.headers());
    let visitor = match visitor(&app, held.as_deref().unwrap_or_default(), locale).await {
        Ok(visitor) => visitor,
        Err(error) => return nobody_knows(&app, request.uri().path().to_owned(), locale, &error).await,
    };
    let shopper = visitor.shopper;
    let keep = matches!(visitor.standing, Standing::New) && !request.method().is_safe();
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<SessionChange>() {
        Some(SessionChange::Begun(secret)) => (jar.add(account_cookie(transport, &secret)), response).into_response(),
        Some(SessionChange::Ended) => (jar.remove(transport.cookie(COOKIE, String::new())), response).into_response(),
        Some(SessionChange::Renewed(guest)) => (jar.add(guest_cookie(transport, guest)), response).into_response(),
        None if keep => (jar.add(guest_cookie(transport, shopper)), response).into_response(),
        None => response,
    }
}

/// Who holds this value of a session, which was signed here.
pub(crate) async fn visitor(app: &AppState, held: &str, locale: Locale) -> Result<Visitor, StoreError> {
    if let Some(secret) = parse_secret(held) {
        let found = app.accounts.resume_session(&secret).await?;
        return Ok(found.map_or_else(
            || Visitor::new(app, locale),
            |Identity { shopper, email }| {
                let email = email.into();
                let standing = Standing::Account { email, secret };
                Visitor {
                    shopper,
                    locale,
                    standing,
                }
            },
        ));
    }
    Ok(match Uuid::try_parse(held) {
        Ok(guest) => Visitor {
            shopper: ShopperId::from_uuid(guest),
            locale,
            standing: Standing::Guest,
        },
        Err(_) => Visitor::new(app, locale),
    })
}

/// Stands before what opens a cart: a guest who became an account opens none any more, so that whoever still holds a copy
/// of their cookie goes on as a new guest, and puts nothing into the account.
///
/// Only there. What that guest began goes on as theirs: a submission that was on its way during the login, and is sent
/// again with the old cookie, must hear of its order.
pub(crate) async fn renewed(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>().cloned() else {
        return next.run(request).await;
    };
    let Some(guest) = visitor.guest() else {
        return next.run(request).await;
    };
    match app.accounts.is_linked(guest).await {
        Ok(false) => next.run(request).await,
        Ok(true) => {
            let visitor = Visitor::new(&app, visitor.locale);
            let change = SessionChange::Renewed(visitor.shopper);
            request.extensions_mut().insert(visitor);
            let mut response = next.run(request).await;
            response.extensions_mut().insert(change);
            response
        }
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a guest could not be looked up"
            );
            pages::unavailable(&app, &visitor).await
        }
    }
}

/// Answers somebody who holds a session while the store does not tell whose. Taken for a new guest, they would be told
/// that their order token is someone else's and nothing was ordered, which may be wrong.
async fn nobody_knows(app: &AppState, path: String, locale: Locale, error: &StoreError) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "a session could not be looked up"
    );
    if path.starts_with("/api/") {
        return functions::failed(&FailureCode::Unavailable.into());
    }
    pages::unavailable(app, &Visitor::new(app, locale)).await
}

fn parse_secret(held: &str) -> Option<SessionSecret> {
    let is_secret = held.len() == 64 && held.bytes().all(|digit| digit.is_ascii_hexdigit());
    let (front, back) = held.split_at_checked(32).filter(|_| is_secret)?;
    let half = |digits| u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes);
    let mut secret = [0; 32];
    secret[..16].copy_from_slice(&half(front)?);
    secret[16..].copy_from_slice(&half(back)?);
    Some(SessionSecret::from_bytes(secret))
}

fn account_cookie(transport: Transport, secret: &SessionSecret) -> Cookie<'static> {
    let half = |from: usize| {
        let mut half = [0; 16];
        half.copy_from_slice(&secret.as_bytes()[from..from + 16]);
        u128::from_be_bytes(half)
    };
    let mut cookie = transport.cookie(COOKIE, format!("{:032x}{:032x}", half(0), half(16)));
    cookie.set_max_age(time::Duration::try_from(SESSION_LIFE).unwrap_or(time::Duration::DAY));
    cookie
}

/// What the session of a guest holds, before it is signed.
pub(crate) fn guest_value(guest: ShopperId) -> String {
    guest.as_uuid().simple().to_string()
}

fn guest_cookie(transport: Transport, shopper: ShopperId) -> Cookie<'static> {
    let mut cookie = transport.cookie(COOKIE, guest_value(shopper));
    cookie.make_permanent();
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_as_it_was_written_and_nothing_else_is_one() {
        let mut bytes = [0xA5; 32];
        (bytes[0], bytes[16], bytes[31]) = (0, 0, 7);
        let secret = SessionSecret::from_bytes(bytes);
        let cookie = account_cookie(Transport::Https, &secret);
        assert_eq!(parse_secret(cookie.value()), Some(secret));
        let guest = guest_cookie(Transport::Https, ShopperId::from_uuid(Uuid::from_bytes([7; 16])));
        let long = format!("{}0", cookie.value());
        let signed = format!("+{}", &cookie.value()[1..]);
        for none in ["", guest.value(), &cookie.value()[1..], &long, &signed, &"ä".repeat(32)] {
            assert_eq!(parse_secret(none), None, "{none}");
        }
    }
}
