//! From code and environment to settings: every problem at once, every value with its source.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::KeyValue;
use opentelemetry_sdk::trace::{Sampler, ShouldSample, SpanLimits};

use super::{Variables, nearest};
use crate::preset::Preset;

pub(crate) mod parse;
mod resolve;

#[cfg(test)]
mod tests;

pub(crate) use resolve::resolve;

/// How spans travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// OTLP over gRPC; feature `grpc`.
    Grpc,
    /// OTLP over HTTP/1.1 with protobuf bodies; feature `http`.
    HttpProtobuf,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grpc => "grpc",
            Self::HttpProtobuf => "http/protobuf",
        })
    }
}

/// How request bodies are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// With gzip; feature `gzip`.
    Gzip,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Gzip => "gzip",
        })
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lean => "lean",
            Self::Default => "default",
            Self::Forensic => "forensic",
        })
    }
}

/// A parsed endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) tls: bool,
    /// As written: an IPv6 address keeps its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Path of OTLP/HTTP; gRPC has its own.
    pub(crate) path: String,
}

impl Endpoint {
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(crate) fn host_without_brackets(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}

/// PEM files for TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) client_key: Option<PathBuf>,
    pub(crate) client_certificate: Option<PathBuf>,
}

/// Which destinations are fed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Exporters {
    pub(crate) otlp: bool,
    pub(crate) console: bool,
}

/// Which headers carry context between processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Propagators {
    pub(crate) trace_context: bool,
    pub(crate) baggage: bool,
}

/// Values set in code; `None` leaves the choice to the environment and the default.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) service_name: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) compression: Option<Compression>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) sampler: Option<Box<dyn ShouldSample>>,
    pub(crate) preset: Option<Preset>,
    pub(crate) queue_spans: Option<usize>,
    pub(crate) batch_spans: Option<usize>,
    pub(crate) schedule_delay: Option<Duration>,
    pub(crate) spool_dir: Option<PathBuf>,
    /// Exporters set in code replace OTLP unless `otlp` is asked for by name.
    pub(crate) has_local_exporter: bool,
}

/// Everything that the pipeline needs to know.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) disabled: bool,
    pub(crate) service_name: String,
    pub(crate) resource: Vec<KeyValue>,
    pub(crate) exporters: Exporters,
    pub(crate) protocol: Protocol,
    pub(crate) endpoint: Endpoint,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) compression: Compression,
    #[cfg_attr(
        all(not(feature = "tls"), any(feature = "grpc", feature = "http")),
        expect(dead_code, reason = "settings refuse https without the feature")
    )]
    pub(crate) tls: TlsFiles,
    /// `None` for `parentbased_always_on`.
    pub(crate) sampler: Option<Box<dyn ShouldSample>>,
    pub(crate) limits: SpanLimits,
    pub(crate) value_chars: Option<usize>,
    pub(crate) queue_spans: usize,
    pub(crate) batch_spans: usize,
    pub(crate) schedule_delay: Duration,
    pub(crate) propagators: Propagators,
    pub(crate) preset: Preset,
    pub(crate) spool_dir: Option<PathBuf>,
    pub(crate) explanation: Explanation,
    pub(crate) warnings: Vec<String>,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingProblem {
    /// The variable, or the builder's method.
    pub setting: String,
    /// What it was set to; secrets are masked.
    pub given: String,
    /// What would be accepted.
    pub allowed: String,
    /// What to do, when there is more to say.
    pub hint: Option<String>,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: given \"{}\", allowed {}",
            self.setting, self.given, self.allowed
        )?;
        match &self.hint {
            Some(hint) => write!(f, "; hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Where a setting got its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Set in code.
    Code,
    /// Set by this environment variable.
    Environment(&'static str),
    /// Not set anywhere.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("code"),
            Self::Environment(name) => f.write_str(name),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Every setting, the value it got, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Setting, value (secrets masked) and source, in a fixed order.
    pub lines: Vec<(&'static str, String, Source)>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name_width = self
            .lines
            .iter()
            .map(|(name, ..)| name.len())
            .max()
            .unwrap_or(0);
        let value_width = self
            .lines
            .iter()
            .map(|(_, value, _)| value.len())
            .max()
            .unwrap_or(0);
        for (name, value, source) in &self.lines {
            writeln!(f, "{name:name_width$}  {value:value_width$}  ({source})")?;
        }
        Ok(())
    }
}
