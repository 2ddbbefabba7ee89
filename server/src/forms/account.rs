use app::account::{AccountProblem, Credentials, TypedCredentials};
use app::context::Rejection;
use app::routes;
use axum::extract::State;
use axum::response::Response;
use axum::{Extension, Form};
use checkout::account::{EmailAddress, Password, PasswordProblem};
use checkout::accounts::{AccountsError, LoggedIn};
use checkout::contact::FieldProblem;
use checkout::log_in::LogIn;
use checkout::ports::HashError;
use checkout::register_account::{RegisterAccount, Registration};

use super::{retry_after, see_other};
use crate::AppState;
use crate::origin::Origin;
use crate::pages::rejected;
use crate::session::{SessionChange, Visitor};
use crate::throttle::TooOften;

/// *Log in*.
pub(crate) async fn log_in(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    origin: Origin,
    Form(typed): Form<Credentials>,
) -> Response {
    let email = EmailAddress::parse(&typed.email);
    let password = Password::enter(&typed.password);
    let (email, password) = match both(email, password) {
        Ok(both) => both,
        Err(problems) => return refused(&app, visitor, routes::LOG_IN, typed, problems).await,
    };
    if let Err(too_often) = app.throttle.log_in(origin.0, email.key()) {
        return throttled(&app, visitor, routes::LOG_IN, typed, too_often).await;
    }
    let guest = visitor.guest();
    match app.accounts.log_in(LogIn { email, password, guest }).await {
        Ok(Some(logged_in)) => begun(&app, &visitor, &logged_in).await,
        Ok(None) => {
            refused(
                &app,
                visitor,
                routes::LOG_IN,
                typed,
                vec![AccountProblem::WrongCredentials],
            )
            .await
        }
        Err(error) => failed(&app, visitor, routes::LOG_IN, typed, &error).await,
    }
}

/// *Create account*.
pub(crate) async fn register(
    State(app): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    origin: Origin,
    Form(typed): Form<Credentials>,
) -> Response {
    let email = EmailAddress::parse(&typed.email);
    let password = match &email {
        Ok(email) => Password::choose(&typed.password, email),
        // Judged as far as that can be done without an address.
        Err(_) => Password::enter(&typed.password),
    };
    let (email, password) = match both(email, password) {
        Ok(both) => both,
        Err(problems) => return refused(&app, visitor, routes::REGISTER, typed, problems).await,
    };
    if let Err(too_often) = app.throttle.register(origin.0) {
        return throttled(&app, visitor, routes::REGISTER, typed, too_often).await;
    }
    let guest = visitor.guest();
    match app
        .accounts
        .register_account(RegisterAccount { email, password, guest })
        .await
    {
        Ok(Registration::Registered(logged_in)) => begun(&app, &visitor, &logged_in).await,
        Ok(Registration::EmailTaken) => {
            refused(&app, visitor, routes::REGISTER, typed, vec![AccountProblem::EmailTaken]).await
        }
        Err(error) => failed(&app, visitor, routes::REGISTER, typed, &error).await,
    }
}

/// *Log out*. The browser forgets its session when the store has.
pub(crate) async fn log_out(State(app): State<AppState>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(secret) = visitor.secret() else {
        return see_other(routes::LOG_IN);
    };
    if let Err(error) = app.accounts.log_out(secret).await {
        return failed(&app, visitor, routes::LOG_IN, Credentials::default(), &error.into()).await;
    }
    let mut response = see_other(routes::LOG_IN);
    response.extensions_mut().insert(SessionChange::Ended);
    response
}

/// Somebody is logged in: their browser gets the new session, and the one that it had ends.
async fn begun(app: &AppState, before: &Visitor, logged_in: &LoggedIn) -> Response {
    if let Some(old) = before.secret()
        && let Err(error) = app.accounts.log_out(old).await
    {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "a session that was replaced ends by itself"
        );
    }
    let mut response = see_other(routes::ORDERS);
    response.extensions_mut().insert(SessionChange::Begun(logged_in.secret));
    response
}

fn both(
    email: Result<EmailAddress, FieldProblem>,
    password: Result<Password, PasswordProblem>,
) -> Result<(EmailAddress, Password), Vec<AccountProblem>> {
    match (email, password) {
        (Ok(email), Ok(password)) => Ok((email, password)),
        (email, password) => {
            let email = email.err().map(AccountProblem::Email);
            Err(email
                .into_iter()
                .chain(password.err().map(AccountProblem::Password))
                .collect())
        }
    }
}

async fn refused(
    app: &AppState,
    visitor: Visitor,
    page: &str,
    typed: Credentials,
    problems: Vec<AccountProblem>,
) -> Response {
    let status = problems.iter().map(AccountProblem::http_status).max().unwrap_or(422);
    // The password goes no further.
    let typed = TypedCredentials { email: typed.email };
    rejected(app, visitor, page, status, Rejection::Credentials { typed, problems }).await
}

async fn throttled(app: &AppState, visitor: Visitor, page: &str, typed: Credentials, too_often: TooOften) -> Response {
    let problem = AccountProblem::throttled(too_often.wait);
    let response = refused(app, visitor, page, typed, vec![problem]).await;
    retry_after(response, problem)
}

async fn failed(app: &AppState, visitor: Visitor, page: &str, typed: Credentials, error: &AccountsError) -> Response {
    let busy = matches!(error, AccountsError::Hashing(HashError::Busy));
    if busy {
        tracing::warn!("too many passwords are being hashed");
    } else {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "nobody could be logged in or out"
        );
    }
    let response = refused(app, visitor, page, typed, vec![AccountProblem::Unavailable]).await;
    retry_after(response, AccountProblem::Unavailable)
}
