//! Scripts, styles and pictures, from wherever they are kept.

use reqwest::StatusCode;

use crate::support::{Shop, Stores};

/// With the feature `embed-site` they come from the program, whatever the folder is. Without it there is nothing in one that is
/// empty.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_from_the_program_or_from_the_folder_that_is_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().display().to_string();
    let shop = Shop::open_with(Stores::SqliteAndMemory, &["--site-root", &root]).await;
    let visitor = shop.visitor();
    let here = cfg!(feature = "embed-site");
    for (path, kind) in [
        ("/pkg/once.js", "javascript"),
        ("/pkg/once.wasm", "application/wasm"),
        ("/pkg/once.css", "text/css"),
        ("/pictures/enamel-mug.svg", "image/svg"),
        ("/favicon.svg", "image/svg"),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status() == StatusCode::OK, here, "{path}: {}", answer.status());
        if here {
            let header = |name| {
                answer
                    .headers()
                    .get(name)
                    .and_then(|value: &reqwest::header::HeaderValue| value.to_str().ok())
            };
            assert!(header("content-type").expect(path).contains(kind), "{path}");
            let tag = header("etag").expect("a tag").to_owned();
            let again = visitor
                .asking(path)
                .header("if-none-match", tag)
                .send()
                .await
                .expect("an answer");
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        }
    }
    for missing in [
        "/pkg/none.js",
        "/pkg/../Cargo.toml",
        "/pictures/%2fetc%2fpasswd",
        "/pkg/",
    ] {
        assert_eq!(visitor.get(missing).await.status(), StatusCode::NOT_FOUND, "{missing}");
    }
}
