//! What is no request, and what two servers would read differently.

use crate::support::{Shop, Stores};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_07_what_two_servers_would_read_differently_ends_the_connection() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &[]).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
    for (what, head) in [
        (
            "two lengths",
            "POST /cart HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncontent-length: 5\r\n\r\n",
        ),
        (
            "a length that is none",
            "POST /cart HTTP/1.1\r\nhost: x\r\ncontent-length: +5\r\n\r\n",
        ),
        (
            "a length of two",
            "POST /cart HTTP/1.1\r\nhost: x\r\ncontent-length: 0, 5\r\n\r\n",
        ),
        (
            "a space before the colon",
            "POST /cart HTTP/1.1\r\nhost: x\r\ncontent-length : 5\r\n\r\n",
        ),
        ("a folded line", "GET /cart HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n"),
        (
            "an unknown coding",
            "POST /cart HTTP/1.1\r\nhost: x\r\ntransfer-encoding: x\r\n\r\n",
        ),
        (
            "chunked, and not at the end",
            "POST /cart HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, x\r\n\r\n",
        ),
        (
            "chunked in HTTP/1.0",
            "POST /cart HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "a line end in a name",
            "GET /cart HTTP/1.1\r\nhost: x\r\nx-\ra: b\r\n\r\n",
        ),
        ("a NUL in a value", "GET /cart HTTP/1.1\r\nhost: x\r\nx-a: b\0c\r\n\r\n"),
        (
            "a lone CR in a value",
            "GET /cart HTTP/1.1\r\nhost: x\r\nx-a: b\rc\r\n\r\n",
        ),
        ("no version", "GET /cart HTTP/9.9\r\nhost: x\r\n\r\n"),
        ("no method", "G(T /cart HTTP/1.1\r\nhost: x\r\n\r\n"),
    ] {
        let answer = shop.raw(format!("{head}{smuggled}")).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{what}: {answer}");
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            1,
            "{what}: one answer, and closed: {answer}"
        );
    }
}

/// RFC 9112, 6.1, lets a server take the chunks and drop the length, if it closes afterwards. What came behind is never
/// read as a request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_07_chunks_and_a_length_end_the_connection() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &[]).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
    for both in [
        "content-length: 5\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 5",
    ] {
        let head = format!("POST /cart/lines HTTP/1.1\r\nhost: x\r\n{both}\r\n\r\n0\r\n\r\n{smuggled}");
        let answer = shop.raw(head).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{both}: {answer}");
        assert!(answer.starts_with("HTTP/1.1 4"), "{both}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_06_bytes_that_are_no_text_are_nobodys_mistake() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &[]).await;
    let lines = |target: &[u8], more: &[u8]| {
        [
            b"GET ",
            target,
            b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n",
            more,
            b"\r\n",
        ]
        .concat()
    };
    for (what, request) in [
        ("a path", lines(b"/%ff%fe", b"")),
        ("a raw path", lines(b"/\xff\xfe", b"")),
        ("a product", lines(b"/products/%ff", b"")),
        ("a NUL", lines(b"/products/%00", b"")),
        ("a raw NUL", lines(b"/\0", b"")),
        ("a line end", lines(b"/products/a%0d%0aset-cookie:%20split=1", b"")),
        ("a query", lines(b"/cart?removed=%ff+%00&notice=%ff", b"")),
        ("a raw query", lines(b"/cart?removed=\xff", b"")),
        (
            "a line end in a query",
            lines(b"/cart?removed=%0d%0aset-cookie:split=1", b""),
        ),
        ("half an escape", lines(b"/products/%", b"")),
        (
            "a cookie",
            lines(
                b"/cart",
                b"cookie: __Host-once_session=\xff\xfe; __Host-once_lang=\xff\r\n",
            ),
        ),
        ("an empty cookie", lines(b"/cart", b"cookie: =;;=;\r\n")),
        ("a language", lines(b"/cart", b"accept-language: \xff\xfe\r\n")),
        ("a host", lines(b"/cart", b"x-forwarded-for: \xff\xfe\r\n")),
        ("a status", lines(b"/checkout/status/%ff%0d%0a", b"")),
        ("a function", lines(b"/api/%ff%0d%0a", b"")),
        ("an order", lines(b"/orders/%ff", b"")),
        ("a file", lines(b"/pkg/%ff%00", b"")),
    ] {
        let answer = shop.raw(&request).await;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        assert!(
            status.is_some_and(|status| (200..500).contains(&status)),
            "{what}: {answer}"
        );
        let head = answer.split("\r\n\r\n").next().unwrap_or_default().to_lowercase();
        assert!(!head.contains("split"), "{what}: {head}");
    }
    // What a form brings does not reach a header either.
    let back = [("language", "de"), ("back", "/a\r\nset-cookie: split=1")];
    let answer = shop.visitor().post("/language", &back).await;
    assert_eq!(answer.headers()["location"], "/");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mi_06_a_head_that_is_too_long_is_refused() {
    let shop = Shop::open_with(Stores::SqliteAndMemory, &[]).await;
    let long = "a".repeat(100_000);
    for (request, status) in [
        (format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n"), "431"),
        (format!("GET / HTTP/1.1\r\nhost: x\r\nx-a: {long}\r\n\r\n"), "431"),
        (
            format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-a: b\r\n".repeat(1_000)),
            "431",
        ),
    ] {
        let answer = shop.raw(&request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    assert_eq!(shop.visitor().get("/healthz").await.status(), 200);
}
