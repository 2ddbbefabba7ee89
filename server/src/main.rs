//! `once`: starts the shop.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    server::program::run().await
}
