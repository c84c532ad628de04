//! Every environment variable: what it is for, whether it is used, and who reads it.
//!
//! This is the only file that touches the process environment. Everything else asks
//! [`Variables`], which a test can be.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

pub(crate) mod settings;

/// Where variables come from. An empty value counts as not set, as OpenTelemetry asks.
pub trait Variables {
    /// The value of a variable.
    fn get(&self, name: &str) -> Option<String>;
    /// The names of all variables that are set.
    fn names(&self) -> Vec<String>;
}

/// The environment of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessEnvironment;

impl Variables for ProcessEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        let value = std::env::var_os(name)?;
        Some(value.to_string_lossy().into_owned())
    }

    fn names(&self) -> Vec<String> {
        std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .collect()
    }
}

impl Variables for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        BTreeMap::get(self, name).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }
}

impl<S: BuildHasher> Variables for HashMap<String, String, S> {
    fn get(&self, name: &str) -> Option<String> {
        HashMap::get(self, name).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }
}

impl<const N: usize> Variables for [(&str, &str); N] {
    fn get(&self, name: &str) -> Option<String> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    }

    fn names(&self) -> Vec<String> {
        self.iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

/// What secspan does with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Read and obeyed.
    Honoured,
    /// Known to OpenTelemetry and without effect here; the text says why.
    Ignored(&'static str),
}

/// An environment variable that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it sets, its values and its default.
    pub about: &'static str,
    /// What secspan does with it.
    pub used: Use,
}

pub(crate) const SDK_DISABLED: &str = "OTEL_SDK_DISABLED";
pub(crate) const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
pub(crate) const RESOURCE_ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
pub(crate) const TRACES_EXPORTER: &str = "OTEL_TRACES_EXPORTER";
pub(crate) const TRACES_SAMPLER: &str = "OTEL_TRACES_SAMPLER";
pub(crate) const TRACES_SAMPLER_ARG: &str = "OTEL_TRACES_SAMPLER_ARG";
pub(crate) const PROPAGATORS: &str = "OTEL_PROPAGATORS";
pub(crate) const ATTRIBUTE_VALUE_LENGTH: &str = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT";
pub(crate) const SPAN_ATTRIBUTE_VALUE_LENGTH: &str = "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT";
pub(crate) const ATTRIBUTE_COUNT: &str = "OTEL_ATTRIBUTE_COUNT_LIMIT";
pub(crate) const SPAN_ATTRIBUTE_COUNT: &str = "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT";
pub(crate) const SPAN_EVENT_COUNT: &str = "OTEL_SPAN_EVENT_COUNT_LIMIT";
pub(crate) const SPAN_LINK_COUNT: &str = "OTEL_SPAN_LINK_COUNT_LIMIT";
pub(crate) const EVENT_ATTRIBUTE_COUNT: &str = "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT";
pub(crate) const LINK_ATTRIBUTE_COUNT: &str = "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT";
pub(crate) const BSP_SCHEDULE_DELAY: &str = "OTEL_BSP_SCHEDULE_DELAY";
pub(crate) const BSP_MAX_QUEUE_SIZE: &str = "OTEL_BSP_MAX_QUEUE_SIZE";
pub(crate) const BSP_MAX_EXPORT_BATCH_SIZE: &str = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";
pub(crate) const BSP_EXPORT_TIMEOUT: &str = "OTEL_BSP_EXPORT_TIMEOUT";
pub(crate) const OTLP_ENDPOINT: &str = opentelemetry_otlp::OTEL_EXPORTER_OTLP_ENDPOINT;
pub(crate) const OTLP_TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
pub(crate) const OTLP_PROTOCOL: &str = opentelemetry_otlp::OTEL_EXPORTER_OTLP_PROTOCOL;
pub(crate) const OTLP_TRACES_PROTOCOL: &str = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
pub(crate) const OTLP_HEADERS: &str = opentelemetry_otlp::OTEL_EXPORTER_OTLP_HEADERS;
pub(crate) const OTLP_TRACES_HEADERS: &str = "OTEL_EXPORTER_OTLP_TRACES_HEADERS";
pub(crate) const OTLP_TIMEOUT: &str = opentelemetry_otlp::OTEL_EXPORTER_OTLP_TIMEOUT;
pub(crate) const OTLP_TRACES_TIMEOUT: &str = "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT";
pub(crate) const OTLP_COMPRESSION: &str = opentelemetry_otlp::OTEL_EXPORTER_OTLP_COMPRESSION;
pub(crate) const OTLP_TRACES_COMPRESSION: &str = "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION";
pub(crate) const OTLP_INSECURE: &str = opentelemetry_otlp::OTEL_EXPORTER_OTLP_INSECURE;
pub(crate) const OTLP_TRACES_INSECURE: &str = "OTEL_EXPORTER_OTLP_TRACES_INSECURE";
pub(crate) const OTLP_CERTIFICATE: &str = "OTEL_EXPORTER_OTLP_CERTIFICATE";
pub(crate) const OTLP_TRACES_CERTIFICATE: &str = "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE";
pub(crate) const OTLP_CLIENT_KEY: &str = "OTEL_EXPORTER_OTLP_CLIENT_KEY";
pub(crate) const OTLP_TRACES_CLIENT_KEY: &str = "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY";
pub(crate) const OTLP_CLIENT_CERTIFICATE: &str = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE";
pub(crate) const OTLP_TRACES_CLIENT_CERTIFICATE: &str =
    "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE";
pub(crate) const SPOOL_DIR: &str = "SECSPAN_SPOOL_DIR";
pub(crate) const PRESET: &str = "SECSPAN_PRESET";

const NOT_TRACES: Use =
    Use::Ignored("secspan exports traces; metrics and logs are derived by the collector");

const fn honoured(name: &'static str, about: &'static str) -> Variable {
    Variable {
        name,
        about,
        used: Use::Honoured,
    }
}

const fn ignored(name: &'static str, about: &'static str, used: Use) -> Variable {
    Variable { name, about, used }
}

/// Every variable that is known, used or not.
pub const VARIABLES: &[Variable] = &[
    honoured(
        SDK_DISABLED,
        "true switches all recording off; default false",
    ),
    honoured(
        SERVICE_NAME,
        "name of the service, before service.name of OTEL_RESOURCE_ATTRIBUTES",
    ),
    honoured(
        RESOURCE_ATTRIBUTES,
        "key=value,key=value; percent-encoded values",
    ),
    honoured(
        TRACES_EXPORTER,
        "otlp, console, none, or a list of them; default otlp",
    ),
    honoured(
        TRACES_SAMPLER,
        "always_on, always_off, traceidratio, parentbased_always_on (default), parentbased_always_off, \
         parentbased_traceidratio",
    ),
    honoured(
        TRACES_SAMPLER_ARG,
        "share of traces for the ratio samplers, 0.0 to 1.0; default 1.0",
    ),
    honoured(
        PROPAGATORS,
        "tracecontext, baggage, none, or a list; default tracecontext,baggage",
    ),
    honoured(
        ATTRIBUTE_VALUE_LENGTH,
        "longest text value in characters; default no limit",
    ),
    honoured(
        SPAN_ATTRIBUTE_VALUE_LENGTH,
        "the same, before the general one",
    ),
    honoured(
        ATTRIBUTE_COUNT,
        "most attributes of a span, event or link; default 128",
    ),
    honoured(
        SPAN_ATTRIBUTE_COUNT,
        "most attributes of a span, before the general one",
    ),
    honoured(SPAN_EVENT_COUNT, "most events of a span; default 128"),
    honoured(SPAN_LINK_COUNT, "most links of a span; default 128"),
    honoured(
        EVENT_ATTRIBUTE_COUNT,
        "most attributes of an event; default 128",
    ),
    honoured(
        LINK_ATTRIBUTE_COUNT,
        "most attributes of a link; default 128",
    ),
    honoured(
        BSP_SCHEDULE_DELAY,
        "longest time a span waits for its batch, in ms; default 1000",
    ),
    honoured(
        BSP_MAX_QUEUE_SIZE,
        "most spans between application and export thread; default 65536",
    ),
    honoured(
        BSP_MAX_EXPORT_BATCH_SIZE,
        "most spans in a request; default 4096",
    ),
    honoured(
        BSP_EXPORT_TIMEOUT,
        "one attempt of a request, in ms, unless the OTLP one is set",
    ),
    honoured(
        OTLP_ENDPOINT,
        "http(s)://host:port; with HTTP, /v1/traces is appended; default localhost",
    ),
    honoured(OTLP_TRACES_ENDPOINT, "the same for traces, used as it is"),
    honoured(OTLP_PROTOCOL, "grpc or http/protobuf; default grpc"),
    honoured(OTLP_TRACES_PROTOCOL, "the same, before the general one"),
    honoured(
        OTLP_HEADERS,
        "name=value,name=value sent with every request; percent-encoded values",
    ),
    honoured(
        OTLP_TRACES_HEADERS,
        "the same, added to and before the general ones",
    ),
    honoured(
        OTLP_TIMEOUT,
        "one attempt of a request, in ms; default 10000",
    ),
    honoured(OTLP_TRACES_TIMEOUT, "the same, before the general one"),
    honoured(OTLP_COMPRESSION, "none or gzip; default none"),
    honoured(OTLP_TRACES_COMPRESSION, "the same, before the general one"),
    honoured(
        OTLP_INSECURE,
        "true: an endpoint without scheme means http; default https",
    ),
    honoured(OTLP_TRACES_INSECURE, "the same, before the general one"),
    honoured(
        OTLP_CERTIFICATE,
        "PEM file of the authorities to trust; default the system's",
    ),
    honoured(OTLP_TRACES_CERTIFICATE, "the same, before the general one"),
    honoured(
        OTLP_CLIENT_KEY,
        "PEM file of the client's private key, for mTLS",
    ),
    honoured(OTLP_TRACES_CLIENT_KEY, "the same, before the general one"),
    honoured(
        OTLP_CLIENT_CERTIFICATE,
        "PEM file of the client's certificate chain, for mTLS",
    ),
    honoured(
        OTLP_TRACES_CLIENT_CERTIFICATE,
        "the same, before the general one",
    ),
    honoured(
        SPOOL_DIR,
        "folder for spans that memory has no room for; default none",
    ),
    honoured(PRESET, "lean, default or forensic"),
    ignored(
        "OTEL_ENTITIES",
        "entities of the resource",
        Use::Ignored("experimental in OpenTelemetry"),
    ),
    ignored(
        "OTEL_CONFIG_FILE",
        "declarative configuration",
        Use::Ignored("settings are variables or code"),
    ),
    ignored(
        "OTEL_EXPERIMENTAL_CONFIG_FILE",
        "declarative configuration",
        Use::Ignored("deprecated in OpenTelemetry"),
    ),
    ignored(
        "OTEL_LOG_LEVEL",
        "level of the SDK's own messages",
        Use::Ignored("there are few, all of them matter"),
    ),
    ignored(
        "OTEL_SEMCONV_STABILITY_OPT_IN",
        "choice between old and new conventions",
        Use::Ignored("only the new conventions are emitted"),
    ),
    ignored(
        "OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN",
        "exceptions as log records",
        Use::Ignored("exceptions are span events; the collector accepts both"),
    ),
    ignored("OTEL_METRICS_EXPORTER", "exporter of metrics", NOT_TRACES),
    ignored(
        "OTEL_METRICS_EXEMPLAR_FILTER",
        "which measurements become exemplars",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_METRIC_EXPORT_INTERVAL",
        "pause between metric exports",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_METRIC_EXPORT_TIMEOUT",
        "time limit of a metric export",
        NOT_TRACES,
    ),
    ignored("OTEL_LOGS_EXPORTER", "exporter of log records", NOT_TRACES),
    ignored(
        "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
        "most attributes of a log record",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "longest value of a log record",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_BLRP_SCHEDULE_DELAY",
        "batching of log records",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_BLRP_MAX_QUEUE_SIZE",
        "batching of log records",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
        "batching of log records",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_BLRP_EXPORT_TIMEOUT",
        "batching of log records",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_EXPORTER_PROMETHEUS_HOST",
        "scrape endpoint",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_EXPORTER_PROMETHEUS_PORT",
        "scrape endpoint",
        NOT_TRACES,
    ),
    ignored(
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT",
        "Zipkin",
        Use::Ignored("only OTLP is exported"),
    ),
    ignored(
        "OTEL_EXPORTER_ZIPKIN_TIMEOUT",
        "Zipkin",
        Use::Ignored("only OTLP is exported"),
    ),
];

/// Prefixes of families whose members are known without being listed: the other two signals, and
/// settings of SDKs in other languages.
const KNOWN_FAMILIES: [&str; 10] = [
    "OTEL_EXPORTER_OTLP_METRICS_",
    "OTEL_EXPORTER_OTLP_LOGS_",
    "OTEL_INSTRUMENTATION_",
    "OTEL_PYTHON_",
    "OTEL_JAVA_",
    "OTEL_JAVAAGENT_",
    "OTEL_NODE_",
    "OTEL_DOTNET_",
    "OTEL_GO_",
    "OTEL_PHP_",
];

/// One line for each variable that is set and does nothing: unknown, with the nearest known name,
/// or known and without effect.
pub(crate) fn warnings(variables: &dyn Variables) -> Vec<String> {
    let mut names = variables.names();
    names.retain(|name| name.starts_with("OTEL_") || name.starts_with("SECSPAN_"));
    names.sort();
    names
        .into_iter()
        .filter_map(|name| warning(&name))
        .collect()
}

fn warning(name: &str) -> Option<String> {
    if KNOWN_FAMILIES.iter().any(|family| name.starts_with(family)) {
        return None;
    }
    match VARIABLES
        .iter()
        .find(|known| known.name == name)
        .map(|known| known.used)
    {
        Some(Use::Honoured) => None,
        Some(Use::Ignored(why)) => Some(format!("{name} is set and has no effect: {why}")),
        // Variables of the collector and its tools start alike; only OTEL_ names are judged.
        None if name.starts_with("SECSPAN_") => None,
        None => {
            let nearest = nearest(name, VARIABLES.iter().map(|known| known.name));
            let hint = nearest
                .map(|known| format!("; did you mean {known}?"))
                .unwrap_or_default();
            Some(format!("{name} is set and not known{hint}"))
        }
    }
}

/// The candidate that is spelt most alike, if any is near.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    /// Least likeness, on a scale to 1, at which a suggestion helps rather than confuses.
    const NEAR: f64 = 0.85;

    let scored = candidates.map(|known| (strsim::jaro_winkler(word, known), known));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= NEAR).then_some(best.1)
}
