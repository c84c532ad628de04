//! Tests of the value types: what is accepted, what is refused, with which hint.
