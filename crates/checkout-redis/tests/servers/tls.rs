//! TLS: with a CA of one's own, with a certificate of the client's, and without trust.

use std::path::Path;

use base64::Engine as _;
use checkout_redis::RedisTokens;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::common::{Server, chain, claim_of, claimed, connect_with, contracted, new_token, patient};

/// A CA, a server's and a client's certificate, as files in a server's folder.
fn write_certificates(folder: &Path) {
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.distinguished_name.push(DnType::CommonName, "an authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = authority.self_signed(&authority_key).expect("a certificate");
    write_pem(&folder.join("ca.pem"), "CERTIFICATE", certificate.der());
    let issuer = Issuer::new(authority, authority_key);
    for name in ["server", "client"] {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]);
        let mut params = params.expect("names");
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.signed_by(&key, &issuer).expect("a certificate");
        write_pem(&folder.join(format!("{name}.pem")), "CERTIFICATE", certificate.der());
        write_pem(&folder.join(format!("{name}.key")), "PRIVATE KEY", &key.serialize_der());
    }
}

fn write_pem(path: &Path, label: &str, der: &[u8]) {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    let pem = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"));
    std::fs::write(path, pem).expect("written");
}

/// A Redis that is entered by TLS alone. `asks` whether clients must show a certificate.
async fn start(asks: &str) -> Server {
    // The later `--port` wins; paths are relative to the server's folder.
    let mut server = Server::prepare(&["--port", "0", "--tls-auth-clients", asks]);
    write_certificates(server.folder());
    let port = server.port.to_string();
    for (option, value) in [
        ("--tls-port", port.as_str()),
        ("--tls-cert-file", "server.pem"),
        ("--tls-key-file", "server.key"),
        ("--tls-ca-cert-file", "ca.pem"),
    ] {
        server.option(option, value);
    }
    server.enter_at_any_answer();
    server.begin().await;
    server
}

fn url(server: &Server, files: &[(&str, &str)]) -> String {
    let folder = server.folder().display();
    let parameters: Vec<_> = files
        .iter()
        .map(|(name, file)| format!("{name}={folder}/{file}"))
        .collect();
    format!("rediss://127.0.0.1:{}/?{}", server.port, parameters.join("&"))
}

const TRUST: (&str, &str) = ("ssl_ca_certs", "ca.pem");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_contract_holds_over_tls() {
    let server = start("no").await;
    let url = url(&server, &[TRUST]);
    checkout::token_store_contract!(contracted(&url).await, contract_in_one_test);
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_is_shown_one() {
    let server = start("yes").await;
    let files = [TRUST, ("ssl_certfile", "client.pem"), ("ssl_keyfile", "client.key")];
    let store = connect_with(&url(&server, &files), &patient()).await;
    claimed(&store, &claim_of(new_token())).await;
    assert!(
        RedisTokens::connect(&url(&server, &[TRUST]), &patient()).await.is_err(),
        "without one"
    );
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_not_talked_to() {
    let server = start("no").await;
    let Err(error) = RedisTokens::connect(&url(&server, &[]), &patient()).await else {
        panic!("the system knows no such CA")
    };
    assert!(
        chain(&error).to_lowercase().contains("certificate"),
        "{}",
        chain(&error)
    );
    let plain = format!("redis://127.0.0.1:{}", server.port);
    assert!(
        RedisTokens::connect(&plain, &patient()).await.is_err(),
        "and not in the clear"
    );
}
