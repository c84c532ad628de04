// Sends one enrichment workflow over OTLP/HTTP (protobuf) with the OpenTelemetry SDK, and prints its trace id.

import { ROOT_CONTEXT, diag, DiagLogLevel, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

// The stages in the order in which they ran, and their seconds.
const STAGES = [
  ["triage", 30],
  ["cve_research", 150],
  ["business_context", 150],
  ["remediation_planning", 180],
  ["attack_mapping", 30],
  ["priority_assessment", 120],
  ["documentation", 20],
  ["jira_update", 40],
];

// `at`: seconds into the stage at which the call ended; `took`: seconds that it took. A number with no fraction is sent
// as an integer, so what has to be a double has a fraction here.
const CALLS = [
  { kind: "search", at: 40, took: 2.5, model: "sonar-pro", input: 120, output: 640, citations: 4, queries: 2, cost: 0.012 },
  { kind: "reason", at: 90, took: 12.25, model: "sonar-reasoning-pro", input: 310, output: 1800, citations: 3, queries: 1, cost: 0.0285 },
  { kind: "reason", at: 140, took: 18.75, model: "sonar-reasoning-pro", input: 420, output: 2100, citations: 5, queries: 1, cost: 0.0335 },
];

// Passes everything on, and remembers how the exports ended: the SDK itself only logs a failure.
class Watched {
  sent = 0;
  failed = false;

  constructor(inner) {
    this.inner = inner;
  }

  export(spans, done) {
    this.inner.export(spans, (result) => {
      if (result.code === 0) this.sent += spans.length;
      else this.failed = true;
      done(result);
    });
  }

  forceFlush() {
    return this.inner.forceFlush();
  }

  shutdown() {
    return this.inner.shutdown();
  }
}

function enrich(tracer, ticket) {
  const start = Date.now() - STAGES.reduce((sum, [, seconds]) => sum + seconds, 0) * 1000;
  const workflow = tracer.startSpan(
    "enrich",
    {
      startTime: start,
      attributes: {
        "secops.workflow.name": "security-alert-enrichment-v1",
        "secops.ticket.id": ticket,
        "secops.analyst.name": "Test Analyst",
        "secops.vulnerability.id": "CVE-2025-40112",
        "secops.priority": "P2",
        "secops.vulnerability.score.base": 7.5,
        "secops.vulnerability.epss.score": 0.00234,
        "secops.vulnerability.known_exploited": false,
        "secops.enrichment.source.count": 5,
        "secops.enrichment.technique.count": 3,
      },
    },
    ROOT_CONTEXT,
  );
  const within = trace.setSpan(ROOT_CONTEXT, workflow);
  let at = start;
  for (const [name, seconds] of STAGES) {
    const stage = tracer.startSpan(name, { startTime: at }, within);
    if (name === "cve_research") addCalls(stage, at);
    at += seconds * 1000;
    stage.end(at);
  }
  workflow.end(at);
  return workflow.spanContext().traceId;
}

function addCalls(stage, start) {
  for (const call of CALLS) {
    stage.addEvent(
      "secops.perplexity.call",
      {
        "secops.perplexity.kind": call.kind,
        "secops.duration": call.took,
        "secops.outcome": "success",
        "gen_ai.provider.name": "perplexity",
        "gen_ai.request.model": call.model,
        "gen_ai.response.model": call.model,
        "gen_ai.usage.input_tokens": call.input,
        "gen_ai.usage.output_tokens": call.output,
        "secops.perplexity.citation.count": call.citations,
        "secops.perplexity.search_query.count": call.queries,
        "secops.llm.cost.amount": call.cost,
        "secops.llm.cost.currency": "USD",
        "http.response.status_code": 200,
      },
      start + call.at * 1000,
    );
  }
}

if (process.argv.length !== 3 || !process.env.OTEL_EXPORTER_OTLP_ENDPOINT) {
  console.error("usage: OTEL_EXPORTER_OTLP_ENDPOINT=http://host:port enrich.js TICKET");
  process.exit(2);
}
const exporter = new Watched(new OTLPTraceExporter());
// A partly accepted export counts as a success in the SDK; all that tells of it is a warning.
const warn = (...words) => {
  exporter.failed = true;
  console.error(...words);
};
diag.setLogger({ error: warn, warn, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "enrichment-node" }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
});
const traceId = enrich(provider.getTracer("secspan.test.client"), process.argv[2]);
await provider.shutdown().catch(warn);
if (exporter.failed || exporter.sent !== STAGES.length + 1) {
  console.error("export failed");
  process.exit(1);
}
console.log(traceId);
