use app::wire::FailureCode;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::problem::Problem;

const HEADER: &str = "idempotency-key";

/// The order token, as the `Idempotency-Key` of a request; empty where none was sent.
pub(super) struct IdempotencyKey(pub(super) String);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let mut sent = parts.headers.get_all(HEADER).iter();
        let key = match (sent.next(), sent.next()) {
            (None, _) => Some(String::new()),
            (Some(only), None) => only.to_str().ok().map(|text| unquoted(text).to_owned()),
            (Some(_), Some(_)) => None,
        };
        key.map(Self).ok_or_else(|| FailureCode::Malformed.into())
    }
}

/// The content of a quoted string (RFC 8941 §3.3.3), or the bare text. A token has no character that would be escaped in
/// a string, so that escapes need not be understood: what holds one is no token.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn a_key_is_read_quoted_and_bare() {
        for (sent, key) in [
            ("\"abc\"", "abc"),
            ("abc", "abc"),
            (" \"abc\" ", "abc"),
            ("\"\"", ""),
            ("", ""),
            ("\"", "\""),
            ("\"abc", "\"abc"),
            ("\"a\\\"b\"", "a\\\"b"),
        ] {
            assert_eq!(unquoted(sent), key, "{sent}");
        }
    }
}
