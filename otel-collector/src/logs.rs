//! The collector's own log lines: `tracing` events, written as text or JSON, rare by construction.
//!
//! The collector does not trace itself with the spans that it serves: a collector that exports its own work to itself never
//! rests. Its numbers are in [`crate::telemetry`]; what an operator must read is here. An event names the part that it is
//! about in the field `component`. Libraries are heard from `warn` on, unless `RUST_LOG` says otherwise.

use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::reload;

use crate::cli;
use crate::config::document::{LogFormat, LogOutput, LogSettings};
use crate::config::problem::render::Colour;
use crate::environment;

/// The field that names the part which an event is about.
const COMPONENT: &str = "component";

/// The collector's own targets.
const OWN: &str = "secspan";

/// Writes as these settings say from now on. `RUST_LOG` comes before the level. The first call takes the events of the whole
/// process; where another subscriber has them already, that one keeps them.
///
/// # Errors
/// When a file cannot be opened, or `RUST_LOG` cannot be read.
pub fn apply(settings: &LogSettings) -> Result<(), String> {
    static LOGS: OnceLock<Logs> = OnceLock::new();
    LOGS.get_or_init(Logs::install).apply(settings)
}

/// The subscriber of the process.
#[derive(Debug)]
struct Logs {
    filter: reload::Handle<Targets, Registry>,
    writer: Arc<Mutex<Writer>>,
}

impl Logs {
    fn install() -> Self {
        let (filter, handle) = reload::Layer::new(Targets::new());
        let writer = Arc::new(Mutex::new(Writer::default()));
        let lines = Lines(Arc::clone(&writer));
        let subscriber = tracing_subscriber::registry().with(filter).with(lines);
        drop(tracing::subscriber::set_global_default(subscriber));
        Self {
            filter: handle,
            writer,
        }
    }

    fn apply(&self, settings: &LogSettings) -> Result<(), String> {
        let filter = match environment::variable("RUST_LOG") {
            Some(words) if !words.is_empty() => words
                .parse()
                .map_err(|error| format!("RUST_LOG cannot be read: {error}"))?,
            _ => Targets::new()
                .with_default(LevelFilter::WARN.min(settings.level))
                .with_target(OWN, settings.level),
        };
        let writer = Writer::open(settings)?;
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = writer;
        // Fails only when the subscriber is gone, and it lives as long as the process.
        drop(self.filter.reload(filter));
        Ok(())
    }
}

/// Where lines go, and in which form.
#[derive(Debug, Default)]
struct Writer {
    format: LogFormat,
    outputs: Vec<Output>,
}

#[derive(Debug)]
enum Output {
    Stdout(Colour),
    Stderr(Colour),
    File(File),
}

impl Writer {
    fn open(settings: &LogSettings) -> Result<Self, String> {
        let outputs = settings.outputs.iter().map(|output| {
            let colour = |terminal| cli::colour_for(terminal, &environment::variable);
            Ok(match output {
                LogOutput::Stdout => Output::Stdout(colour(io::stdout().is_terminal())),
                LogOutput::Stderr => Output::Stderr(colour(io::stderr().is_terminal())),
                LogOutput::File(path) => Output::File(append(path)?),
            })
        });
        Ok(Self {
            format: settings.format,
            outputs: outputs.collect::<Result<_, String>>()?,
        })
    }

    fn write(&mut self, line: &Line) {
        for output in &mut self.outputs {
            let text = |colour| match self.format {
                LogFormat::Console => line.text(colour),
                LogFormat::Json => line.json(),
            };
            let written = match output {
                Output::Stdout(colour) => io::stdout().lock().write_all(text(*colour).as_bytes()),
                Output::Stderr(colour) => io::stderr().lock().write_all(text(*colour).as_bytes()),
                Output::File(file) => file.write_all(text(Colour::Plain).as_bytes()),
            };
            // It may be closed; there is nowhere left to report it.
            drop(written);
        }
    }
}

fn append(path: &PathBuf) -> Result<File, String> {
    let opened = File::options().create(true).append(true).open(path);
    opened.map_err(|error| format!("cannot write log lines to {}: {error}", path.display()))
}

/// Makes lines of events.
struct Lines(Arc<Mutex<Writer>>);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let line = Line::of(event);
        // Held while it is written, so that lines of several threads do not mix.
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write(&line);
    }
}

/// What a line says.
#[derive(Debug)]
struct Line {
    time: String,
    level: &'static str,
    component: String,
    message: String,
    /// Further fields, in their order.
    fields: Vec<(&'static str, String)>,
}

impl Line {
    fn of(event: &Event<'_>) -> Self {
        let metadata = event.metadata();
        let mut line = Self {
            time: timestamp(),
            level: name(*metadata.level()),
            component: String::new(),
            message: String::new(),
            fields: Vec::new(),
        };
        event.record(&mut line);
        if line.component.is_empty() {
            // Of a library, or of the process as such.
            metadata.target().clone_into(&mut line.component);
        }
        line
    }

    fn text(&self, colour: Colour) -> String {
        let mut said = self.message.clone();
        for (name, value) in &self.fields {
            let _infallible = write!(said, " {name}={value}");
        }
        let (on, off) = match (colour, self.level) {
            (Colour::Plain, _) => ("", ""),
            (Colour::Ansi, "error") => ("\x1b[31m", "\x1b[0m"),
            (Colour::Ansi, "warn") => ("\x1b[33m", "\x1b[0m"),
            (Colour::Ansi, _) => ("\x1b[2m", "\x1b[0m"),
        };
        let Self {
            time,
            level,
            component,
            ..
        } = self;
        let mut line = format!("{time} {on}{level:<5}{off} {component}: ");
        for c in said.chars() {
            // A destination's words may hold line breaks; an event is one line.
            if c.is_control() {
                let _infallible = write!(line, "{}", c.escape_default());
            } else {
                line.push(c);
            }
        }
        line.push('\n');
        line
    }

    fn json(&self) -> String {
        let mut line = serde_json::json!({
            "ts": self.time, "level": self.level, "component": self.component, "msg": self.message,
        });
        if let Some(object) = line.as_object_mut() {
            for (name, value) in &self.fields {
                object.insert((*name).to_owned(), value.as_str().into());
            }
        }
        format!("{line}\n")
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        match field.name() {
            "message" => self.message = value,
            COMPONENT => self.component = value,
            name => self.fields.push((name, value)),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

fn name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

fn timestamp() -> String {
    let nanos = i128::from(crate::clock::now().0);
    jiff::Timestamp::from_nanosecond(nanos)
        .map(|time| format!("{time:.3}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(format: LogFormat, file: PathBuf) -> LogSettings {
        LogSettings {
            level: LevelFilter::INFO,
            format,
            outputs: vec![LogOutput::File(file)],
        }
    }

    /// What is written of some events, without the times.
    fn written(format: LogFormat) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let writer = Writer::open(&settings(format, path.clone())).unwrap();
        let lines = Lines(Arc::new(Mutex::new(writer)));
        let subscriber = tracing_subscriber::registry().with(lines);
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(component = %"otlp/tempo", "503\nService {}", "Unavailable");
            tracing::info!(target: "library", attempt = 2, "again \"now\"");
        });
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn an_event_is_one_line() {
        let text = written(LogFormat::Console);
        let lines: Vec<_> = text
            .lines()
            .map(|line| line.split_once(' ').unwrap().1)
            .collect();
        assert_eq!(
            lines,
            [
                "warn  otlp/tempo: 503\\nService Unavailable",
                "info  library: again \"now\" attempt=2"
            ]
        );
    }

    #[test]
    fn json_for_machines() {
        let text = written(LogFormat::Json);
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let lines: Vec<serde_json::Value> = lines.collect();
        assert_eq!(lines[0]["msg"], "503\nService Unavailable");
        assert_eq!(lines[0]["component"], "otlp/tempo");
        assert_eq!(lines[0]["level"], "warn");
        assert_eq!(lines[1]["attempt"], "2");
    }

    #[test]
    fn colours_are_for_terminals() {
        let line = Line {
            time: "T".to_owned(),
            level: "error",
            component: "jsonl".to_owned(),
            message: "disk full".to_owned(),
            fields: Vec::new(),
        };
        assert_eq!(line.text(Colour::Plain), "T error jsonl: disk full\n");
        assert!(line.text(Colour::Ansi).contains("\x1b[31merror"));
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_an_error() {
        let refused = Writer::open(&settings(LogFormat::Json, "/nowhere/log".into()));
        let error = refused.unwrap_err();
        assert!(
            error.starts_with("cannot write log lines to /nowhere/log: "),
            "{error}"
        );
    }
}
