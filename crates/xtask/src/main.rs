//! The repository's automation: `cargo xtask demo | test | check | real | bench | codegen | tidy`.

mod codegen;
mod failure;
mod files;

use std::path::Path;

fn main() -> std::process::ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    match codegen::write(&root) {
        Ok(_) => std::process::ExitCode::SUCCESS,
        Err(_) => std::process::ExitCode::FAILURE,
    }
}
