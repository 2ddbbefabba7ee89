//! In which language a request is answered: as its cookie says, else as its browser asks.

use app::locale::Locale;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::http::Uri;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;

use crate::AppState;
use crate::forms::see_other;
use crate::security::transport::Transport;

const COOKIE: &str = "once_lang";

/// The language to answer with.
pub(crate) fn of_request(transport: Transport, headers: &HeaderMap) -> Locale {
    let chosen = CookieJar::from_headers(headers)
        .get(&transport.cookie_name(COOKIE))
        .and_then(|cookie| Locale::from_tag(cookie.value()));
    let asked = || headers.get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(negotiate);
    chosen.or_else(asked).unwrap_or_default()
}

/// The language that `Accept-Language` likes best of those there are (RFC 9110 §12.5.4); the first of equals.
fn negotiate(header: &str) -> Option<Locale> {
    let mut best = None;
    for range in header.split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let quality = quality(parameters);
        let better = best.is_none_or(|(_, most)| quality > most);
        if let (Some(locale), true) = (Locale::from_tag(tag.trim()), better && quality > 0) {
            best = Some((locale, quality));
        }
    }
    best.map(|(locale, _)| locale)
}

/// A weight in thousandths. What is none counts as "not at all".
fn quality(parameters: &str) -> u16 {
    match parameters.trim().strip_prefix("q=") {
        None if parameters.trim().is_empty() => 1_000,
        None => 0,
        Some(number) => {
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            let digits = format!("{fraction:0<3}");
            match (whole, digits.len(), digits.parse::<u16>()) {
                ("0", 3, Ok(thousandths)) => thousandths,
                ("1", 3, Ok(0)) => 1_000,
                _ => 0,
            }
        }
    }
}

/// The language switch.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    language: String,
    #[serde(default)]
    back: String,
}

/// Keeps the choice in a cookie, and goes back to the page that it was made on.
pub(crate) async fn choose(State(app): State<AppState>, Form(choice): Form<Choice>) -> Response {
    let back = if is_local(&choice.back) { &choice.back } else { "/" };
    let answer = see_other(back);
    match Locale::from_tag(&choice.language) {
        Some(locale) => (CookieJar::new().add(cookie(app.transport, locale)), answer).into_response(),
        None => answer,
    }
}

fn cookie(transport: Transport, locale: Locale) -> Cookie<'static> {
    let mut cookie = transport.cookie(COOKIE, locale.tag().to_owned());
    cookie.make_permanent();
    cookie
}

/// Whether an address is a path of this shop, and nothing that a browser would read as another site's.
fn is_local(address: &str) -> bool {
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let path = address.starts_with('/') && !address.starts_with("//");
    let parsed = address.parse::<Uri>();
    plain && path && parsed.is_ok_and(|uri| uri.authority().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE as COOKIE_HEADER;

    #[test]
    fn the_language_that_is_liked_best_is_chosen() {
        for (header, locale) in [
            ("de", Some(Locale::De)),
            ("de-AT,en;q=0.8", Some(Locale::De)),
            ("fr, en;q=0.3, de;q=0.7", Some(Locale::De)),
            ("en-GB,de;q=0.999", Some(Locale::En)),
            ("de;q=0.5,en;q=0.5", Some(Locale::De)),
            ("de;q=0, en;q=0.1", Some(Locale::En)),
            ("de;q=0", None),
            ("de;q=2, de;q=x, de;level=1, de;q=0.0001", None),
            ("fr, *", None),
            ("", None),
        ] {
            assert_eq!(negotiate(header), locale, "{header:?}");
        }
    }

    #[test]
    fn the_cookie_wins_over_the_browser() {
        let mut headers = HeaderMap::new();
        assert_eq!(of_request(Transport::PlainHttp, &headers), Locale::En);
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("de"));
        assert_eq!(of_request(Transport::PlainHttp, &headers), Locale::De);
        headers.insert(COOKIE_HEADER, HeaderValue::from_static("a=b; once_lang=en"));
        assert_eq!(of_request(Transport::PlainHttp, &headers), Locale::En);
        headers.insert(COOKIE_HEADER, HeaderValue::from_static("once_lang=xx"));
        assert_eq!(of_request(Transport::PlainHttp, &headers), Locale::De);
    }

    #[test]
    fn only_own_paths_are_gone_back_to() {
        for own in ["/", "/cart", "/cart?removed=enamel-mug+2", "/orders/01890000"] {
            assert!(is_local(own), "{own:?}");
        }
        for other in [
            "",
            "cart",
            "//example.org",
            "/\\example.org",
            "\\/example.org",
            "https://example.org/",
            "javascript:alert(1)",
            "/a\r\nset-cookie: a=b",
            "/\t/example.org",
            " /cart",
            "/ä",
        ] {
            assert!(!is_local(other), "{other:?}");
        }
    }
}
