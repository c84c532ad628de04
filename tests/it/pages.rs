//! Every command, configuration and example in every page of the repository is run or checked, and so is what the compose
//! file starts.
//!
//! A page's shell blocks are run as they stand, by a shell, in a folder that looks like the root of the repository. What
//! must not really happen is replaced on the way: a collector that would serve only checks its configuration, `cargo` and
//! `docker` only check that what they are told to use exists, and the usual ports are those of a collector of this test.
//! Rust in pages is compiled as documentation tests. A block in a language that nobody checks is refused.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use secspan_tests::collector::{Collector, program};
use tempfile::TempDir;

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}

/// The pages of the repository, by their path from its root.
fn pages() -> Vec<PathBuf> {
    let (root, mut pages) = (root(), Vec::new());
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let skipped = name == "target" || name == ".git" || name == "secspan-data";
            if path.is_dir() && !path.is_symlink() && !skipped {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == "md") {
                pages.push(path.strip_prefix(&root).unwrap().to_owned());
            }
        }
    }
    pages.sort();
    pages
}

/// The fenced blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let inside = lines.by_ref().take_while(|line| line.trim() != "```");
            found.push((language.to_owned(), inside.collect::<Vec<_>>().join("\n")));
        }
    }
    found
}

/// The commands in the running text of a page. A usage line (`[FILE]…`, `--seed N`) is none.
fn commands_in_text(page: &str) -> Vec<String> {
    let mut outside = String::new();
    let mut inside = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            outside.push_str(line);
            outside.push('\n');
        }
    }
    let spans = outside.split('`').skip(1).step_by(2);
    let spans = spans.map(|text| text.replace('\n', " "));
    let starts = [
        "secspan ",
        "secspan-collector ",
        "cargo ",
        "docker ",
        "bash ",
    ];
    let is_command = |text: &String| {
        let usage = |word: &str| {
            let placeholder = word.chars().all(|c| c.is_ascii_uppercase());
            placeholder || word.contains(['[', '<', '…', '|'])
        };
        starts.iter().any(|start| text.starts_with(start)) && !text.split(' ').any(usage)
    };
    // A program and its subcommand alone are its name.
    let whole = |text: String| match text.split(' ').count() {
        2 if text.starts_with("secspan ") => format!("{text} --help"),
        _ => text,
    };
    spans.filter(is_command).map(whole).collect()
}

/// A folder that looks like the root of the repository, with programs that do no more than they may.
struct Stage {
    folder: TempDir,
    path: OsString,
}

impl Stage {
    fn new(collector: &Collector) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (root, here) = (root(), folder.path());
        for entry in fs::read_dir(&root).unwrap() {
            let name = entry.unwrap().file_name();
            if !["target", "secspan-data"].iter().any(|own| name == *own) {
                symlink(root.join(&name), here.join(&name)).unwrap();
            }
        }
        let built = |package, name| program(package, name).unwrap().display().to_string();
        let release = here.join("target/release");
        fs::create_dir_all(&release).unwrap();
        let script = |name: &str, text: &str| {
            let path = release.join(name);
            fs::write(&path, format!("#!/bin/bash\nset -euo pipefail\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        };
        let (grpc, http) = (collector.grpc, collector.http);
        let secspan = built("secspan-cli", "secspan");
        script(
            "secspan",
            &format!("exec {secspan} \"${{@//127.0.0.1:4317/{grpc}}}\""),
        );
        script(
            "curl",
            &format!(
                "[ -x /usr/bin/curl ] || exec cat\nexec /usr/bin/curl \"${{@//127.0.0.1:4318/{http}}}\""
            ),
        );
        script(
            "secspan-collector",
            &COLLECTOR.replace("PROGRAM", &built("secspan-collector", "secspan-collector")),
        );
        script("cargo", &CARGO.replace("XTASK", &built("xtask", "xtask")));
        script("docker", DOCKER);
        script("bash", "[ -f \"$1\" ]");
        // What a reader has who comes to the commands in the text, and the file that a page writes `collector.yaml` for.
        let reference = root.join("otel-collector/configs/reference.yaml");
        fs::copy(reference, here.join("collector.yaml")).unwrap();
        fs::create_dir_all(here.join("secspan-data/archive")).unwrap();
        let others = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(release).chain(std::env::split_paths(&others));
        let path = std::env::join_paths(paths).unwrap();
        let stage = Self { folder, path };
        stage.run("secspan sample --quiet --out secspan-data");
        stage
    }

    fn run(&self, script: &str) {
        let output = Command::new("/bin/bash")
            .args(["-euo", "pipefail", "-c", script])
            .current_dir(self.folder.path())
            .env("PATH", &self.path)
            .env_remove("SECSPAN_DATA_DIR")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}\n{said}");
    }

    /// A part of a collector's configuration, over the reference configuration.
    fn configuration(&self, yaml: &str) {
        let own = self.folder.path().join("part.yaml");
        fs::write(own, yaml).unwrap();
        let base = "otel-collector/configs/reference.yaml";
        let secrets = "AWS_ACCESS_KEY_ID=id AWS_SECRET_ACCESS_KEY=key SECSPAN_TOKEN=token";
        self.run(&format!(
            "{secrets} secspan-collector validate --config {base} --config part.yaml"
        ));
    }

    /// Python whose results stand beside it as comments.
    fn python(&self, text: &str) {
        let checked = text.lines().map(|line| match line.split_once("  # ") {
            Some((value, result)) => format!("assert ({value}) == {result}\n"),
            None => format!("{line}\n"),
        });
        fs::write(
            self.folder.path().join("page.py"),
            checked.collect::<String>(),
        )
        .unwrap();
        self.run("if command -v python3 > /dev/null; then python3 page.py; fi");
    }
}

/// A collector that would serve checks its configuration instead.
const COLLECTOR: &str = r#"
case "${1-}" in
  validate | print-config | components | --help | --version) exec PROGRAM "$@" ;;
esac
exec PROGRAM validate "$@"
"#;

/// Subcommands of xtask are asked for their help, which fails for options that do not exist; packages and targets must be
/// in some manifest.
const CARGO: &str = r#"
if [ "$1" = xtask ]; then
  own=()
  for word in "${@:2}"; do [ "$word" = -- ] && break; own+=("$word"); done
  exec XTASK "${own[@]}" --help
fi
cargo="$1"
case "$cargo" in build | test | run | bench | metadata) ;; *) exit 1 ;; esac
while [ $# -gt 0 ]; do
  case "$1" in
    -p | --package | --bin | --bench | --example | --test)
      grep -qsrF --include=Cargo.toml "name = \"$2\"" crates examples tests otel-collector ;;
  esac
  shift
done
"#;

const DOCKER: &str = r#"
[ "$1" = compose ] && [ "$2" = --file ] && [ -f "$3" ]
"#;

/// What a page says to depend on, the workspace depends on in that version.
fn dependencies(block: &str) {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for line in block.lines().filter(|line| !line.starts_with('[')) {
        let (name, given) = line.split_once(" = ").unwrap();
        let own = manifest
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        let own = own.unwrap_or_else(|| panic!("the workspace has no {name}"));
        // The first text in quotes is the version, or the path.
        let first = |text: &str| text.split('"').nth(1).unwrap().to_owned();
        assert!(first(own).starts_with(&first(given)), "{line} beside {own}");
    }
}

#[test]
fn what_pages_tell_their_readers_to_type_works() {
    let collector = Collector::start(&[]).unwrap();
    let mut checked = 0;
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let stage = Stage::new(&collector);
        for (language, block) in blocks(&text) {
            match language.as_str() {
                "sh" => stage.run(&block),
                "console" => {
                    for line in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
                        stage.run(line);
                    }
                }
                "yaml" => stage.configuration(&block),
                "python" => stage.python(&block),
                "toml" => dependencies(&block),
                // Drawings; what tidy reads; documentation tests.
                "text" | "layers" | "rust" | "rust,no_run" => continue,
                other => panic!("{}: nobody checks `{other}`:\n{block}", page.display()),
            }
            checked += 1;
        }
        for command in commands_in_text(&text) {
            stage.run(&command);
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} found");
}

/// The items of a service's `command` in the compose file.
fn compose_command(service: &str) -> Vec<String> {
    let compose = fs::read_to_string(root().join("grafana/compose.yaml")).unwrap();
    let lines = compose.lines();
    let own = lines
        .skip_while(|line| *line != format!("  {service}:"))
        .skip(1)
        .take_while(|line| line.starts_with("    "));
    let items = own
        .skip_while(|line| *line != "    command:")
        .skip(1)
        .map_while(|line| line.strip_prefix("      - "));
    items.map(scalar).collect()
}

/// A YAML scalar that is quoted where it has to be.
fn scalar(text: &str) -> String {
    if text.starts_with('"') {
        return serde_json::from_str(text).unwrap();
    }
    let special = |c: char| "[{&*!|>%@`'#,?".contains(c);
    let quoted = text.contains(": ") || text.contains(" #") || text.starts_with(special);
    assert!(!quoted, "must be quoted: {text}");
    text.to_owned()
}

#[test]
fn the_collector_of_the_compose_file_takes_its_arguments() {
    let arguments = compose_command("collector");
    assert!(arguments.len() >= 4, "{arguments:?}");
    let output = Command::new(program("secspan-collector", "secspan-collector").unwrap())
        .arg("print-config")
        .args(&arguments)
        .env("SECSPAN_DATA_DIR", "/data")
        .env("SECSPAN_TEMPO_ENDPOINT", "http://tempo:4317")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let printed = String::from_utf8(output.stdout).unwrap();
    for address in [
        "0.0.0.0:4317",
        "0.0.0.0:4318",
        "0.0.0.0:8889",
        "host: 0.0.0.0",
        "port: 8888",
    ] {
        assert!(
            printed.contains(address),
            "{address} is missing:\n{printed}"
        );
    }
}

#[test]
fn what_the_compose_file_mounts_and_builds_is_there() {
    let folder = root().join("grafana");
    let compose = fs::read_to_string(folder.join("compose.yaml")).unwrap();
    let mounts = compose.lines().filter_map(|line| {
        let (from, _) = line.trim().strip_prefix("- ./")?.split_once(':')?;
        Some(from)
    });
    let dockerfile = compose
        .lines()
        .filter_map(|line| line.trim().strip_prefix("dockerfile: "));
    let all: Vec<PathBuf> = mounts
        .map(|mount| folder.join(mount))
        .chain(dockerfile.map(|file| root().join(file)))
        .collect();
    assert!(all.len() >= 6, "{all:?}");
    for path in all {
        assert!(path.exists(), "{}", path.display());
    }
}
