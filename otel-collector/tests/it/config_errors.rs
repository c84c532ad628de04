//! Every broken file in `tests/config_errors` gives exactly the report beside it.

use secspan_collector::cli::Exit;

use crate::support::{command, directory, yaml_files};

/// Fewest broken files that the project promises to explain.
const FILES_MIN: usize = 10;

#[test]
fn each_broken_file_is_explained_in_full() {
    let broken = directory("tests/config_errors");
    let files = yaml_files(&broken);
    assert!(files.len() >= FILES_MIN, "{files:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&broken);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for file in files {
        let outcome = command(&broken, &[], &["validate", &file]);
        assert_eq!(
            (outcome.exit, outcome.out.as_str()),
            (Exit::Usage, ""),
            "{file}"
        );
        let name = file.trim_end_matches(".yaml");
        settings.bind(|| insta::assert_snapshot!(name, outcome.err));
    }
}

#[test]
fn running_a_broken_file_says_the_same_as_validating_it() {
    let broken = directory("tests/config_errors");
    let validated = command(&broken, &[], &["validate", "typo_component.yaml"]);
    let run = command(&broken, &[], &["--config", "typo_component.yaml"]);
    assert_eq!((run.exit, run.err), (Exit::Usage, validated.err));
}
