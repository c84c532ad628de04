//! The end of every instrumented program: deliver what was recorded, and say whether it arrived.

use std::io::{self, Write as _};

use secspan::Guard;

/// Whether the collector took every span; what became of them goes to standard error.
pub fn deliver(guard: &Guard) -> bool {
    match guard.shutdown() {
        Ok(report) => {
            say(&format!("spans: {report}"));
            true
        }
        Err(error) => {
            say(&format!("spans: {error}"));
            if error.report().exported == 0 {
                say(
                    "no collector took anything; hint: start one with `cargo run -p secspan-collector`, \
                     or say where it is with OTEL_EXPORTER_OTLP_ENDPOINT",
                );
            }
            false
        }
    }
}

/// Standard output is for results alone.
pub fn say(text: &str) {
    // Nobody is left to tell when standard error is closed.
    writeln!(io::stderr(), "{text}").ok();
}

/// An error and everything that led to it.
pub fn explain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
