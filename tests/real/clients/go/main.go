// Enrich sends one enrichment workflow over OTLP/gRPC with the OpenTelemetry SDK, and prints its trace id.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// The stages in the order in which they ran, and their seconds.
var stages = []struct {
	name    string
	seconds time.Duration
}{
	{"triage", 30},
	{"cve_research", 150},
	{"business_context", 150},
	{"remediation_planning", 180},
	{"attack_mapping", 30},
	{"priority_assessment", 120},
	{"documentation", 20},
	{"jira_update", 40},
}

// at: seconds into the stage at which the call ended; took: seconds that it took.
var calls = []struct {
	kind, model                        string
	at                                 time.Duration
	took                               float64
	input, output, citations, searches int
	cost                               float64
}{
	{"search", "sonar-pro", 40, 2.5, 120, 640, 4, 2, 0.012},
	{"reason", "sonar-reasoning-pro", 90, 12.25, 310, 1800, 3, 1, 0.0285},
	{"reason", "sonar-reasoning-pro", 140, 18.75, 420, 2100, 5, 1, 0.0335},
}

// watched passes everything on, and remembers how the exports ended: the SDK itself only reports a failure to the
// global error handler.
type watched struct {
	sdktrace.SpanExporter
	mu   sync.Mutex
	sent int
	errs []error
}

func (w *watched) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := w.SpanExporter.ExportSpans(ctx, spans)
	w.note(len(spans), err)
	return err
}

func (w *watched) note(spans int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.errs = append(w.errs, err)
		return
	}
	w.sent += spans
}

func enrich(tracer trace.Tracer, ticket string) trace.TraceID {
	var total time.Duration
	for _, s := range stages {
		total += s.seconds * time.Second
	}
	start := time.Now().Add(-total)
	ctx, workflow := tracer.Start(context.Background(), "enrich", trace.WithTimestamp(start), trace.WithAttributes(
		attribute.String("secops.workflow.name", "security-alert-enrichment-v1"),
		attribute.String("secops.ticket.id", ticket),
		attribute.String("secops.analyst.name", "Test Analyst"),
		attribute.String("secops.vulnerability.id", "CVE-2025-40112"),
		attribute.String("secops.priority", "P2"),
		attribute.Float64("secops.vulnerability.score.base", 7.5),
		attribute.Float64("secops.vulnerability.epss.score", 0.00234),
		attribute.Bool("secops.vulnerability.known_exploited", false),
		attribute.Int("secops.enrichment.source.count", 5),
		attribute.Int("secops.enrichment.technique.count", 3),
	))
	at := start
	for _, s := range stages {
		_, stage := tracer.Start(ctx, s.name, trace.WithTimestamp(at))
		if s.name == "cve_research" {
			addCalls(stage, at)
		}
		at = at.Add(s.seconds * time.Second)
		stage.End(trace.WithTimestamp(at))
	}
	workflow.End(trace.WithTimestamp(at))
	return workflow.SpanContext().TraceID()
}

func addCalls(stage trace.Span, start time.Time) {
	for _, c := range calls {
		stage.AddEvent("secops.perplexity.call", trace.WithTimestamp(start.Add(c.at*time.Second)), trace.WithAttributes(
			attribute.String("secops.perplexity.kind", c.kind),
			attribute.Float64("secops.duration", c.took),
			attribute.String("secops.outcome", "success"),
			attribute.String("gen_ai.provider.name", "perplexity"),
			attribute.String("gen_ai.request.model", c.model),
			attribute.String("gen_ai.response.model", c.model),
			attribute.Int("gen_ai.usage.input_tokens", c.input),
			attribute.Int("gen_ai.usage.output_tokens", c.output),
			attribute.Int("secops.perplexity.citation.count", c.citations),
			attribute.Int("secops.perplexity.search_query.count", c.searches),
			attribute.Float64("secops.llm.cost.amount", c.cost),
			attribute.String("secops.llm.cost.currency", "USD"),
			attribute.Int("http.response.status_code", 200),
		))
	}
}

func run(ticket string) (trace.TraceID, error) {
	ctx := context.Background()
	inner, err := otlptracegrpc.New(ctx)
	if err != nil {
		return trace.TraceID{}, err
	}
	exporter := &watched{SpanExporter: inner}
	// A partly accepted export counts as a success in the SDK; all that tells of it is the error handler.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { exporter.note(0, err) }))
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "enrichment-go"))),
	)
	id := enrich(provider.Tracer("secspan.test.client"), ticket)
	if err := provider.Shutdown(ctx); err != nil {
		return id, err
	}
	if len(exporter.errs) > 0 || exporter.sent != len(stages)+1 {
		return id, fmt.Errorf("export failed: %d of %d spans were taken: %w", exporter.sent, len(stages)+1, errors.Join(exporter.errs...))
	}
	return id, nil
}

func main() {
	if len(os.Args) != 2 || os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
		fmt.Fprintln(os.Stderr, "usage: OTEL_EXPORTER_OTLP_ENDPOINT=http://host:port enrich TICKET")
		os.Exit(2)
	}
	id, err := run(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(id)
}
