//! What whoever runs the shop sees of it.

use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt as _;

use super::Shop;

impl Shop {
    /// Another server of the same shop, whose administration has this password.
    pub async fn with_admin(&self, password: &str) -> Self {
        let file = self.folder.path().join("admin-password");
        std::fs::write(&file, password).expect("written");
        self.beside(&["--admin-password-file", &file.display().to_string()])
            .await
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
