//! The whole shop in this process, for what is only reached by a request.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use clap::Parser as _;
use serde_json::{Value, json};
use server::config::Config;
use server::{router, startup};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// Where requests seem to come from.
const SOMEWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 40_000);

/// The most of an answer that is read.
const MOST_BYTES: usize = 4 << 20;

/// A shop with SQLite and tokens in this process, and a shopper in front of a confirmation page.
pub struct Shop {
    runtime: Runtime,
    router: Router,
    /// The shopper's cookie.
    pub cookie: String,
    /// The address of the confirmation page.
    pub page: String,
    /// What the page would send, with the receiver filled in.
    pub fields: Vec<(String, String)>,
    /// What the API says of the same cart: its quote, and a token to order it with.
    pub checkout: Value,
    /// What orders it there.
    pub order: Value,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as text.
    pub body: String,
}

impl Shop {
    /// Opens it.
    pub fn open() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let at = |name: &str| folder.path().join(name).display().to_string();
        // As many changes as one likes: a request that is throttled is not read.
        let line = [
            "once",
            "--changes-per-minute",
            "0",
            "--secret-file",
            &at("secret"),
            "--database-url",
        ];
        let config = Config::try_parse_from(
            line.iter()
                .copied()
                .chain([format!("sqlite://{}", at("once.db")).as_str()]),
        )?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let router = runtime.block_on(async {
            let (app, _) = startup::open(&config).await?;
            let service = router::service(app).oneshot(SOMEWHERE).await;
            let service = service.unwrap_or_else(|never| match never {});
            anyhow::Ok(Router::new().fallback_service(service))
        })?;
        let mut shop = Self {
            runtime,
            router,
            cookie: String::new(),
            page: String::new(),
            fields: Vec::new(),
            checkout: Value::Null,
            order: Value::Null,
            _folder: folder,
        };
        shop.go_to_checkout()?;
        Ok(shop)
    }

    fn go_to_checkout(&mut self) -> anyhow::Result<()> {
        let bought = self.post("/buy-now", FORM, b"slug=enamel-mug&quantity=1".to_vec())?;
        let header = |name| {
            bought
                .headers
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
        };
        let cookie = header(SET_COOKIE).and_then(|cookie| cookie.split(';').next());
        self.cookie = cookie.context("a cookie")?.into();
        self.page = header(LOCATION).context("a confirmation page")?.into();
        let page = self
            .get(&self.page, &self.cookie.clone().into_bytes())?
            .context("a header")?
            .body;
        for name in ["token", "cart", "quote"] {
            let value = hidden(&page, name).with_context(|| format!("no {name} on the confirmation page"))?;
            self.fields.push((name.to_owned(), value));
        }
        let contact = CONTACT.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.fields.extend(contact.clone());
        let cart = self.page.rsplit('/').next().context("a cart")?;
        let checkout = self.send_json(
            "/api/v1/checkouts",
            b"",
            json!({ "cart": cart }).to_string().into_bytes(),
        )?;
        self.checkout = serde_json::from_str(&checkout.body)?;
        let contact: BTreeMap<_, _> = contact.into_iter().collect();
        self.order = json!({ "quote": self.checkout["quote"], "contact": contact });
        Ok(())
    }

    /// Sends JSON to the API as the shopper: to change what the address names, or to add to it. Keys that can not stand in a
    /// header are left out.
    pub fn send_json(&self, path: &str, key: &[u8], body: Vec<u8>) -> anyhow::Result<Answer> {
        let mut headers = vec![
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (COOKIE, HeaderValue::from_str(&self.cookie)?),
        ];
        if let Ok(key) = HeaderValue::from_bytes(key) {
            headers.push((HeaderName::from_static("idempotency-key"), key));
        }
        let method = if path.contains("/lines/") {
            Method::PUT
        } else {
            Method::POST
        };
        self.send(method, path, &headers, body)
    }

    /// Asks with these bytes as the cookie; none when they can not stand in a header.
    pub fn get(&self, path: &str, cookie: &[u8]) -> anyhow::Result<Option<Answer>> {
        let Ok(cookie) = HeaderValue::from_bytes(cookie) else {
            return Ok(None);
        };
        self.send(Method::GET, path, &[(COOKIE, cookie)], Vec::new()).map(Some)
    }

    /// Posts these bytes as the shopper.
    pub fn post(&self, path: &str, content_type: &'static str, body: Vec<u8>) -> anyhow::Result<Answer> {
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (COOKIE, HeaderValue::from_str(&self.cookie)?),
        ];
        self.send(Method::POST, path, &headers, body)
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, HeaderValue)],
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse::<Uri>()?;
        request.headers_mut().extend(headers.iter().cloned());
        request.extensions_mut().insert(ConnectInfo(SOMEWHERE));
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await;
            let response = response.unwrap_or_else(|never| match never {});
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, MOST_BYTES).await?;
            Ok(Answer {
                status: parts.status.as_u16(),
                headers: parts.headers,
                body: String::from_utf8_lossy(&body).into_owned(),
            })
        })
    }
}

/// The content type of a plain form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// To whom.
const CONTACT: [(&str, &str); 6] = [
    ("name", "Ada Lovelace"),
    ("email", "ada@example.org"),
    ("street", "12 St James's Square"),
    ("postcode", "SW1Y 4JH"),
    ("city", "London"),
    ("country", "United Kingdom"),
];

fn hidden(html: &str, name: &str) -> Option<String> {
    let named = [format!("name=\"order[{name}]\""), format!("name=\"{name}\"")];
    let mut inputs = html.split("<input ").filter_map(|input| input.split('>').next());
    let input = inputs.find(|input| named.iter().any(|name| input.contains(name)))?;
    let (_, value) = input.split_once("value=\"")?;
    value.split_once('"').map(|(value, _)| value.to_owned())
}
