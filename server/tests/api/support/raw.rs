//! Requests that no client would send.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::Shop;

/// Longer than anything that is waited for here.
const PATIENCE: Duration = Duration::from_secs(20);

impl Shop {
    /// Announces a body of so many bytes, sends none of it, and returns the status line of the answer.
    pub async fn announce(&self, path: &str, bytes: usize) -> String {
        let mut connection = BufReader::new(TcpStream::connect(self.address).await.expect("it listens"));
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {bytes}\r\n\r\n",
            self.address
        );
        connection.write_all(head.as_bytes()).await.expect("sent");
        let mut status = String::new();
        connection.read_line(&mut status).await.expect("an answer");
        status.trim_end().to_owned()
    }

    /// Sends a body of so many chunks of 1 kB without telling its length, and returns the status line of the answer.
    pub async fn in_chunks(&self, path: &str, chunks: usize) -> String {
        let mut connection = BufReader::new(TcpStream::connect(self.address).await.expect("it listens"));
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
            self.address
        );
        let chunk = format!("400\r\n{}\r\n", " ".repeat(0x400));
        let body = format!("{head}{}0\r\n\r\n", chunk.repeat(chunks));
        connection.write_all(body.as_bytes()).await.expect("sent");
        let mut status = String::new();
        connection.read_line(&mut status).await.expect("an answer");
        status.trim_end().to_owned()
    }

    /// Sends these bytes and reads until the server closes, as it is told to after the last answer.
    pub async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut connection = self.connect().await;
        // It may have closed before all was sent.
        let _ = connection.write_all(bytes.as_ref()).await;
        read_to_end(&mut connection).await
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    /// A connection from another address of this machine.
    pub async fn connect_from(&self, address: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        let from = format!("{address}:0").parse().expect("an address");
        socket.bind(from).expect("127.0.0.0/8 is this machine");
        socket.connect(self.address).await.expect("it listens")
    }
}

/// Everything until the other end closes.
pub async fn read_to_end(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // Closed in whichever way.
    let read = timeout(PATIENCE, connection.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "it was not closed: {}", String::from_utf8_lossy(&answer));
    String::from_utf8_lossy(&answer).into_owned()
}

/// Everything until the head of an answer is there.
pub async fn read_head(connection: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = timeout(PATIENCE, connection.read_u8()).await.expect("in time");
        match byte {
            Ok(byte) => head.push(byte),
            Err(_closed) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}
