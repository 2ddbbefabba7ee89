//! Bodies: how many bytes, and by when. Whoever sends one slowly keeps a connection busy, and nothing behind it.

use std::error::Error as _;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::LengthLimitError;
use tokio::time::timeout;

/// The most bytes that a request's body may have. The longest form is far smaller.
const MOST_BYTES: usize = 64 * 1024;
/// Of a body that is too long, so many bytes are read before the answer, for so long: whoever is cut off while still sending
/// never sees it.
const MOST_READ_BYTES: usize = 2 * MOST_BYTES;
const LINGER: Duration = Duration::from_millis(250);

/// Reads the whole body before anything else sees the request.
pub(crate) async fn whole(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if announced(&parts.headers).is_some_and(|bytes| bytes > MOST_BYTES) {
        // Whatever comes of it, the answer is the same.
        let _ = timeout(LINGER, to_bytes(body, MOST_READ_BYTES)).await;
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    match timeout(patience, to_bytes(body, MOST_READ_BYTES)).await {
        Ok(Ok(whole)) if whole.len() > MOST_BYTES => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Ok(Ok(whole)) => next.run(Request::from_parts(parts, Body::from(whole))).await,
        Ok(Err(error))
            if error
                .source()
                .is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) =>
        {
            StatusCode::PAYLOAD_TOO_LARGE.into_response()
        }
        Ok(Err(_broken)) => StatusCode::BAD_REQUEST.into_response(),
        Err(_elapsed) => {
            // What still comes is no request any more (RFC 9110, 15.5.9).
            (
                StatusCode::REQUEST_TIMEOUT,
                [(CONNECTION, HeaderValue::from_static("close"))],
            )
                .into_response()
        }
    }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
