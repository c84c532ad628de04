"""The enrichment workflow with the OpenTelemetry SDK for Python alone: `enrichment.py TICKET` prints the trace id.

    pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-grpc
"""

import sys
import time

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

SECOND = 1_000_000_000

# The stages in the order in which they ran, and how many seconds each took.
STAGES = {
    "triage": 30,
    "cve_research": 150,
    "business_context": 150,
    "remediation_planning": 180,
    "attack_mapping": 30,
    "priority_assessment": 120,
    "documentation": 20,
    "jira_update": 40,
}

# What the record will say. The SDK takes the types from the values: 7.5 is a double, 5 an integer.
FACTS = {
    "secops.workflow.name": "security-alert-enrichment-v1",
    "secops.analyst.name": "Mira (Security Analyst)",
    "secops.vulnerability.id": "CVE-2025-40112",
    "secops.priority": "P2",
    "secops.vulnerability.score.base": 7.5,
    "secops.vulnerability.epss.score": 0.00234,
    "secops.vulnerability.known_exploited": False,
    "secops.enrichment.source.count": 5,
    "secops.enrichment.technique.count": 3,
}


def enrich(tracer, ticket):
    """Tells of a workflow that ends now. A real application would start and end its spans as it works."""
    # Whole seconds, as in the shell client.
    end = int(time.time()) * SECOND
    at = end - sum(STAGES.values()) * SECOND
    workflow = tracer.start_span("enrich", start_time=at, attributes={**FACTS, "secops.ticket.id": ticket})
    within = trace.set_span_in_context(workflow)
    for name, seconds in STAGES.items():
        stage = tracer.start_span(name, context=within, start_time=at)
        at += seconds * SECOND
        if name == "cve_research":
            for kind in ("search", "reason", "reason"):
                stage.add_event("secops.perplexity.call", perplexity_call(kind), timestamp=at)
        stage.end(end_time=at)
    workflow.end(end_time=end)
    return format(workflow.get_span_context().trace_id, "032x")


def perplexity_call(kind):
    return {
        "secops.perplexity.kind": kind,
        "secops.outcome": "success",
        "secops.duration": 2.5,
        "gen_ai.usage.input_tokens": 800,
        "gen_ai.usage.output_tokens": 400,
    }


class Counted(SpanExporter):
    """The SDK logs a failed export and goes on; a program that prints a trace id should know whether it is there."""

    def __init__(self, inner):
        self.inner = inner
        self.sent = 0

    def export(self, spans):
        result = self.inner.export(spans)
        if result is SpanExportResult.SUCCESS:
            self.sent += len(spans)
        return result

    def shutdown(self):
        self.inner.shutdown()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: enrichment.py TICKET; the collector is at OTEL_EXPORTER_OTLP_ENDPOINT, "
                 "by default http://localhost:4317")
    # Only as long as a person likes to wait; OTEL_EXPORTER_OTLP_TIMEOUT is the SDK's own setting.
    exporter = Counted(OTLPSpanExporter(timeout=5))
    provider = TracerProvider(resource=Resource.create({"service.name": "enrichment-python"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace_id = enrich(provider.get_tracer("enrichment.py"), sys.argv[1])
    provider.shutdown()
    spans = len(STAGES) + 1
    if exporter.sent != spans:
        sys.exit(f"the collector took {exporter.sent} of {spans} spans; is one running?")
    print(trace_id)


if __name__ == "__main__":
    main()
