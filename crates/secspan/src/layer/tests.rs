//! Which targets belong to the exporter.

use super::*;

#[test]
fn whole_crate_names_count() {
    for target in [
        "h2",
        "h2::codec",
        "hyper_util::client",
        "tonic",
        "opentelemetry_sdk::trace",
        "reqwest::x",
    ] {
        assert!(is_exporter(target), "{target}");
    }
    for target in [
        "h2o",
        "tower_http::trace",
        "hyperfine",
        "my_app::hyper",
        "",
        "triage",
    ] {
        assert!(!is_exporter(target), "{target}");
    }
}
