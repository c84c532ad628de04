//! The SDK against a real receiver in the process: what arrives, and what the report says.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, helpers included, and measures with the real clock"
)]

mod calls;
mod delivery;
mod facts;
mod failures;
mod network;
mod processes;
mod recording;
mod setup;
