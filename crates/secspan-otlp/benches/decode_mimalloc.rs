//! The same question as `decode`, with the allocator that the collector runs on.
//!
//! `prost` gains by it, the walk allocates next to nothing: this is the ratio that counts in
//! production. `cargo bench -p secspan-otlp --bench decode_mimalloc`.

#[path = "decode.rs"]
mod decode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    decode::main();
}
