//! Builders and a fake clock for the workspace's own tests; never a dependency of what ships.
//!
//! [`workflow::enrichment`] gives the canonical eight-stage enrichment as spans; [`span::request`] turns spans into the
//! bytes of an OTLP request; [`clock::FakeClock`] is time under the test's control.

/// The record kinds that tests of engines use.
pub use secspan_enrichment::kinds;

pub mod clock;
pub mod draw;
pub mod span;
pub mod workflow;
