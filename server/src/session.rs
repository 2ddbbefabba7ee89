//! Whose request it is. One signed cookie holds either a guest's random id or the secret of a session in the store; a
//! login and a logout replace what it holds.

use std::sync::Arc;
use std::time::Duration;

use app::wire::FailureCode;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::SignedCookieJar;
use axum_extra::extract::cookie::{Cookie, Key, SameSite};
use checkout::account::{Identity, SessionSecret};
use checkout::accounts::SESSION_LIFE;
use checkout::cart::ShopperId;
use checkout::ports::StoreError;
use uuid::Uuid;

use crate::{AppState, functions, pages};

const COOKIE: &str = "once_session";

/// How long a guest waits to be asked whether they became an account. Without an answer they go on as the guest: what
/// they ask for needs the same database.
const PATIENCE: Duration = Duration::from_millis(250);

/// The shopper of the request, and how that is known.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) shopper: ShopperId,
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
    /// The guest who was here before, and has something that can come along to an account.
    pub(crate) fn guest(&self) -> Option<ShopperId> {
        matches!(self.standing, Standing::Guest).then_some(self.shopper)
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
}

/// Finds out whose request it is. Only an unsafe method keeps a new guest: looking around sets no cookie.
pub(crate) async fn session(
    State(app): State<AppState>,
    jar: SignedCookieJar<Key>,
    mut request: Request,
    next: Next,
) -> Response {
    let held = jar.get(COOKIE).map(|cookie| cookie.value().to_owned());
    let visitor = match visitor(&app, held.as_deref().unwrap_or_default()).await {
        Ok(visitor) => visitor,
        Err(error) => return nobody_knows(&app, request.uri().path().to_owned(), &error).await,
    };
    let shopper = visitor.shopper;
    let keep = matches!(visitor.standing, Standing::New) && !request.method().is_safe();
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<SessionChange>() {
        Some(SessionChange::Begun(secret)) => (jar.add(account_cookie(&secret)), response).into_response(),
        Some(SessionChange::Ended) => (jar.remove(bare(String::new())), response).into_response(),
        None if keep => (jar.add(guest_cookie(shopper)), response).into_response(),
        None => response,
    }
}

async fn visitor(app: &AppState, held: &str) -> Result<Visitor, StoreError> {
    if let Some(secret) = parse_secret(held) {
        let found = app.accounts.resume_session(&secret).await?;
        return Ok(found.map_or_else(|| new_visitor(app), |identity| logged_in(identity, secret)));
    }
    let guest = Uuid::try_parse(held).ok().map(ShopperId::from_uuid);
    Ok(match guest {
        Some(shopper) if !is_linked(app, shopper).await => Visitor {
            shopper,
            standing: Standing::Guest,
        },
        Some(_) | None => new_visitor(app),
    })
}

fn new_visitor(app: &AppState) -> Visitor {
    Visitor {
        shopper: app.checkout.new_shopper(),
        standing: Standing::New,
    }
}

fn logged_in(identity: Identity, secret: SessionSecret) -> Visitor {
    let email = identity.email.into();
    Visitor {
        shopper: identity.shopper,
        standing: Standing::Account { email, secret },
    }
}

async fn is_linked(app: &AppState, guest: ShopperId) -> bool {
    match tokio::time::timeout(PATIENCE, app.accounts.is_linked(guest)).await {
        Ok(Ok(linked)) => linked,
        Ok(Err(_)) | Err(_) => false,
    }
}

/// Answers somebody who holds a session while the store does not tell whose. Taken for a new guest, they would be told
/// that their order token is someone else's and nothing was ordered, which may be wrong.
async fn nobody_knows(app: &AppState, path: String, error: &StoreError) -> Response {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "a session could not be looked up"
    );
    if path.starts_with("/api/") {
        return functions::answer(&FailureCode::Unavailable.into());
    }
    pages::unavailable(app, &new_visitor(app)).await
}

fn parse_secret(held: &str) -> Option<SessionSecret> {
    let mut secret = [0; 32];
    if held.len() != 2 * secret.len() || !held.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in secret.iter_mut().zip(held.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(SessionSecret::from_bytes(secret))
}

fn account_cookie(secret: &SessionSecret) -> Cookie<'static> {
    let digits = secret.as_bytes().iter().map(|byte| format!("{byte:02x}"));
    let mut cookie = bare(digits.collect());
    cookie.set_max_age(time::Duration::try_from(SESSION_LIFE).unwrap_or(time::Duration::DAY));
    cookie
}

fn guest_cookie(shopper: ShopperId) -> Cookie<'static> {
    let mut cookie = bare(shopper.as_uuid().simple().to_string());
    cookie.make_permanent();
    cookie
}

fn bare(value: String) -> Cookie<'static> {
    Cookie::build((COOKIE, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}
