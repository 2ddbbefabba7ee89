//! `REDIS_URL`: one server, a Sentinel's service, or a Cluster; each with TLS or without.

use std::time::Duration;

use redis::io::tcp::TcpSettings;
use redis::{ClientTlsConfig, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo, TlsCertificates};
use url::form_urlencoded;

use crate::error::ConnectError;

/// A connection that nobody acknowledges for this long is given up and made anew: the other end vanished silently.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);

/// What a URL names. Users and passwords are in the parts that connect, and never in `shown`.
pub(crate) struct Address {
    /// For messages: where, without user, password and parameters.
    pub(crate) shown: String,
    pub(crate) kind: Kind,
    pub(crate) tls: Option<TlsCertificates>,
}

pub(crate) enum Kind {
    One(ConnectionInfo),
    Sentinel(Service),
    Cluster(Vec<ConnectionInfo>),
}

/// A service that Sentinels know the master of.
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) sentinels: Vec<ConnectionInfo>,
    pub(crate) sentinel_user: Option<String>,
    pub(crate) sentinel_password: Option<String>,
    /// How to enter the master, wherever it is.
    pub(crate) node: RedisConnectionInfo,
}

impl Address {
    pub(crate) fn parse(url: &str) -> Result<Self, ConnectError> {
        let parts = Parts::of(url)?;
        // Those of a socket are the client's own: db, user and pass.
        let socket = parts.scheme == "redis+unix";
        let parameters = Parameters::of(if socket { "" } else { parts.query })?;
        let secure = parts.scheme.starts_with("rediss");
        if !secure && parameters.certificates() {
            return Err(wrong("certificates are for TLS: write rediss instead of redis"));
        }
        let kind = match parts.scheme {
            "redis" | "rediss" | "redis+unix" => Kind::One(info(url)?),
            "redis+sentinel" | "rediss+sentinel" => Kind::Sentinel(parts.service(&parameters)?),
            "redis+cluster" | "rediss+cluster" => Kind::Cluster(parts.nodes()?),
            _ => return Err(wrong("the part before :// is none of these")),
        };
        let shown = match &kind {
            Kind::One(info) => format!("{}://{}", parts.scheme, info.addr()),
            Kind::Sentinel(_) | Kind::Cluster(_) => format!("{}://{}{}", parts.scheme, parts.hosts, parts.path),
        };
        let tls = if secure { parameters.read()? } else { None };
        Ok(Self { shown, kind, tls })
    }

    /// Whether it is reached by TLS.
    pub(crate) fn secure(&self) -> bool {
        self.shown.starts_with("rediss")
    }
}

/// `scheme://user@hosts/path?query`, where hosts may be many: more than a URL by the book can hold.
struct Parts<'a> {
    scheme: &'a str,
    /// With its `@`, or empty.
    user: &'a str,
    hosts: &'a str,
    /// With its `/`, or empty.
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Result<Self, ConnectError> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("there is no :// in it"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if path.contains('@') {
            return Err(wrong("a / in the user or the password is written %2F"));
        }
        let (user, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        Ok(Self {
            scheme,
            user,
            hosts,
            path,
            query,
        })
    }

    /// As it is written for one server.
    fn single(&self) -> &'static str {
        if self.scheme.starts_with("rediss") {
            "rediss"
        } else {
            "redis"
        }
    }

    fn nodes(&self) -> Result<Vec<ConnectionInfo>, ConnectError> {
        if !matches!(self.path, "" | "/" | "/0") {
            return Err(wrong("a Cluster has no numbered databases"));
        }
        let node = |host| info(&format!("{}://{}{host}", self.single(), self.user));
        self.hosts.split(',').map(node).collect()
    }

    fn service(&self, parameters: &Parameters) -> Result<Service, ConnectError> {
        let (name, db) = self
            .path
            .trim_matches('/')
            .split_once('/')
            .unwrap_or((self.path.trim_matches('/'), ""));
        if name.is_empty() {
            return Err(wrong("the name of the service that the Sentinels watch is missing"));
        }
        let sentinel = |host: &str| {
            let port = if has_port(host) { "" } else { ":26379" };
            info(&format!("{}://{host}{port}", self.single()))
        };
        let node = info(&format!("{}://{}service/{db}", self.single(), self.user))?;
        Ok(Service {
            name: name.to_owned(),
            sentinels: self.hosts.split(',').map(sentinel).collect::<Result<_, _>>()?,
            sentinel_user: parameters.sentinel_username.clone(),
            sentinel_password: parameters.sentinel_password.clone(),
            node: node.redis_settings().clone(),
        })
    }
}

/// An address in brackets has colons of its own.
fn has_port(host: &str) -> bool {
    host.rsplit(']').next().is_some_and(|rest| rest.contains(':'))
}

/// What may stand behind the `?`. Files are in PEM format.
#[derive(Default)]
struct Parameters {
    ssl_ca_certs: Option<String>,
    ssl_certfile: Option<String>,
    ssl_keyfile: Option<String>,
    sentinel_username: Option<String>,
    sentinel_password: Option<String>,
}

impl Parameters {
    fn of(query: &str) -> Result<Self, ConnectError> {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "ssl_ca_certs" => &mut parameters.ssl_ca_certs,
                "ssl_certfile" => &mut parameters.ssl_certfile,
                "ssl_keyfile" => &mut parameters.ssl_keyfile,
                "sentinel_username" => &mut parameters.sentinel_username,
                "sentinel_password" => &mut parameters.sentinel_password,
                _ => {
                    return Err(wrong(
                        "behind the ? only ssl_ca_certs, ssl_certfile, ssl_keyfile, sentinel_username and \
                         sentinel_password are known",
                    ));
                }
            };
            *place = Some(value.into_owned());
        }
        Ok(parameters)
    }

    fn certificates(&self) -> bool {
        self.ssl_ca_certs.is_some() || self.ssl_certfile.is_some() || self.ssl_keyfile.is_some()
    }

    /// The files; `None` when the system's certificates are to be trusted, and nobody asks for ours.
    fn read(&self) -> Result<Option<TlsCertificates>, ConnectError> {
        let root_cert = self.ssl_ca_certs.as_deref().map(file).transpose()?;
        let client_tls = match (&self.ssl_certfile, &self.ssl_keyfile) {
            (Some(cert), Some(key)) => Some(ClientTlsConfig {
                client_cert: file(cert)?,
                client_key: file(key)?,
            }),
            (None, None) => None,
            _ => return Err(wrong("ssl_certfile and ssl_keyfile go together")),
        };
        Ok(self.certificates().then_some(TlsCertificates { client_tls, root_cert }))
    }
}

fn file(path: &str) -> Result<Vec<u8>, ConnectError> {
    std::fs::read(path).map_err(|error| wrong(format!("{path} can not be read: {error}")))
}

fn info(url: &str) -> Result<ConnectionInfo, ConnectError> {
    let info = url.into_connection_info().map_err(|error| wrong(error.to_string()))?;
    Ok(info.set_tcp_settings(tcp_settings()))
}

pub(crate) fn tcp_settings() -> TcpSettings {
    let settings = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(UNACKNOWLEDGED);
    settings
}

fn wrong(cause: impl Into<String>) -> ConnectError {
    ConnectError::Address { cause: cause.into() }
}

#[cfg(test)]
mod tests;
