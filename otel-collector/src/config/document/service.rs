//! The `service` section: pipelines, enabled extensions, own telemetry, the write-ahead log.

use std::net::SocketAddr;
use std::path::PathBuf;

use tracing_subscriber::filter::LevelFilter;

use super::{ComponentId, Pipeline, Reference};
use crate::batch::Signal;
use crate::config::inventory::{Inventory, Role};
use crate::config::nearest::did_you_mean;
use crate::config::problem::Complaint;
use crate::config::section::Section;
use crate::config::setting::{ByteSize, ScalarSetting, misfit, wrong_kind};
use crate::config::tree::{Node, Value};

/// Where the collector's own metrics are served unless configured otherwise; upstream's address.
const TELEMETRY_ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 8888);
/// Bytes of the write-ahead log unless configured otherwise.
const LOG_SIZE_DEFAULT: ByteSize = ByteSize::mib(48);
/// Smallest write-ahead log: one request at the receivers' size limit must fit.
const LOG_SIZE_MIN: ByteSize = ByteSize::mib(1);
/// Largest write-ahead log: it is memory.
const LOG_SIZE_MAX: ByteSize = ByteSize::gib(64);

/// The `service` section.
#[derive(Clone, Debug)]
pub struct Service {
    /// The extensions to start, in this order.
    pub extensions: Vec<Reference>,
    /// The collector's own telemetry.
    pub telemetry: Telemetry,
    /// What stands between receivers and destinations.
    pub write_ahead_log: WriteAheadLog,
    /// The pipelines, in the order written.
    pub pipelines: Vec<Pipeline>,
}

/// The collector's own telemetry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telemetry {
    /// Where `/metrics` is served; `None` if switched off.
    pub metrics: Option<SocketAddr>,
    /// The collector's own log lines.
    pub logs: LogSettings,
}

/// The collector's own log lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// The least severe line that is written.
    pub level: LevelFilter,
    /// How lines are written.
    pub format: LogFormat,
    /// Where they are written.
    pub outputs: Vec<LogOutput>,
}

/// Where log lines are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogOutput {
    /// Standard error.
    Stderr,
    /// Standard output.
    Stdout,
    /// The end of a file.
    File(PathBuf),
}

/// Form of the collector's own log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Console,
    /// One JSON object per line.
    Json,
}

/// The log between receivers and destinations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteAheadLog {
    /// When a request is acknowledged.
    pub ack: Ack,
    /// Bytes that may wait for the slowest destination.
    pub max_size: ByteSize,
}

/// When a request is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// As soon as it is in memory.
    Memory,
}

impl Service {
    pub(super) fn read(section: &mut Section<'_>, inventory: &Inventory) -> Self {
        let report = section.report();
        let extensions = references(section, "extensions", &[Role::Extension], inventory);
        let telemetry = section.section("telemetry", telemetry);
        let write_ahead_log = section.section("write_ahead_log", write_ahead_log);
        let no_pipelines = section.node("pipelines").is_none_or(is_empty);
        if no_pipelines {
            section.reject_all(
                Complaint::new("no pipelines")
                    .hint("add service.pipelines.traces with receivers and exporters"),
            );
        }
        let pipelines = section.named_sections("pipelines", |key, pipeline| {
            let (signal, name) = match pipeline_id(key) {
                Ok(id) => id,
                Err(complaint) => {
                    report.error(pipeline.location(), pipeline.path(), complaint);
                    (None, None)
                }
            };
            let receivers = references(pipeline, "receivers", RECEIVING, inventory);
            let processors = references(pipeline, "processors", &[Role::Processor], inventory);
            let exporters = references(pipeline, "exporters", EXPORTING, inventory);
            for (key, list) in [("receivers", &receivers), ("exporters", &exporters)] {
                if list.as_ref().is_some_and(Vec::is_empty) {
                    pipeline.reject(key, Complaint::new(format!("pipeline has no {key}")));
                }
            }
            Some(Pipeline {
                signal: signal?,
                name,
                receivers: receivers.unwrap_or_default(),
                processors: processors.unwrap_or_default(),
                exporters: exporters.unwrap_or_default(),
                location: pipeline.location()?.clone(),
                path: pipeline.path().clone(),
            })
        });
        Self {
            extensions: extensions.unwrap_or_default(),
            telemetry,
            write_ahead_log,
            pipelines: pipelines.into_iter().flatten().collect(),
        }
    }
}

/// The roles that may begin a pipeline, and those that may end one.
pub(super) const RECEIVING: &[Role] = &[Role::Receiver, Role::Connector];
pub(super) const EXPORTING: &[Role] = &[Role::Exporter, Role::Connector];

fn is_empty(node: &Node) -> bool {
    node.is_null() || node.as_map().is_some_and(|map| map.entries().is_empty())
}

fn pipeline_id(key: &str) -> Result<(Option<Signal>, Option<String>), Complaint> {
    let (signal, name) = match key.split_once('/') {
        Some((signal, name)) => (signal, Some(name.trim().to_owned())),
        None => (key, None),
    };
    let names = Signal::ALL.map(Signal::name);
    match Signal::ALL
        .into_iter()
        .find(|own| own.name() == signal.trim())
    {
        Some(_) if name.as_ref().is_some_and(String::is_empty) => {
            let complaint = Complaint::new("pipeline name is empty").given(key);
            Err(complaint.hint(format!("write `{signal}` or `{signal}/name`")))
        }
        Some(signal) => Ok((Some(signal), name)),
        None => Err(Complaint::new("unknown signal")
            .given(signal)
            .allowed(names.join(", "))
            .maybe_hint(did_you_mean(signal, names))),
    }
}

/// The components that a key refers to; `None` if the value is not a list, which is reported.
fn references(
    section: &mut Section<'_>,
    key: &'static str,
    roles: &[Role],
    inventory: &Inventory,
) -> Option<Vec<Reference>> {
    let path = section.path().key(key);
    let report = section.report();
    let Some(node) = section.node(key) else {
        return Some(Vec::new());
    };
    let items = match &node.value {
        Value::Null => return Some(Vec::new()),
        Value::List(items) => items,
        _ => {
            let complaint = wrong_kind(node, "a list of components").hint("write it as [a, b]");
            misfit(node, &path, report, complaint);
            return None;
        }
    };
    let mut found: Vec<Reference> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let Value::Scalar(scalar) = &item.value else {
            misfit(
                item,
                &path,
                report,
                wrong_kind(item, "the name of a component"),
            );
            continue;
        };
        match ComponentId::parse(&scalar.text, roles, inventory) {
            Err(complaint) => report.error(Some(&item.location), &path, complaint),
            Ok(id) if found.iter().any(|other| other.id == id) => {
                let complaint = Complaint::new("listed twice").given(&scalar.text);
                report.error(Some(&item.location), &path, complaint);
            }
            Ok(id) => found.push(Reference {
                id,
                location: item.location.clone(),
                path,
            }),
        }
    }
    // A list of nothing but mistakes is not also an empty list.
    if found.is_empty() && !items.is_empty() {
        None
    } else {
        Some(found)
    }
}

fn telemetry(section: &mut Section<'_>) -> Telemetry {
    let metrics = section.section("metrics", telemetry_metrics);
    let logs = section.section("logs", telemetry_logs);
    section.without_effect("traces", "the collector does not trace itself");
    section.without_effect("resource", "own metrics carry no resource");
    Telemetry { metrics, logs }
}

fn telemetry_logs(section: &mut Section<'_>) -> LogSettings {
    let levels = &[
        ("debug", LevelFilter::DEBUG),
        ("info", LevelFilter::INFO),
        ("warn", LevelFilter::WARN),
        ("error", LevelFilter::ERROR),
    ];
    let formats = &[("console", LogFormat::Console), ("json", LogFormat::Json)];
    for key in ["development", "disable_caller", "disable_stacktrace"] {
        section.without_effect(key, "lines name the component, no caller and no stack");
    }
    section.without_effect(
        "sampling",
        "a line that could come in floods comes once a minute",
    );
    section.without_effect(
        "error_output_paths",
        "nothing is written about lines that fail",
    );
    for key in ["initial_fields", "processors"] {
        section.unsupported(
            key,
            "remove it; a program that collects the lines can add fields",
        );
    }
    let level = section.choice("level", levels).or(LevelFilter::INFO);
    let format = section.choice("encoding", formats).or(LogFormat::Console);
    let outputs = section.list::<String>("output_paths");
    let outputs = outputs.or(vec!["stderr".to_owned()]);
    LogSettings {
        level,
        format,
        outputs: outputs.into_iter().map(output).collect(),
    }
}

fn output(path: String) -> LogOutput {
    match path.as_str() {
        "stderr" => LogOutput::Stderr,
        "stdout" => LogOutput::Stdout,
        _ => LogOutput::File(path.into()),
    }
}

/// Upstream's `readers`, of which one Prometheus pull reader makes sense here, and its older
/// `address`.
fn telemetry_metrics(section: &mut Section<'_>) -> Option<SocketAddr> {
    let levels = &[
        ("none", false),
        ("basic", true),
        ("normal", true),
        ("detailed", true),
    ];
    let on = section.choice("level", levels).optional().unwrap_or(true);
    let address = section.socket_addr("address").optional();
    let has_readers = section.has("readers");
    let readers = section.sections("readers", |reader| {
        reader.unsupported("periodic", "let Prometheus scrape the pull reader");
        reader.section("pull", |pull| {
            pull.section("exporter", |exporter| {
                exporter.section("prometheus", prometheus_reader)
            })
        })
    });
    if readers.len() > 1 {
        section.reject(
            "readers",
            Complaint::new("more than one reader").allowed("one"),
        );
    }
    if address.is_some() && has_readers {
        section.reject(
            "address",
            Complaint::new("given beside `readers`").hint("remove it"),
        );
    }
    let default = (!has_readers).then(|| SocketAddr::from(TELEMETRY_ADDRESS));
    let address = readers.into_iter().next().or(address).or(default);
    let address = address.filter(|_| on);
    if let Some(address) = address {
        let key = if has_readers { "readers" } else { "address" };
        section.listens(key, address);
    }
    address
}

fn prometheus_reader(section: &mut Section<'_>) -> SocketAddr {
    let default = SocketAddr::from(TELEMETRY_ADDRESS);
    let host = section
        .string("host")
        .check(|host| {
            SocketAddr::parse(&format!("{host}:0"))
                .map(|_| ())
                .map_err(|hint| {
                    Complaint::new("wrong value")
                        .allowed("an IP address to listen on, such as 127.0.0.1")
                        .hint(hint)
                })
        })
        .or(default.ip().to_string());
    let port = section
        .u64("port")
        .within(0..=u64::from(u16::MAX))
        .or(u64::from(default.port()));
    for key in [
        "without_scope_info",
        "without_type_suffix",
        "without_units",
        "with_resource_constant_labels",
    ] {
        section.without_effect(key, "own metrics have upstream's names");
    }
    SocketAddr::parse(&format!("{host}:{port}")).unwrap_or(default)
}

fn write_ahead_log(section: &mut Section<'_>) -> WriteAheadLog {
    WriteAheadLog {
        ack: section
            .choice("ack", &[("memory", Ack::Memory)])
            .or(Ack::Memory),
        max_size: section
            .byte_size("max_size")
            .within(LOG_SIZE_MIN..=LOG_SIZE_MAX)
            .or(LOG_SIZE_DEFAULT),
    }
}
