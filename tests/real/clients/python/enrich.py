"""Send one enrichment workflow over OTLP/gRPC with the OpenTelemetry SDK, and print its trace id."""

import os
import sys
import time

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

SECOND = 1_000_000_000

# The stages in the order in which they ran, and their seconds.
STAGES = [
    ("triage", 30),
    ("cve_research", 150),
    ("business_context", 150),
    ("remediation_planning", 180),
    ("attack_mapping", 30),
    ("priority_assessment", 120),
    ("documentation", 20),
    ("jira_update", 40),
]

# Kind, seconds into the stage at which the call ended, seconds it took, model, tokens in and out, citations,
# search queries, cost.
CALLS = [
    ("search", 40, 2.5, "sonar-pro", 120, 640, 4, 2, 0.012),
    ("reason", 90, 12.25, "sonar-reasoning-pro", 310, 1800, 3, 1, 0.0285),
    ("reason", 140, 18.75, "sonar-reasoning-pro", 420, 2100, 5, 1, 0.0335),
]


class Watched(SpanExporter):
    """Passes everything on, and remembers how the exports ended: the SDK itself only logs a failure."""

    def __init__(self, inner):
        self.inner = inner
        self.sent = 0
        self.failed = False

    def export(self, spans):
        result = self.inner.export(spans)
        if result is SpanExportResult.SUCCESS:
            self.sent += len(spans)
        else:
            self.failed = True
        return result

    def shutdown(self):
        self.inner.shutdown()

    def force_flush(self, timeout_millis=30_000):
        return self.inner.force_flush(timeout_millis)


def enrich(tracer, ticket):
    end = time.time_ns()
    start = end - sum(seconds for _, seconds in STAGES) * SECOND
    workflow = tracer.start_span(
        "enrich",
        start_time=start,
        attributes={
            "secops.workflow.name": "security-alert-enrichment-v1",
            "secops.ticket.id": ticket,
            "secops.analyst.name": "Test Analyst",
            "secops.vulnerability.id": "CVE-2025-40112",
            "secops.priority": "P2",
            "secops.vulnerability.score.base": 7.5,
            "secops.vulnerability.epss.score": 0.00234,
            "secops.vulnerability.known_exploited": False,
            "secops.enrichment.source.count": 5,
            "secops.enrichment.technique.count": 3,
        },
    )
    within = trace.set_span_in_context(workflow)
    at = start
    for name, seconds in STAGES:
        stage = tracer.start_span(name, context=within, start_time=at)
        if name == "cve_research":
            add_calls(stage, at)
        at += seconds * SECOND
        stage.end(end_time=at)
    workflow.end(end_time=at)
    return format(workflow.get_span_context().trace_id, "032x")


def add_calls(stage, start):
    for kind, at, took, model, tokens_in, tokens_out, citations, queries, cost in CALLS:
        stage.add_event(
            "secops.perplexity.call",
            {
                "secops.perplexity.kind": kind,
                "secops.duration": took,
                "secops.outcome": "success",
                "gen_ai.provider.name": "perplexity",
                "gen_ai.request.model": model,
                "gen_ai.response.model": model,
                "gen_ai.usage.input_tokens": tokens_in,
                "gen_ai.usage.output_tokens": tokens_out,
                "secops.perplexity.citation.count": citations,
                "secops.perplexity.search_query.count": queries,
                "secops.llm.cost.amount": cost,
                "secops.llm.cost.currency": "USD",
                "http.response.status_code": 200,
            },
            timestamp=start + at * SECOND,
        )


def main():
    if len(sys.argv) != 2 or not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        sys.exit("usage: OTEL_EXPORTER_OTLP_ENDPOINT=http://host:port enrich.py TICKET")
    exporter = Watched(OTLPSpanExporter())
    provider = TracerProvider(resource=Resource.create({"service.name": "enrichment-python"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace_id = enrich(provider.get_tracer("secspan.test.client"), sys.argv[1])
    provider.shutdown()
    if exporter.failed or exporter.sent != len(STAGES) + 1:
        sys.exit(f"export failed: {exporter.sent} of {len(STAGES) + 1} spans were taken")
    print(trace_id)


if __name__ == "__main__":
    main()
