//! Made-up facts, seeded: the same seed gives the same facts, as records for files and as spans for a collector.
//!
//! ```text
//! Settings ──> Sample ──moments──> Moment ─┬─ content ─> Record or line of a log, for a file
//!                                          └─ spans ───> Span, for a collector that makes the same record of them
//! ```
//!
//! A system makes up its own facts ([`sample`]); here is what all of them need: chance ([`random`]), people ([`people`]), the
//! days on which work comes in ([`calendar`]) and how long it takes ([`work`]).
//!
//! Pure: no clock, no file, no socket, no domain; and no function whose last bit differs between machines.

pub mod calendar;
pub mod people;
pub mod random;
pub mod sample;
pub mod work;
