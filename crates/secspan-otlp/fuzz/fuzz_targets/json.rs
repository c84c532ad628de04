//! JSON never panics, and what it becomes is a request that the walk accepts and prints again.

#![no_main]

use secspan_otlp::json;

/// Far above what the fuzzer makes.
const BYTES_MAX: usize = 1 << 20;

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    if let Ok(wire) = json::traces_to_wire(text, BYTES_MAX) {
        let printed = json::traces_to_json(&wire).expect("what was read is valid");
        let again = json::traces_to_wire(printed.as_bytes(), BYTES_MAX).expect("so is its JSON");
        assert_eq!(
            json::traces_to_json(&again).as_deref(),
            Ok(printed.as_str())
        );
    }
    if let Ok(wire) = json::logs_to_wire(text, BYTES_MAX) {
        json::logs_to_json(&wire).expect("what was read is valid");
    }
    if let Ok(wire) = json::metrics_to_wire(text, BYTES_MAX) {
        json::metrics_to_json(&wire).expect("what was read is valid");
    }
});
