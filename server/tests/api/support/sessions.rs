use reqwest::{Response, StatusCode};

use super::{Visitor, location};

/// Of every account in these tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// The session that an answer brings, as a browser sends it back.
pub fn session_cookie(answer: &Response) -> Option<String> {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let set = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    set.into_iter()
        .find(|cookie| cookie.starts_with("__Host-once_session="))
        .map(str::to_owned)
}

impl Visitor {
    /// A page, as somebody who holds this cookie alone.
    pub async fn get_with(&self, path: &str, cookie: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.base));
        request.header("cookie", cookie).send().await.expect("an answer")
    }

    /// Makes an account, or logs in to it; returns the cookie that comes with it.
    pub async fn enter(&self, path: &str, email: &str) -> String {
        let answer = self.post(path, &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path} {email}");
        assert_eq!(location(&answer), "/orders");
        session_cookie(&answer).expect("a session")
    }
}
