//! Prints the `OpenAPI` document: `make openapi` keeps a copy of it.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    writeln!(io::stdout(), "{:#}", server::openapi())
}
