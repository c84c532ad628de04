//! Components that hand data out.

pub mod debug;
pub mod jsonl;
pub mod otlp;
pub mod otlphttp;
pub mod prometheus;
