//! A migration that is added must be embedded by the next build.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/postgres");
}
