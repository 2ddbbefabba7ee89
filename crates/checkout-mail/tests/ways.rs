//! Both ways, to their end: a folder, and a server that speaks SMTP.

use std::error::Error as _;

use checkout::mail::Mail;
use checkout::ports::Mailer as _;
use checkout_mail::ShopMailer;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

const SENDER: &str = "orders@shop.example.org";

fn mail() -> Mail {
    Mail {
        id: "order-placed.7".into(),
        name: "Ada Lovelace".into(),
        email: "ada@example.org".into(),
        subject: "Your order A7K-4F2Q".into(),
        text: "Thank you.\n".into(),
    }
}

#[tokio::test]
async fn each_mail_is_a_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = folder.path().join("mail/out");
    let mailer = ShopMailer::open(&format!("file://{}", inside.display()), SENDER).expect("a mailer");
    for _ in 0..2 {
        mailer.send(&mail()).await.expect("written");
    }
    let files: Vec<_> = std::fs::read_dir(&inside).expect("a folder").flatten().collect();
    assert_eq!(files.len(), 2);
    for file in files {
        let text = std::fs::read_to_string(file.path()).expect("text");
        assert!(text.contains("Message-ID: <order-placed.7@shop.example.org>"), "{text}");
    }
}

/// Answers one client (RFC 5321) and gives what it was told; the mail itself with this.
async fn answer(listener: TcpListener, to_mail: &'static str) -> Vec<String> {
    let (client, _) = listener.accept().await.expect("a client");
    let (from, mut to) = client.into_split();
    let mut lines = BufReader::new(from).lines();
    to.write_all(b"220 test\r\n").await.expect("it listens");
    let (mut said, mut in_mail) = (Vec::new(), false);
    while let Ok(Some(line)) = lines.next_line().await {
        let reply = match line.split(' ').next() {
            Some(".") if in_mail => to_mail,
            _ if in_mail => "",
            Some("EHLO") => "250 test",
            Some("DATA") => "354 go on",
            Some("QUIT") => "221 bye",
            _ => "250 ok",
        };
        in_mail = (in_mail || line == "DATA") && line != ".";
        said.push(line);
        if !reply.is_empty() && to.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            break;
        }
    }
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_sent_once_the_server_answers_for_it() {
    for (to_mail, accepted) in [
        ("250 queued", true),
        ("451 <ada@example.org> try again later", false),
        ("554 <ada@example.org> no", false),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = tokio::spawn(answer(listener, to_mail));
        let mailer = ShopMailer::open(&format!("smtp://127.0.0.1:{port}"), SENDER).expect("a mailer");
        let sent = mailer.send(&mail()).await;
        assert_eq!(sent.is_ok(), accepted, "{to_mail}");
        if let Err(error) = sent {
            let cause = error.source().expect("a cause").to_string();
            assert_eq!(
                cause,
                format!("the mail server answered {}", &to_mail[..3]),
                "no address"
            );
        }
        drop(mailer);
        let said = server.await.expect("no panic");
        for line in [
            "MAIL FROM:<orders@shop.example.org>",
            "RCPT TO:<ada@example.org>",
            "Thank you.",
        ] {
            assert!(
                said.iter().any(|said| said.starts_with(line)),
                "{line} is not in {said:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_of_the_mail() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let mailer = ShopMailer::open(&format!("smtp://127.0.0.1:{port}"), SENDER).expect("a mailer");
    assert!(mailer.send(&mail()).await.is_err());
}
