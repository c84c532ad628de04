//! The parts: one row for each server, collector or client that the tests run against.

use std::path::PathBuf;

use super::install::{Place, go_program, node_modules, otelcol, python_environment};
use crate::failure::{Failure, Result};
use crate::process;

/// A variable for the tests, and the file that it names.
pub(super) type Variable = (&'static str, PathBuf);

/// Something real to test against.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: &'static str,
    /// What the names of its tests begin with.
    pub(super) tests: &'static str,
    /// Finds, builds or installs what the tests need.
    pub(super) prepare: fn(&Place<'_>) -> Result<Vec<Variable>>,
}

/// Every part, in the order in which building them is fastest.
pub(super) const ALL: &[Part] = &[
    Part {
        name: "prometheus",
        tests: "prometheus::",
        prepare: prometheus,
    },
    Part {
        name: "alerts",
        tests: "alerts::",
        prepare: alerts,
    },
    Part {
        name: "otelcol",
        tests: "otelcol::",
        prepare: collector,
    },
    Part {
        name: "telemetrygen",
        tests: "telemetrygen::",
        prepare: telemetrygen,
    },
    Part {
        name: "curl",
        tests: "clients::curl",
        prepare: curl,
    },
    Part {
        name: "go",
        tests: "clients::go",
        prepare: go,
    },
    Part {
        name: "python",
        tests: "clients::python",
        prepare: python,
    },
    Part {
        name: "scripts",
        tests: "scripts::",
        prepare: scripts,
    },
    Part {
        name: "reports",
        tests: "reports::",
        prepare: scripts,
    },
    Part {
        name: "node",
        tests: "clients::node",
        prepare: node,
    },
    Part {
        name: "tempo",
        tests: "tempo::",
        prepare: tempo,
    },
    Part {
        name: "example",
        tests: "example::",
        prepare: example,
    },
];

fn prometheus(place: &Place<'_>) -> Result<Vec<Variable>> {
    const PACKAGES: [&str; 2] = [
        "github.com/prometheus/prometheus/cmd/prometheus",
        "github.com/prometheus/prometheus/cmd/promtool",
    ];
    if let Some(found) = given("PROMETHEUS_BIN") {
        return Ok(vec![found]);
    }
    let bin = go_program(place, "prometheus", &["-tags", "remove_all_sd"], &PACKAGES)?;
    Ok(vec![
        ("PROMETHEUS_BIN", bin.join("prometheus")),
        ("PROMTOOL_BIN", bin.join("promtool")),
    ])
}

/// The rule files with promtool, and with a Prometheus that evaluates them; the routes with amtool.
fn alerts(place: &Place<'_>) -> Result<Vec<Variable>> {
    const ALERTMANAGER: [&str; 2] = [
        "github.com/prometheus/alertmanager/cmd/alertmanager",
        "github.com/prometheus/alertmanager/cmd/amtool",
    ];
    let mut found = prometheus(place)?;
    if !found.iter().any(|(name, _)| *name == "PROMTOOL_BIN") {
        let promtool = given("PROMTOOL_BIN")
            .or_else(|| process::on_path("promtool").map(|file| ("PROMTOOL_BIN", file)))
            .ok_or_else(|| Failure::new("no promtool: set PROMTOOL_BIN beside PROMETHEUS_BIN"))?;
        found.push(promtool);
    }
    if let Some(amtool) = given("AMTOOL_BIN") {
        found.push(amtool);
    } else {
        let bin = go_program(place, "alertmanager", &[], &ALERTMANAGER)?;
        found.push(("AMTOOL_BIN", bin.join("amtool")));
    }
    Ok(found)
}

fn collector(place: &Place<'_>) -> Result<Vec<Variable>> {
    if let Some(found) = given("OTELCOL_BIN") {
        return Ok(vec![found]);
    }
    Ok(vec![("OTELCOL_BIN", otelcol(place)?)])
}

fn telemetrygen(place: &Place<'_>) -> Result<Vec<Variable>> {
    const PACKAGE: &str =
        "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen";
    if let Some(found) = given("TELEMETRYGEN_BIN") {
        return Ok(vec![found]);
    }
    let bin = go_program(place, "telemetrygen", &[], &[PACKAGE])?;
    Ok(vec![("TELEMETRYGEN_BIN", bin.join("telemetrygen"))])
}

fn curl(_: &Place<'_>) -> Result<Vec<Variable>> {
    process::on_path("curl")
        .map(|file| vec![("CURL_BIN", file)])
        .ok_or_else(|| Failure::new("no curl: install it, or put it on the PATH"))
}

fn go(place: &Place<'_>) -> Result<Vec<Variable>> {
    let bin = go_program(place, "go", &[], &["."])?;
    Ok(vec![("GO_CLIENT", bin.join("enrich"))])
}

fn python(place: &Place<'_>) -> Result<Vec<Variable>> {
    let interpreter = python_environment(place)?;
    let client = place.client("python").join("enrich.py");
    Ok(vec![
        ("PYTHON_CLIENT_BIN", interpreter),
        ("PYTHON_CLIENT", client),
    ])
}

/// Scripts that need the interpreter alone.
fn scripts(_: &Place<'_>) -> Result<Vec<Variable>> {
    given("PYTHON_BIN")
        .or_else(|| process::on_path("python3").map(|file| ("PYTHON_BIN", file)))
        .map(|found| vec![found])
        .ok_or_else(|| Failure::new("no `python3` on the PATH: install Python 3.9 or later"))
}

fn node(place: &Place<'_>) -> Result<Vec<Variable>> {
    Ok(vec![(
        "NODE_CLIENT",
        node_modules(place)?.join("enrich.js"),
    )])
}

/// No registry offers Tempo, so it is found or it is not.
fn tempo(_: &Place<'_>) -> Result<Vec<Variable>> {
    given("TEMPO_BIN")
        .or_else(|| process::on_path("tempo").map(|file| ("TEMPO_BIN", file)))
        .map(|found| vec![found])
        .ok_or_else(|| Failure::new("no Tempo: set TEMPO_BIN, or put `tempo` on the PATH"))
}

/// Both servers at once.
fn example(place: &Place<'_>) -> Result<Vec<Variable>> {
    let mut both = prometheus(place)?;
    both.extend(tempo(place)?);
    Ok(both)
}

/// A program that the user names.
fn given(variable: &'static str) -> Option<Variable> {
    let path = std::env::var_os(variable).filter(|path| !path.is_empty())?;
    Some((variable, path.into()))
}
