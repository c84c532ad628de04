//! Made-up facts of a security team, seeded: the same seed gives the same facts, as records for files and as spans for a
//! collector.
//!
//! Pure: no clock, no file, no socket.
