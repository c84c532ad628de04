//! Ways in: one module per kind of receiver, in alphabetical order.

pub mod otlp;
