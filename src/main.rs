//! The `deploy-manager` program.
fn main() {}
