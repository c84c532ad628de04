//! Where a configuration comes from, kept so that it can be loaded again.

use std::fs::File;
use std::io::{self, Read as _};

use super::Host;
use crate::config::parse::SOURCE_BYTES_MAX;
use crate::config::{Layer, Loaded, Report, embedded};

/// The files and `--set` arguments of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Files, later over earlier; the embedded default if there are none.
    pub files: Vec<String>,
    /// `key.path=value` arguments, laid over the files.
    pub sets: Vec<String>,
}

impl Sources {
    /// Reads everything anew and lets the components check it. Every problem goes to `report`;
    /// the configuration is fit to run only if that has no errors.
    pub fn load(&self, host: &Host<'_>, report: &Report) -> Option<Loaded> {
        let mut layers = if self.files.is_empty() {
            embedded::layers(host.environment)
        } else {
            self.files.iter().map(|file| layer(file, host)).collect()
        };
        layers.extend(self.sets.iter().cloned().map(Layer::Set));
        let loaded = crate::config::load(&layers, host.environment, host.inventory, report)?;
        (host.check)(&loaded.document, report);
        loaded.document.check_mentions(host.inventory, report);
        loaded.document.check_listeners(report);
        Some(loaded)
    }
}

fn layer(file: &str, host: &Host<'_>) -> Layer {
    let name = file.to_owned();
    match (host.read_file)(file) {
        Ok(text) => Layer::Text { name, text },
        Err(error) => Layer::Unreadable {
            name,
            reason: reason(&error),
        },
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads a configuration file, no further than a little past the largest size allowed, so that
/// naming the wrong file cannot fill the memory.
///
/// # Errors
/// The file cannot be opened or read, or is not UTF-8.
pub fn read_file(path: &str) -> io::Result<String> {
    let limit = u64::try_from(SOURCE_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // The limit may have cut a character; such a text is refused for its size anyway.
        Err(error) if error.as_bytes().len() > SOURCE_BYTES_MAX => {
            Ok(String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    }
}
