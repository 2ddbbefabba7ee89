//! TLS: with a CA of one's own, with a certificate of the client's, and without trust.

use checkout_redis::RedisTokens;

use super::common::{
    Server, chain, claim_of, claimed, connect, contracted, free_port, new_token, patient, run, until,
    write_certificates,
};

/// Where a server finds its certificates: in its folder.
const CERTIFICATES: [(&str, &str); 3] = [
    ("tls-cert-file", "server.pem"),
    ("tls-key-file", "server.key"),
    ("tls-ca-cert-file", "ca.pem"),
];

/// A Redis that is entered by TLS alone. `asks` whether clients must show a certificate.
async fn start(asks: &str) -> Server {
    // The later `--port` wins.
    let mut server = Server::prepare(&["--port", "0", "--tls-auth-clients", asks]);
    write_certificates(server.folder());
    server.option("--tls-port", &server.port.to_string());
    for (option, file) in CERTIFICATES {
        server.option(&format!("--{option}"), file);
    }
    server.enter_at_any_answer();
    server.begin().await;
    server
}

fn url(server: &Server, files: &[(&str, &str)]) -> String {
    format!("rediss://127.0.0.1:{}/?{}", server.port, parameters(server, files))
}

fn parameters(server: &Server, files: &[(&str, &str)]) -> String {
    let folder = server.folder().display();
    let parameters: Vec<_> = files
        .iter()
        .map(|(name, file)| format!("{name}={folder}/{file}"))
        .collect();
    parameters.join("&")
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
    let store = connect(&url(&server, &files)).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sentinel_and_its_master_are_reached_by_tls() {
    let master = start("no").await;
    let folder = master.folder().display();
    let files = CERTIFICATES
        .map(|(option, file)| format!("{option} {folder}/{file}"))
        .join("\n");
    let sentinel = Server::sentinel(&format!(
        "port 0\ntls-port {{port}}\n{files}\ntls-auth-clients no\ntls-replication yes\n\
         sentinel monitor shop 127.0.0.1 {} 1\nsentinel down-after-milliseconds shop 60000",
        master.port
    ))
    .await;
    let url = format!(
        "rediss+sentinel://127.0.0.1:{}/shop?{}",
        sentinel.port,
        parameters(&master, &[TRUST])
    );
    checkout::token_store_contract!(contracted(&url).await, contract_in_one_test);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_is_reached_by_tls() {
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let (bus, tls) = (free_port().to_string(), free_port());
        let options = [
            "--cluster-enabled",
            "yes",
            "--cluster-port",
            &bus,
            "--tls-cluster",
            "yes",
        ];
        let mut node = Server::prepare(&[&options[..], &["--tls-auth-clients", "no"]].concat());
        // One authority for all: the first node's.
        let home = nodes
            .first()
            .map_or(node.folder(), |(first, _): &(Server, u16)| first.folder())
            .to_owned();
        if nodes.is_empty() {
            write_certificates(&home);
        }
        node.option("--tls-port", &tls.to_string());
        for (option, file) in CERTIFICATES {
            node.option(&format!("--{option}"), &home.join(file).display().to_string());
        }
        node.begin().await;
        nodes.push((node, tls));
    }
    let (first, _) = &nodes[0];
    let hosts: Vec<_> = nodes.iter().map(|(_, tls)| format!("127.0.0.1:{tls}")).collect();
    let ca = first.folder().join("ca.pem").display().to_string();
    let mut create: Vec<_> = ["--tls", "--cacert", &ca, "--cluster", "create"]
        .map(ToOwned::to_owned)
        .into();
    create.extend(hosts.iter().cloned());
    create.push("--cluster-yes".to_owned());
    run("redis-cli", &create);
    for (node, _) in &nodes {
        until("the Cluster is whole", async || {
            node.says("CLUSTER INFO", "cluster_state:ok").await
        })
        .await;
    }
    let url = format!("rediss+cluster://{}?{}", hosts.join(","), parameters(first, &[TRUST]));
    checkout::token_store_contract!(contracted(&url).await, contract_in_one_test);
}
