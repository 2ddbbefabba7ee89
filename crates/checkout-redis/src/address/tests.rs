use super::*;

fn shown(url: &str) -> String {
    let address = Address::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    address.shown
}

fn refused(url: &str) -> String {
    let Err(error) = Address::parse(url) else {
        panic!("{url} is no address")
    };
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    error.to_string()
}

#[test]
fn every_kind_is_read_and_shown_without_its_secrets() {
    for (url, expected) in [
        ("redis://localhost", "redis://localhost:6379"),
        ("redis://me:s3cret@localhost:7000/3", "redis://localhost:7000"),
        ("rediss://me:s3cret@shop.example:6380", "rediss://shop.example:6380"),
        ("redis+unix:///run/redis.sock", "redis+unix:///run/redis.sock"),
        (
            "redis+sentinel://me:s3cret@a,b:7/shop/2",
            "redis+sentinel://a,b:7/shop/2",
        ),
        (
            "rediss+sentinel://a/shop?sentinel_password=s3cret",
            "rediss+sentinel://a/shop",
        ),
        ("redis+cluster://me:s3cret@a:1,b:2", "redis+cluster://a:1,b:2"),
        ("rediss+cluster://[::1]:7,b", "rediss+cluster://[::1]:7,b"),
    ] {
        assert_eq!(shown(url), expected);
    }
}

#[test]
fn the_sentinels_and_the_servers_have_credentials_of_their_own() {
    let url = "redis+sentinel://me:s%40cret@a,[::1],b:7/shop/2?sentinel_username=watch&sentinel_password=w%26";
    let Kind::Sentinel(service) = Address::parse(url).expect("an address").kind else {
        panic!("not a Sentinel's")
    };
    assert_eq!(service.name, "shop");
    let sentinels: Vec<_> = service.sentinels.iter().map(|info| info.addr().to_string()).collect();
    assert_eq!(sentinels, ["a:26379", "::1:26379", "b:7"]);
    assert!(
        service
            .sentinels
            .iter()
            .all(|info| info.redis_settings().password().is_none())
    );
    assert_eq!(service.sentinel_user.as_deref(), Some("watch"));
    assert_eq!(service.sentinel_password.as_deref(), Some("w&"));
    assert_eq!(service.node.username(), Some("me"));
    assert_eq!(service.node.password(), Some("s@cret"));
    assert_eq!(service.node.db(), 2);
}

#[test]
fn a_cluster_is_entered_everywhere_with_the_same_credentials() {
    let address = Address::parse("rediss+cluster://me:s3cret@a:1,b").expect("an address");
    let Kind::Cluster(nodes) = address.kind else {
        panic!("not a Cluster's")
    };
    assert_eq!(nodes.len(), 2);
    for node in nodes {
        assert!(matches!(
            node.addr(),
            redis::ConnectionAddr::TcpTls { insecure: false, .. }
        ));
        assert_eq!(node.redis_settings().password(), Some("s3cret"));
        assert!(node.tcp_settings().nodelay());
    }
}

#[test]
fn what_is_no_address_is_told_what_to_write_and_without_its_secrets() {
    for (url, why) in [
        ("localhost:6379", "there is no :// in it"),
        ("postgres://me:s3cret@localhost", "the part before :// is none of these"),
        ("redis://me:s3cret@", "URL did not parse"),
        ("redis://me:s3cret@localhost/s3cret", "Invalid database number"),
        ("redis+sentinel://me:s3cret@a,b", "the name of the service"),
        ("redis+sentinel://me:s3cret@a,/shop", "did not parse"),
        ("redis+cluster://me:s3cret@a,b/1", "no numbered databases"),
        ("redis+sentinel://me:6379/s3cret@a/shop", "written %2F"),
        ("redis://localhost?pass=s3cret", "behind the ? only"),
        ("redis://localhost?ssl_ca_certs=/ca.pem", "write rediss"),
        (
            "rediss://localhost?ssl_ca_certs=/not/there.pem",
            "/not/there.pem can not be read",
        ),
        ("rediss://localhost?ssl_certfile=/not/there.pem", "go together"),
    ] {
        let sentence = refused(url);
        assert!(sentence.contains(why), "{url}: {sentence}");
        assert!(
            sentence.contains("redis+sentinel://host:26379,host:26379/service"),
            "{sentence}"
        );
    }
}
