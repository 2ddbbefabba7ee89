//! Where a request comes from, as far as that can be known.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Once;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::AppState;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request comes from; none when the server was not told.
///
/// The one place that decides. It is the peer of the connection, unless that is a trusted proxy: then it is whom that proxy
/// names, the last of the list, and so on for as long as it is a trusted proxy that speaks. What stands further left, anybody
/// can have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin(pub(crate) Option<IpAddr>);

impl Origin {
    pub(crate) fn of(peer: Option<&ConnectInfo<SocketAddr>>, headers: &HeaderMap, proxies: &[IpNet]) -> Self {
        let Some(peer) = peer.map(|peer| peer.0.ip()) else {
            return Self(None);
        };
        let lists = headers.get_all(FORWARDED_FOR).iter();
        let named: Vec<_> = lists
            .flat_map(|list| list.as_bytes().split(|byte| *byte == b','))
            .collect();
        if !named.is_empty() && !is_one_of(proxies, peer) {
            say_once(peer);
        }
        let mut origin = peer;
        for name in named.into_iter().rev() {
            match address(name) {
                Some(address) if is_one_of(proxies, origin) => origin = address,
                _ => break,
            }
        }
        Self(Some(origin))
    }
}

impl FromRequestParts<AppState> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self::of(peer, &parts.headers, &app.trusted_proxies))
    }
}

/// Behind a proxy that is not trusted, all shoppers count as one. Said once, for anybody can send the header.
fn say_once(peer: IpAddr) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::warn!(%peer, "X-Forwarded-For is not believed; if this is your proxy, name it in ONCE_TRUSTED_PROXIES");
    });
}

/// An address as proxies write it: some add the port.
fn address(name: &[u8]) -> Option<IpAddr> {
    let name = std::str::from_utf8(name).ok()?.trim();
    let with_port = || name.parse::<SocketAddr>().map(|address| address.ip());
    name.parse().or_else(|_| with_port()).ok()
}

/// Whether the address belongs to one of the networks.
pub(crate) fn is_one_of(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// What counts as one origin.
pub(crate) type Network = [u8; 9];

/// An IPv6 address by its first half: the other half is its owner's to choose. Requests of unknown origin count together.
pub(crate) fn network(address: Option<IpAddr>) -> Network {
    let mut network = [0; 9];
    match address.map(|address| address.to_canonical()) {
        None => {}
        Some(IpAddr::V4(address)) => {
            network[0] = 4;
            network[1..5].copy_from_slice(&address.octets());
        }
        Some(IpAddr::V6(address)) => {
            network[0] = 6;
            network[1..].copy_from_slice(&address.octets()[..8]);
        }
    }
    network
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn origin(peer: &str, lists: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(list).expect("a header"));
        }
        let proxies: Vec<_> = proxies.iter().map(|net| net.parse().expect("a network")).collect();
        let peer = ConnectInfo(SocketAddr::new(peer.parse().expect("an address"), 1234));
        let Origin(origin) = Origin::of(Some(&peer), &headers, &proxies);
        origin.expect("it is known").to_string()
    }

    #[test]
    fn se_26_nobody_is_believed_but_trusted_proxies() {
        let spoofed = ["198.51.100.1, 203.0.113.7"];
        assert_eq!(origin("192.0.2.1", &spoofed, &[]), "192.0.2.1");
        assert_eq!(origin("192.0.2.1", &spoofed, &["10.0.0.0/8"]), "192.0.2.1");
        assert_eq!(origin("10.0.0.7", &[], &["10.0.0.0/8"]), "10.0.0.7");
    }

    #[test]
    fn se_26_of_a_forwarded_list_only_what_trusted_proxies_wrote_counts() {
        let proxies = ["10.0.0.0/8", "2001:db8:ffff::/48"];
        for (peer, lists, expected) in [
            ("10.0.0.7", &["203.0.113.7"][..], "203.0.113.7"),
            ("::ffff:10.0.0.7", &["203.0.113.7"], "203.0.113.7"),
            // The shopper wrote the first one.
            ("10.0.0.7", &["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            ("10.0.0.7", &["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
            ("10.0.0.7", &["198.51.100.1, 203.0.113.7,10.0.0.8"], "203.0.113.7"),
            ("10.0.0.7", &["198.51.100.1, 10.1.1.1, 203.0.113.7"], "203.0.113.7"),
            ("2001:db8:ffff::1", &["2001:db8:1:2::3"], "2001:db8:1:2::3"),
            ("10.0.0.7", &["203.0.113.7:4711"], "203.0.113.7"),
            ("10.0.0.7", &["[2001:db8:1:2::3]:4711"], "2001:db8:1:2::3"),
            ("10.0.0.7", &["203.0.113.7, unknown"], "10.0.0.7"),
            ("10.0.0.7", &[""], "10.0.0.7"),
        ] {
            assert_eq!(origin(peer, lists, &proxies), expected, "{peer} {lists:?}");
        }
    }
}
