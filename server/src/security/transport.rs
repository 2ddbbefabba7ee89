//! How browsers reach the shop, and what that means for its cookies.

use axum_extra::extract::cookie::{Cookie, SameSite};

/// How browsers reach the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// By TLS, as a proxy in front of the shop ends it.
    Https,
    /// By plain HTTP: a shop on one's own machine.
    PlainHttp,
}

impl Transport {
    /// The name that browsers keep a cookie under. One that begins with `__Host-` they accept from this host alone, by TLS, for
    /// all of its paths (RFC 6265bis, 4.1.3.2): neither a neighbour under the same domain nor plain HTTP can plant one.
    pub(crate) fn cookie_name(self, name: &str) -> String {
        match self {
            Self::Https => format!("__Host-{name}"),
            Self::PlainHttp => name.to_owned(),
        }
    }

    /// A cookie of the shop. It lasts as long as the browser runs, unless it is told otherwise.
    pub(crate) fn cookie(self, name: &str, value: String) -> Cookie<'static> {
        Cookie::build((self.cookie_name(name), value))
            .path("/")
            .http_only(true)
            .secure(self == Self::Https)
            .same_site(SameSite::Lax)
            .build()
    }
}
