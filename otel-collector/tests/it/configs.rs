//! Every configuration that is shipped is sound, and so is the embedded default.

use secspan_collector::cli::Exit;

use crate::support::{Outcome, command, directory, yaml_files};

fn assert_sound(outcome: &Outcome, what: &str) {
    assert_eq!(
        (outcome.exit, outcome.err.as_str()),
        (Exit::Success, ""),
        "{what}"
    );
}

#[test]
fn shipped_configurations_are_sound() {
    let configs = directory("configs");
    let files = yaml_files(&configs);
    assert_eq!(
        files,
        [
            "gateway-tls.yaml",
            "minimal.yaml",
            "reference.yaml",
            "with-tempo.yaml"
        ]
    );
    for file in &files {
        let outcome = command(&configs, &[("SECSPAN_TOKEN", "t0ken")], &["validate", file]);
        assert_sound(&outcome, file);
        assert_eq!(outcome.out, format!("{file}: valid\n"));
    }
}

#[test]
fn the_embedded_default_is_sound_wherever_tempo_is() {
    for endpoint in [
        "",
        "tempo:4317",
        "http://tempo:4317",
        "https://tempo:4317",
        "tempo:4318",
        "http://tempo:4318",
        "https://tempo.example.org/v1/traces",
    ] {
        let environment = [("SECSPAN_TEMPO_ENDPOINT", endpoint)];
        let outcome = command(&directory("."), &environment, &["validate"]);
        assert_sound(&outcome, endpoint);
    }
}

#[test]
fn a_bad_tempo_endpoint_is_named() {
    let environment = [("SECSPAN_TEMPO_ENDPOINT", "tempo")];
    let outcome = command(&directory("."), &environment, &["validate"]);
    assert_eq!(outcome.exit, Exit::Usage);
    assert!(
        outcome.err.contains("${env:SECSPAN_TEMPO_ENDPOINT}"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_printed_configuration_is_a_configuration() {
    let scratch = tempfile::tempdir().expect("a directory");
    for resolved in [&[][..], &["--resolved"]] {
        let arguments = [&["print-config"], resolved].concat();
        let printed = command(scratch.path(), &[], &arguments);
        assert_sound(&printed, "print-config");
        std::fs::write(scratch.path().join("printed.yaml"), &printed.out).expect("written");
        let again = command(scratch.path(), &[], &["validate", "printed.yaml"]);
        assert_sound(&again, &printed.out);
        let arguments = [&["--config", "printed.yaml", "print-config"], resolved].concat();
        assert_eq!(command(scratch.path(), &[], &arguments).out, printed.out);
    }
}
