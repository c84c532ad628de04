//! What a host app writes with `tracing`, and what arrives: one test per trap that is closed.

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanId, TraceContextExt as _, TraceId};
use opentelemetry_sdk::trace::IdGenerator;
use secspan::Preset;
use secspan::testing::SinkValue;
use secspan_semconv::attribute as key;
use tracing::{Level, event, info_span, instrument};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::setup::{only, quick, recorded};

#[instrument(fields(maybe = Some(3_u64), none = None::<u64>))]
fn counted(unsigned: u32, size: usize, wide: i128, signed: i64) {}

#[test]
fn unsigned_and_wide_arguments_arrive_as_integers() {
    let span = only(quick(), || counted(18, 7, -5, 4));
    for (name, number) in [
        ("unsigned", 18),
        ("size", 7),
        ("wide", -5),
        ("signed", 4),
        ("maybe", 3),
    ] {
        assert_eq!(span.int(name), Some(number), "{name}: {:?}", span.get(name));
    }
    assert_eq!(span.get("none"), None);
}

#[test]
fn what_no_integer_can_hold_arrives_as_its_digits() {
    let span = only(quick(), || drop(info_span!("s", n = u64::MAX).entered()));
    assert_eq!(span.text("n"), Some("18446744073709551615"));
}

#[test]
fn late_unsigned_fields_arrive_once_as_integers() {
    let span = only(quick(), || {
        let span = info_span!("s", n = tracing::field::Empty, m = 1_u64);
        span.record("n", 5_u64);
        let _entered = span.enter();
        tracing::Span::current().record("n", 6_u64);
        tracing::Span::current().record("m", 2_u64);
    });
    assert_eq!(
        (span.int("n"), span.times("n")),
        (Some(6), 1),
        "{:?}",
        span.attributes
    );
    assert_eq!(
        (span.int("m"), span.times("m")),
        (Some(2), 1),
        "{:?}",
        span.attributes
    );
}

#[test]
fn recording_before_entering_leaves_the_parent_open() {
    let spans = recorded(quick(), || {
        let span = info_span!("s", n = tracing::field::Empty);
        span.record("n", 5_u64);
        let mut headers = http::HeaderMap::new();
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", trace.parse().unwrap());
        secspan::propagation::set_parent(&span, &headers).unwrap();
        drop(span.entered());
    });
    assert_eq!(spans[0].trace_id, "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(spans[0].parent_span_id, "b7ad6b7169203331");
    assert_eq!(spans[0].flags, 0x301, "sampled, and the parent is remote");
}

#[test]
fn a_key_set_twice_arrives_once_with_the_last_value() {
    let span = only(quick(), || {
        let entered = info_span!("s", a = 1).entered();
        entered.record("a", 2);
        entered.set_attribute("b", "first");
        entered.set_attribute("b", "second");
        secspan::enrichment::ticket("OPS-1");
        secspan::enrichment::ticket("OPS-2");
    });
    assert_eq!((span.int("a"), span.times("a")), (Some(2), 1));
    assert_eq!((span.text("b"), span.times("b")), (Some("second"), 1));
    assert_eq!(
        (
            span.text(key::SECOPS_TICKET_ID),
            span.times(key::SECOPS_TICKET_ID)
        ),
        (Some("OPS-2"), 1)
    );
}

#[test]
fn an_event_keeps_its_own_name_and_its_types() {
    let span = only(quick(), || {
        info_span!("s").in_scope(|| {
            event!(name: "secops.scan.completed", Level::INFO, findings = 3_u32, error.r#type = "none", "done {}", 1);
        });
    });
    let event = span
        .event("secops.scan.completed")
        .expect("the static name");
    assert_eq!(event.int("findings"), Some(3));
    assert_eq!(event.text("message"), Some("done 1"));
    assert_eq!(event.times("level"), 0, "no noise on an event with a name");
}

#[test]
fn a_log_line_becomes_an_event_of_one_name_with_its_text_as_attribute() {
    let span = only(quick(), || {
        info_span!("s").in_scope(|| {
            for ticket in ["OPS-1", "OPS-2"] {
                tracing::info!(ticket, "looked at {ticket}");
            }
        });
    });
    let names: Vec<&str> = span
        .events
        .iter()
        .map(|event| event.name.as_str())
        .collect();
    assert_eq!(names, [secspan::LOG_EVENT, secspan::LOG_EVENT]);
    assert_eq!(span.events[1].text("message"), Some("looked at OPS-2"));
    assert_eq!(span.events[1].text("level"), Some("INFO"));
}

#[test]
fn name_and_kind_can_be_set_before_and_after_the_start() {
    let spans = recorded(quick(), || {
        drop(info_span!("a", otel.name = "early", otel.kind = "client").entered());
        let late = info_span!(
            "b",
            otel.name = tracing::field::Empty,
            otel.kind = tracing::field::Empty
        );
        let late = late.entered();
        late.record("otel.name", "late");
        late.record("otel.kind", "server");
    });
    let seen: Vec<(&str, i32)> = spans
        .iter()
        .map(|span| (span.name.as_str(), span.kind))
        .collect();
    assert_eq!(seen, [("early", 3), ("late", 2)]);
    assert!(
        spans
            .iter()
            .all(|span| span.keys().iter().all(|key| !key.starts_with("otel.")))
    );
}

#[test]
fn presets_choose_what_comes_beside_the_fields() {
    let keys = |preset| {
        let span = only(quick().preset(preset), || {
            drop(info_span!("s", own = 1).entered());
        });
        let mut keys: Vec<String> = span.keys().iter().map(ToString::to_string).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(Preset::Lean), ["own"]);
    assert_eq!(
        keys(Preset::Default),
        [key::CODE_FILE_PATH, key::CODE_LINE_NUMBER, "own", "target"]
    );
    let forensic = keys(Preset::Forensic);
    for wanted in [
        "busy_ns",
        "idle_ns",
        key::THREAD_ID,
        key::THREAD_NAME,
        "level",
        "own",
    ] {
        assert!(
            forensic.iter().any(|key| key == wanted),
            "{wanted} in {forensic:?}"
        );
    }
}

#[test]
fn the_exporters_own_libraries_are_never_recorded() {
    let spans = recorded(
        quick().level(tracing::level_filters::LevelFilter::TRACE),
        || {
            tracing::trace_span!("mine").in_scope(|| {
                tracing::info_span!(target: "h2::client", "theirs").in_scope(|| {
                    tracing::info!(target: "hyper_util::client", "theirs");
                    tracing::info_span!("mine_below").in_scope(|| {});
                });
            });
            tracing::info_span!(target: "tower_http::trace", "allowed").in_scope(|| {});
        },
    );
    let mut names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["allowed", "mine", "mine_below"]);
    let mine = spans.iter().find(|span| span.name == "mine").unwrap();
    let below = spans.iter().find(|span| span.name == "mine_below").unwrap();
    assert_eq!(
        below.parent_span_id, mine.span_id,
        "a span that is left out leaves the tree whole"
    );
    assert!(mine.events.is_empty());
}

#[test]
fn a_span_below_the_level_leaves_the_tree_whole() {
    let spans = recorded(quick(), || {
        info_span!("top").in_scope(|| {
            tracing::debug_span!("detail").in_scope(|| info_span!("leaf").in_scope(|| {}));
        });
    });
    assert_eq!(spans.len(), 2);
    assert_eq!(spans[0].parent_span_id, spans[1].span_id);
}

#[test]
fn long_values_are_cut_at_a_character() {
    let variables = std::collections::BTreeMap::from([(
        "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT".to_owned(),
        "3".to_owned(),
    )]);
    let span = only(quick().variables(variables), || {
        info_span!("s", text = "äöüß", number = 123_456).in_scope(|| {
            secspan::enrichment::techniques(["T1190", "T1"]);
            event!(name: "e", Level::INFO, text = "abcdef");
        });
    });
    assert_eq!(span.text("text"), Some("äöü"));
    assert_eq!(span.int("number"), Some(123_456));
    assert_eq!(
        span.texts(key::SECOPS_ENRICHMENT_TECHNIQUES),
        Some(vec!["T11", "T1"])
    );
    assert_eq!(span.event("e").unwrap().text("text"), Some("abc"));
}

#[test]
fn the_attribute_limit_counts_keys_and_tells_what_it_dropped() {
    let variables = [("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT".to_owned(), "3".to_owned())];
    let variables = std::collections::BTreeMap::from(variables);
    let span = only(quick().preset(Preset::Lean).variables(variables), || {
        let entered = info_span!("s", a = 1, b = 2).entered();
        for _ in 0..10 {
            entered.set_attribute("c", 3);
        }
        entered.set_attribute("d", 4);
    });
    assert_eq!(span.keys(), ["a", "b", "c"]);
    assert_eq!(span.dropped_attributes, 1);
}

#[test]
fn facts_are_typed_and_need_no_declared_field() {
    use secspan::enrichment::{self, Priority};

    #[instrument(fields(secops.workflow.name = secspan::ENRICHMENT))]
    fn enrich() {
        enrichment::ticket("OPS-771");
        enrichment::analyst("Robin");
        cve_research();
        enrichment::priority(Priority::P2);
    }
    #[instrument]
    fn cve_research() {
        enrichment::vulnerability("CVE-2099-0001");
        enrichment::cvss(7.5);
        enrichment::epss(0.002);
        enrichment::known_exploited(false);
        enrichment::sources(5);
        enrichment::techniques(["T1190", "T1059"]);
    }
    let spans = recorded(quick(), enrich);
    let (stage, workflow) = (&spans[0], &spans[1]);
    assert_eq!(
        workflow.text(key::SECOPS_WORKFLOW_NAME),
        Some("security-alert-enrichment-v1")
    );
    assert_eq!(workflow.text(key::SECOPS_PRIORITY), Some("P2"));
    assert_eq!(stage.name, "cve_research");
    assert_eq!(
        stage.double(key::SECOPS_VULNERABILITY_SCORE_BASE),
        Some(7.5)
    );
    assert_eq!(
        stage.double(key::SECOPS_VULNERABILITY_EPSS_SCORE),
        Some(0.002)
    );
    assert_eq!(
        stage.flag(key::SECOPS_VULNERABILITY_KNOWN_EXPLOITED),
        Some(false)
    );
    assert_eq!(stage.int(key::SECOPS_ENRICHMENT_SOURCE_COUNT), Some(5));
    assert_eq!(stage.int(key::SECOPS_ENRICHMENT_TECHNIQUE_COUNT), Some(2));
    assert_eq!(
        stage.texts(key::SECOPS_ENRICHMENT_TECHNIQUES),
        Some(vec!["T1190", "T1059"])
    );
}

#[test]
fn the_opentelemetry_api_takes_part() {
    use opentelemetry::trace::{Tracer as _, TracerProvider as _};

    let sink = secspan::testing::Sink::start().unwrap();
    let recording = crate::setup::record(quick().endpoint(sink.endpoint()));
    let tracer = recording.guard.provider().tracer("some-library");
    info_span!("mine").in_scope(|| {
        tracer.in_span("theirs", |context| {
            context.span().set_attribute(KeyValue::new("n", 1));
        });
    });
    recording.guard.shutdown().unwrap();
    let spans = sink.all_spans().wait_count(2).unwrap();
    let theirs = spans.iter().find(|span| span.name == "theirs").unwrap();
    let mine = spans.iter().find(|span| span.name == "mine").unwrap();
    assert_eq!(theirs.parent_span_id, mine.span_id);
    assert_eq!(
        (theirs.scope.as_str(), mine.scope.as_str()),
        ("some-library", "secspan")
    );
}

#[test]
fn the_resource_says_who_we_are() {
    let variables = [(
        "OTEL_RESOURCE_ATTRIBUTES".to_owned(),
        "team=blue%20team,deployment.environment.name=test".to_owned(),
    )];
    let configure = quick().variables(std::collections::BTreeMap::from(variables));
    let span = only(configure.resource_attribute("version", 3), || {
        drop(info_span!("s").entered());
    });
    assert_eq!(span.resource_text("service.name"), Some("test-host-app"));
    assert_eq!(span.resource_text("team"), Some("blue team"));
    assert_eq!(span.resource_text("telemetry.sdk.language"), Some("rust"));
    assert!(
        span.resource
            .iter()
            .any(|(name, value)| name == "version" && *value == SinkValue::Int(3))
    );
}

#[test]
fn disabled_means_nothing_is_recorded_and_nothing_is_sent() {
    let variables =
        std::collections::BTreeMap::from([("OTEL_SDK_DISABLED".to_owned(), "true".to_owned())]);
    let sink = secspan::testing::Sink::start().unwrap();
    let recording = crate::setup::record(quick().variables(variables).endpoint(sink.endpoint()));
    info_span!("s").in_scope(|| secspan::enrichment::ticket("OPS-1"));
    assert_eq!(recording.guard.shutdown().unwrap().produced, 0);
    assert_eq!(sink.requests(), 0);
}

/// Counts events, and wants only some: a stand-in for a log layer with its own filter.
struct Counting(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Counting {
    fn on_event(
        &self,
        _event: &tracing::Event<'_>,
        _context: tracing_subscriber::layer::Context<'_, S>,
    ) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn it_lives_beside_other_layers_with_their_own_filters() {
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::layer::SubscriberExt as _;

    let sink = secspan::testing::Sink::start().unwrap();
    let (layer, guard) = quick().endpoint(sink.endpoint()).layer().unwrap();
    let seen = std::sync::Arc::default();
    let other = Counting(std::sync::Arc::clone(&seen));
    let subscriber = tracing_subscriber::registry()
        .with(other.with_filter(tracing::level_filters::LevelFilter::WARN))
        .with(layer);
    tracing::subscriber::with_default(subscriber, || {
        info_span!("outer", n = 1_u8).in_scope(|| {
            tracing::debug!("for nobody");
            tracing::info!("for us");
            tracing::warn!("for both");
            tracing::Span::current().set_attribute("late", true);
        });
    });
    guard.shutdown().unwrap();
    let span = &sink.spans()[0];
    let texts: Vec<_> = span
        .events
        .iter()
        .map(|event| event.text("message").unwrap())
        .collect();
    assert_eq!(texts, ["for us", "for both"]);
    assert_eq!((span.int("n"), span.flag("late")), (Some(1), Some(true)));
    assert_eq!(seen.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[instrument]
fn cve_research() {}

#[instrument]
fn unrelated() {}

#[test]
fn a_stage_below_a_workflow_can_be_searched_by_its_name() {
    let spans = recorded(quick(), || {
        let _workflow = info_span!("enrich").entered();
        cve_research();
        unrelated();
    });
    let stage = |name: &str| {
        let span = spans.iter().find(|span| span.name == name).unwrap();
        span.text(key::SECOPS_STAGE_NAME).map(str::to_owned)
    };
    assert_eq!(stage("cve_research").as_deref(), Some("cve_research"));
    assert_eq!(stage("unrelated"), None);
    assert_eq!(stage("enrich"), None);
}

/// Gives out the same ids again and again.
#[derive(Debug)]
struct Fixed;

impl IdGenerator for Fixed {
    fn new_trace_id(&self) -> TraceId {
        TraceId::from_bytes([7; 16])
    }

    fn new_span_id(&self) -> SpanId {
        SpanId::from_bytes([9; 8])
    }
}

#[test]
fn ids_can_be_brought_along() {
    let span = only(quick().id_generator(Fixed), || {
        drop(info_span!("s").entered());
    });
    assert_eq!(
        (span.trace_id, span.span_id),
        ("07".repeat(16), "09".repeat(8))
    );
}
