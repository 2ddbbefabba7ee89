use app::wire::FailureCode;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize as _, Deserializer};
use serde_json::Number;

use super::problem::Problem;

/// A JSON body. What is none is told by a problem, and nothing of the parser's text is.
pub(super) struct Json<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into());
        }
        let body = Bytes::from_request(request, state).await;
        // Too long, or cut off.
        let body = body.map_err(|rejection| Problem::from(rejection.into_response().status()))?;
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|_| FailureCode::Malformed.into())
    }
}

/// Whether the one content type that is sent is `application/json`, in UTF-8 (RFC 8259 §8.1).
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(sent), None) = (types.next(), types.next()) else {
        return false;
    };
    let Ok(sent) = sent.to_str() else { return false };
    let (essence, parameters) = sent.split_once(';').unwrap_or((sent, ""));
    let parameters = parameters.trim();
    let in_utf_8 = parameters.is_empty()
        || parameters.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset") && value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        });
    essence.trim().eq_ignore_ascii_case("application/json") && in_utf_8
}

/// A whole number, also if it is written `2.0`: in JSON, and for JSON Schema, that is the same number.
pub(super) fn whole<'de, D: Deserializer<'de>, T: TryFrom<i64>>(deserializer: D) -> Result<T, D::Error> {
    let number = Number::deserialize(deserializer)?;
    let whole = number.as_i64().or_else(|| number.as_f64().and_then(exact));
    let wanted = whole.and_then(|whole| T::try_from(whole).ok());
    wanted.ok_or_else(|| D::Error::custom("no whole number of this range"))
}

/// The whole number that this is. From 2^53 on not every number has a double of its own.
fn exact(number: f64) -> Option<i64> {
    const MOST: f64 = 9_007_199_254_740_991.0;
    let is_whole = number.fract() == 0.0 && number.abs() <= MOST;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and fits")]
    is_whole.then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn mi_04_json_is_taken_and_nothing_else_is() {
        let judge = |sent: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in sent {
                headers.append(CONTENT_TYPE, HeaderValue::from_static(value));
            }
            is_json(&headers)
        };
        for json in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert!(judge(&[json]), "{json}");
        }
        for other in [
            "",
            "text/plain",
            "application/cbor",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "application/problem+json",
            "application/json; charset=latin1",
            "text/plain; application/json",
        ] {
            assert!(!judge(&[other]), "{other}");
        }
        assert!(!judge(&[]));
        assert!(!judge(&["application/json", "text/plain"]));
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        #[derive(serde::Deserialize)]
        struct Sent(#[serde(deserialize_with = "whole")] u32);
        #[derive(serde::Deserialize)]
        struct Amount(#[serde(deserialize_with = "whole")] i64);

        let read = |text: &str| serde_json::from_str::<Sent>(text).ok().map(|sent| sent.0);
        for (text, number) in [
            ("2", 2),
            ("2.0", 2),
            ("2e0", 2),
            ("20E-1", 2),
            ("-0.0", 0),
            ("4294967295", u32::MAX),
        ] {
            assert_eq!(read(text), Some(number), "{text}");
        }
        let amount = |text: &str| serde_json::from_str::<Amount>(text).ok().map(|sent| sent.0);
        // Read less exactly, it would have a fraction.
        assert_eq!(amount("2040335629170611.0"), Some(2_040_335_629_170_611));
        assert_eq!(amount("-9007199254740991e0"), Some(-9_007_199_254_740_991));
        for other in [
            "2.5",
            "-1",
            "4294967296",
            "1e30",
            "1e400",
            "\"2\"",
            "null",
            "true",
            "[2]",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(exact(9_007_199_254_740_992.0), None);
    }
}
