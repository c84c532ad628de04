//! Tests of the document: references, signals, cycles, and the service section.
