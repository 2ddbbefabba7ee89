use app::wire::FailureCode;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;

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
}
