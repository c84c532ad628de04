//! What the collector says about itself: lines on standard error, one per event, rare by construction.
//!
//! The collector does not trace itself with the spans that it serves: a collector that exports its own work to itself never
//! rests. Its numbers are in [`crate::telemetry`]; what an operator must read is here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Mutex;

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every step.
    Debug,
    /// What an operator may want to know.
    #[default]
    Info,
    /// What an operator should look at.
    Warn,
    /// What needs an operator.
    Error,
}

impl Level {
    /// The word in configuration and output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Writes events, as text or as one JSON object per line.
#[derive(Debug)]
pub struct Events {
    level: Level,
    json: bool,
    /// Held while a line is written, so that lines of several threads do not mix.
    line: Mutex<()>,
}

impl Events {
    /// Says what is at least `level`.
    pub fn new(level: Level, json: bool) -> Self {
        Self {
            level,
            json,
            line: Mutex::new(()),
        }
    }

    /// Something that an operator may want to know.
    pub fn info(&self, part: &str, message: &str) {
        self.say(Level::Info, part, message);
    }

    /// Something that an operator should look at.
    pub fn warn(&self, part: &str, message: &str) {
        self.say(Level::Warn, part, message);
    }

    /// Something that needs an operator.
    pub fn error(&self, part: &str, message: &str) {
        self.say(Level::Error, part, message);
    }

    /// A step on the way.
    pub fn debug(&self, part: &str, message: &str) {
        self.say(Level::Debug, part, message);
    }

    fn say(&self, level: Level, part: &str, message: &str) {
        if level < self.level {
            return;
        }
        let time = timestamp();
        let line = if self.json {
            json(&time, level, part, message)
        } else {
            text(&time, level, part, message)
        };
        let guard = self.line.lock();
        // Standard error may be closed; there is nowhere left to complain.
        drop(std::io::stderr().lock().write_all(line.as_bytes()));
        drop(guard);
    }
}

fn timestamp() -> String {
    let nanos = i128::from(crate::clock::now().0);
    jiff::Timestamp::from_nanosecond(nanos)
        .map(|time| format!("{time:.3}"))
        .unwrap_or_default()
}

fn text(time: &str, level: Level, part: &str, message: &str) -> String {
    let mut line = format!("{time} {:<5} {part}: ", level.name());
    for c in message.chars() {
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

fn json(time: &str, level: Level, part: &str, message: &str) -> String {
    let mut line = serde_json::json!({
        "ts": time, "level": level.name(), "component": part, "msg": message,
    })
    .to_string();
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line() {
        let line = text("T", Level::Warn, "otlp/tempo", "503\nService Unavailable");
        assert_eq!(line, "T warn  otlp/tempo: 503\\nService Unavailable\n");
    }

    #[test]
    fn json_for_machines() {
        let line = json("T", Level::Info, "jsonl", "a \"b\"");
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["msg"], "a \"b\"");
        assert!(line.ends_with("}\n"));
    }
}
