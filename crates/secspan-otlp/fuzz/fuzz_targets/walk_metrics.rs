//! Our walk over metrics and `prost` accept the same bytes and see the same in them.

#![no_main]

#[expect(dead_code, reason = "the module serves all signals")]
#[path = "../../src/walk/tests/compare.rs"]
mod compare;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    compare::metrics(bytes);
});
