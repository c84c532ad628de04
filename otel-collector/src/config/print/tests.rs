//! Tests of printing: what is printed reads back the same, and secrets stay inside.
