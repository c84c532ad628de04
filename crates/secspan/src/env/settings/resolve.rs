//! Code first, then the environment, then the default; problems are gathered, not thrown.

use super::parse::{self, Allowed, EndpointRules};
use super::{
    Compression, Duration, Endpoint, Explanation, Exporters, Given, HeaderMap, KeyValue, PathBuf,
    Preset, Propagators, Protocol, Sampler, SettingProblem, Settings, ShouldSample, Source,
    SpanLimits, TlsFiles, Variables, fmt, nearest,
};
use crate::env;

/// Spans between application and export thread: 1.3 s at 50 000 spans a second.
pub(super) const QUEUE_SPANS: usize = 65_536;
/// Spans in a request.
pub(super) const BATCH_SPANS: usize = 4_096;
/// Longest time a span waits for its batch.
pub(super) const SCHEDULE_DELAY: Duration = Duration::from_secs(1);
/// One attempt of a request.
pub(super) const REQUEST_TIMEOUT: Duration = opentelemetry_otlp::OTEL_EXPORTER_OTLP_TIMEOUT_DEFAULT;
/// Attributes of a span, event or link; events and links of a span.
pub(super) const COUNT_LIMIT: u32 = 128;
/// Most spans that a queue may be asked to hold.
const MOST_QUEUE_SPANS: usize = 16_777_216;
const DEFAULT_SAMPLER: &str = "parentbased_always_on";
const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// Resolves every setting; all problems at once.
pub(crate) fn resolve(
    given: Given,
    variables: &dyn Variables,
) -> Result<Settings, Vec<SettingProblem>> {
    let explanation = Explanation::default();
    let mut resolver = Resolver {
        variables,
        explanation,
        problems: Vec::new(),
    };
    let settings = resolver.settings(given);
    if resolver.problems.is_empty() {
        Ok(Settings {
            explanation: resolver.explanation,
            ..settings
        })
    } else {
        Err(resolver.problems)
    }
}

struct Resolver<'a> {
    variables: &'a dyn Variables,
    explanation: Explanation,
    problems: Vec<SettingProblem>,
}

impl Resolver<'_> {
    fn settings(&mut self, given: Given) -> Settings {
        let disabled = self.pick("disabled", None, &[env::SDK_DISABLED], parse::flag, false);
        let resource = self.resource();
        let service_name = self.service_name(given.service_name, &resource);
        let exporters = self.exporters(given.has_local_exporter);
        let protocol = self.protocol(given.protocol);
        let endpoint = self.endpoint(given.endpoint, protocol);
        let headers = self.headers(&given.headers);
        let timeouts = [
            env::OTLP_TRACES_TIMEOUT,
            env::OTLP_TIMEOUT,
            env::BSP_EXPORT_TIMEOUT,
        ];
        let timeout = self.duration("timeout", given.timeout, &timeouts, REQUEST_TIMEOUT);
        let compression = self.compression(given.compression);
        let tls = self.tls();
        let sampler = self.sampler(given.sampler);
        let limits = self.limits();
        let value_chars = self.value_chars();
        let (queue_spans, batch_spans) = self.sizes(given.queue_spans, given.batch_spans);
        let delays = [env::BSP_SCHEDULE_DELAY];
        let schedule_delay = self.duration(
            "schedule_delay",
            given.schedule_delay,
            &delays,
            SCHEDULE_DELAY,
        );
        let propagators = self.propagators();
        let presets = [env::PRESET];
        let preset = self.pick(
            "preset",
            given.preset,
            &presets,
            parse::preset,
            Preset::Default,
        );
        let spool_dir = self.path("spool_dir", given.spool_dir, &[env::SPOOL_DIR]);
        Settings {
            disabled,
            service_name,
            resource,
            exporters,
            protocol,
            endpoint,
            headers,
            timeout,
            compression,
            tls,
            sampler,
            limits,
            value_chars,
            queue_spans,
            batch_spans,
            schedule_delay,
            propagators,
            preset,
            spool_dir,
            explanation: Explanation::default(),
            warnings: env::warnings(self.variables),
        }
    }

    fn pick<T: fmt::Display>(
        &mut self,
        setting: &'static str,
        given: Option<T>,
        names: &[&'static str],
        parse: impl Fn(&str) -> Result<T, Allowed>,
        default: T,
    ) -> T {
        self.pick_shown(setting, given, names, parse, default, ToString::to_string)
    }

    fn pick_shown<T>(
        &mut self,
        setting: &'static str,
        given: Option<T>,
        names: &[&'static str],
        parse: impl Fn(&str) -> Result<T, Allowed>,
        default: T,
        show: impl Fn(&T) -> String,
    ) -> T {
        let from_environment = self
            .first(names)
            .map(|(name, text)| (name, parse(&text), text));
        let (value, source) = match (given, from_environment) {
            (Some(value), _) => (value, Source::Code),
            (None, Some((name, Ok(value), _))) => (value, Source::Environment(name)),
            (None, Some((name, Err(allowed), text))) => {
                self.problem(name, &text, allowed);
                (default, Source::Environment(name))
            }
            (None, None) => (default, Source::Default),
        };
        self.explanation.lines.push((setting, show(&value), source));
        value
    }

    /// The first of the variables that is set and not empty.
    fn first(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| {
            let value = self.variables.get(name)?.trim().to_owned();
            (!value.is_empty()).then_some((*name, value))
        })
    }

    fn problem(&mut self, setting: &str, given: &str, allowed: Allowed) {
        let (setting, given) = (setting.to_owned(), given.to_owned());
        self.problems.push(SettingProblem {
            setting,
            given,
            allowed,
            hint: None,
        });
    }

    fn duration(
        &mut self,
        setting: &'static str,
        given: Option<Duration>,
        names: &[&'static str],
        default: Duration,
    ) -> Duration {
        let show = |value: &Duration| format!("{} ms", value.as_millis());
        self.pick_shown(setting, given, names, parse::millis, default, show)
    }

    fn path(
        &mut self,
        setting: &'static str,
        given: Option<PathBuf>,
        names: &[&'static str],
    ) -> Option<PathBuf> {
        let read = |text: &str| Ok(Some(PathBuf::from(text)));
        let show = |path: &Option<PathBuf>| {
            path.as_ref()
                .map_or_else(|| "none".to_owned(), |path| path.display().to_string())
        };
        self.pick_shown(setting, given.map(Some), names, read, None, show)
    }

    fn resource(&mut self) -> Vec<KeyValue> {
        let show = |pairs: &Vec<KeyValue>| {
            let pairs = pairs
                .iter()
                .map(|pair| format!("{}={}", pair.key, pair.value));
            pairs.collect::<Vec<_>>().join(",")
        };
        let names = [env::RESOURCE_ATTRIBUTES];
        self.pick_shown("resource", None, &names, parse::resource, Vec::new(), show)
    }

    fn service_name(&mut self, given: Option<String>, resource: &[KeyValue]) -> String {
        let key = secspan_semconv::attribute::SERVICE_NAME;
        let in_resource = resource.iter().rfind(|pair| pair.key.as_str() == key);
        if given.is_none()
            && self.first(&[env::SERVICE_NAME]).is_none()
            && let Some(pair) = in_resource
        {
            let name = pair.value.as_str().into_owned();
            let source = Source::Environment(env::RESOURCE_ATTRIBUTES);
            self.explanation
                .lines
                .push(("service_name", name.clone(), source));
            return name;
        }
        let executable = std::env::current_exe().ok();
        let executable = executable
            .as_deref()
            .and_then(|path| path.file_stem()?.to_str());
        let default = executable.map_or_else(
            || "unknown_service".to_owned(),
            |name| format!("unknown_service:{name}"),
        );
        let read = |text: &str| Ok(text.to_owned());
        self.pick("service_name", given, &[env::SERVICE_NAME], read, default)
    }

    fn exporters(&mut self, has_local: bool) -> Exporters {
        let network = cfg!(any(feature = "grpc", feature = "http"));
        let default = Exporters {
            otlp: network && !has_local,
            console: false,
        };
        let show =
            |chosen: &Exporters| words(&[("otlp", chosen.otlp), ("console", chosen.console)]);
        let names = [env::TRACES_EXPORTER];
        let chosen = self.pick_shown("exporters", None, &names, parse::exporters, default, show);
        if chosen.otlp && !network {
            let allowed = "console or none; otlp needs the cargo feature `grpc` or `http`";
            self.problem(env::TRACES_EXPORTER, "otlp", allowed.to_owned());
        }
        chosen
    }

    fn protocol(&mut self, given: Option<Protocol>) -> Protocol {
        let default = if cfg!(feature = "http") && !cfg!(feature = "grpc") {
            Protocol::HttpProtobuf
        } else {
            Protocol::Grpc
        };
        if let Some(Err(allowed)) = given.map(|given| parse::protocol(&given.to_string())) {
            self.problem("protocol()", &given.unwrap_or(default).to_string(), allowed);
        }
        let names = [env::OTLP_TRACES_PROTOCOL, env::OTLP_PROTOCOL];
        self.pick("protocol", given, &names, parse::protocol, default)
    }

    fn compression(&mut self, given: Option<Compression>) -> Compression {
        if let Some(Err(allowed)) = given.map(|given| parse::compression(&given.to_string())) {
            self.problem("compression()", &Compression::Gzip.to_string(), allowed);
        }
        let names = [env::OTLP_TRACES_COMPRESSION, env::OTLP_COMPRESSION];
        self.pick(
            "compression",
            given,
            &names,
            parse::compression,
            Compression::None,
        )
    }

    fn endpoint(&mut self, given: Option<String>, protocol: Protocol) -> Endpoint {
        let insecure_names = [env::OTLP_TRACES_INSECURE, env::OTLP_INSECURE];
        let insecure = self.pick("insecure", None, &insecure_names, parse::flag, false);
        let append_path = self.first(&[env::OTLP_TRACES_ENDPOINT]).is_none();
        let rules = EndpointRules {
            protocol,
            append_path,
            insecure,
        };
        let in_code = given.and_then(|text| {
            let read = parse::endpoint(
                &text,
                EndpointRules {
                    append_path: true,
                    ..rules
                },
            );
            read.map_err(|allowed| self.problem("endpoint()", &text, allowed))
                .ok()
        });
        let names = [env::OTLP_TRACES_ENDPOINT, env::OTLP_ENDPOINT];
        let read = |text: &str| parse::endpoint(text, rules);
        self.pick(
            "endpoint",
            in_code,
            &names,
            read,
            parse::default_endpoint(protocol),
        )
    }

    /// Headers add up: general ones, then those of the signal, then those set in code.
    fn headers(&mut self, given: &[(String, String)]) -> HeaderMap {
        let mut all = HeaderMap::new();
        let mut source = Source::Default;
        for name in [env::OTLP_HEADERS, env::OTLP_TRACES_HEADERS] {
            let Some((name, text)) = self.first(&[name]) else {
                continue;
            };
            source = Source::Environment(name);
            match parse::headers(&text) {
                Ok(headers) => replace(&mut all, headers),
                Err(allowed) => self.problem(name, "***", allowed),
            }
        }
        for (name, value) in given {
            source = Source::Code;
            if let Some((name, value)) = parse::header(name, value) {
                all.insert(name, value);
            } else {
                let allowed = "an HTTP header name, and a value in visible ASCII";
                self.problem("header()", name, allowed.to_owned());
            }
        }
        let names: Vec<String> = all.keys().map(|name| format!("{name}=***")).collect();
        self.explanation
            .lines
            .push(("headers", names.join(","), source));
        all
    }

    fn tls(&mut self) -> TlsFiles {
        let names = [env::OTLP_TRACES_CERTIFICATE, env::OTLP_CERTIFICATE];
        let certificate = self.path("certificate", None, &names);
        let names = [env::OTLP_TRACES_CLIENT_KEY, env::OTLP_CLIENT_KEY];
        let client_key = self.path("client_key", None, &names);
        let names = [
            env::OTLP_TRACES_CLIENT_CERTIFICATE,
            env::OTLP_CLIENT_CERTIFICATE,
        ];
        let client_certificate = self.path("client_certificate", None, &names);
        if client_key.is_some() != client_certificate.is_some() {
            let given = if client_key.is_some() {
                "only the key"
            } else {
                "only the certificate"
            };
            let names = format!(
                "{} and {}",
                env::OTLP_CLIENT_KEY,
                env::OTLP_CLIENT_CERTIFICATE
            );
            self.problem(&names, given, "both or neither".to_owned());
        }
        TlsFiles {
            certificate,
            client_key,
            client_certificate,
        }
    }

    fn sampler(&mut self, given: Option<Box<dyn ShouldSample>>) -> Option<Box<dyn ShouldSample>> {
        if let Some(sampler) = given {
            self.explanation
                .lines
                .push(("sampler", "set in code".to_owned(), Source::Code));
            return Some(sampler);
        }
        let ratio = self.pick(
            "sampler_ratio",
            None,
            &[env::TRACES_SAMPLER_ARG],
            parse::ratio,
            1.0,
        );
        let read = |text: &str| {
            let known = SAMPLERS.iter().find(|known| **known == text).copied();
            known.ok_or_else(|| SAMPLERS.join(", "))
        };
        let names = [env::TRACES_SAMPLER];
        let chosen = self.pick("sampler", None, &names, read, DEFAULT_SAMPLER);
        if let Some(problem) = self
            .problems
            .last_mut()
            .filter(|p| p.setting == env::TRACES_SAMPLER)
        {
            let near = nearest(&problem.given, SAMPLERS.into_iter());
            problem.hint = near.map(|known| format!("did you mean {known}?"));
        }
        let root = match chosen.trim_start_matches("parentbased_") {
            "always_off" => Sampler::AlwaysOff,
            "traceidratio" => Sampler::TraceIdRatioBased(ratio),
            _ => Sampler::AlwaysOn,
        };
        if chosen == DEFAULT_SAMPLER {
            None
        } else if chosen.starts_with("parentbased_") {
            Some(Box::new(Sampler::ParentBased(Box::new(root))))
        } else {
            Some(Box::new(root))
        }
    }

    fn limits(&mut self) -> SpanLimits {
        let mut limit = |setting, names: &[&'static str]| {
            self.pick(setting, None, names, parse::whole(0, u32::MAX), COUNT_LIMIT)
        };
        let all = env::ATTRIBUTE_COUNT;
        SpanLimits {
            max_attributes_per_span: limit("span_attributes", &[env::SPAN_ATTRIBUTE_COUNT, all]),
            max_events_per_span: limit("span_events", &[env::SPAN_EVENT_COUNT]),
            max_links_per_span: limit("span_links", &[env::SPAN_LINK_COUNT]),
            max_attributes_per_event: limit("event_attributes", &[env::EVENT_ATTRIBUTE_COUNT, all]),
            max_attributes_per_link: limit("link_attributes", &[env::LINK_ATTRIBUTE_COUNT, all]),
        }
    }

    fn value_chars(&mut self) -> Option<usize> {
        let names = [
            env::SPAN_ATTRIBUTE_VALUE_LENGTH,
            env::ATTRIBUTE_VALUE_LENGTH,
        ];
        let read = |text: &str| parse::whole(0, usize::MAX)(text).map(Some);
        let show = |limit: &Option<usize>| {
            limit.map_or_else(|| "no limit".to_owned(), |chars| chars.to_string())
        };
        self.pick_shown("value_length", None, &names, read, None, show)
    }

    fn sizes(&mut self, queue: Option<usize>, batch: Option<usize>) -> (usize, usize) {
        let size = parse::whole(1, MOST_QUEUE_SPANS);
        let names = [env::BSP_MAX_QUEUE_SIZE];
        let queue = self
            .pick("queue_size", queue, &names, &size, QUEUE_SPANS)
            .max(1);
        let names = [env::BSP_MAX_EXPORT_BATCH_SIZE];
        let batch = self
            .pick("batch_size", batch, &names, &size, BATCH_SPANS.min(queue))
            .max(1);
        if batch > queue {
            let allowed = format!("at most the queue size, {queue}");
            self.problem(env::BSP_MAX_EXPORT_BATCH_SIZE, &batch.to_string(), allowed);
        }
        (queue, batch)
    }

    fn propagators(&mut self) -> Propagators {
        let default = Propagators {
            trace_context: true,
            baggage: true,
        };
        let show = |chosen: &Propagators| {
            words(&[
                ("tracecontext", chosen.trace_context),
                ("baggage", chosen.baggage),
            ])
        };
        let names = [env::PROPAGATORS];
        self.pick_shown(
            "propagators",
            None,
            &names,
            parse::propagators,
            default,
            show,
        )
    }
}

/// Later headers replace earlier ones of the same name.
fn replace(all: &mut HeaderMap, later: HeaderMap) {
    for name in later.keys() {
        all.remove(name);
    }
    all.extend(later);
}

fn words(choices: &[(&str, bool)]) -> String {
    let chosen: Vec<&str> = choices
        .iter()
        .filter(|(_, on)| *on)
        .map(|(word, _)| *word)
        .collect();
    if chosen.is_empty() {
        "none".to_owned()
    } else {
        chosen.join(",")
    }
}
