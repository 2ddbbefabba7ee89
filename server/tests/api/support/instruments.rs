//! What whoever runs the shop sees of it.

use std::path::PathBuf;

use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt as _;

use super::Shop;

impl Shop {
    /// Another server of the same shop, whose administration has this password.
    pub async fn with_admin(&self, password: &str) -> Self {
        std::fs::write(self.password_file(), password).expect("written");
        self.with_admin_and(&[]).await
    }

    /// Another one with the same password, set so.
    pub async fn with_admin_and(&self, arguments: &[&str]) -> Self {
        let file = self.password_file().display().to_string();
        self.beside(&[&["--admin-password-file", &file], arguments].concat())
            .await
    }

    fn password_file(&self) -> PathBuf {
        self.folder.path().join("admin-password")
    }

    /// The number that this series has at the address of its metrics.
    pub async fn metric(&self, series: &str) -> u64 {
        let body = axum::body::to_bytes(self.metrics("/metrics").await.into_body(), 1 << 20).await;
        let text = String::from_utf8(body.expect("a body").to_vec()).expect("text");
        let mut numbers = text
            .lines()
            .filter_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        let number = numbers.next().unwrap_or_else(|| panic!("{series} is not in {text}"));
        number.parse().expect("a number")
    }

    /// Has everything written that waits for the ledger.
    pub async fn close_ledger(&self) {
        self.instruments.close().await;
    }

    /// What this server answers at the address of its metrics.
    pub async fn metrics(&self, path: &str) -> axum::response::Response {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        self.metrics.clone().oneshot(request).await.expect("an answer")
    }
}
