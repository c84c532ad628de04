#!/usr/bin/env bash
# The enrichment workflow with bash, curl and date alone: `enrichment.sh TICKET` prints the trace id.
#
# OTLP/HTTP with JSON is one POST to /v1/traces. Times are nanoseconds in strings, integers are strings, ids are
# hexadecimal digits: 32 for the trace, 16 for each span.
set -euo pipefail

endpoint=${OTEL_EXPORTER_OTLP_ENDPOINT:-http://127.0.0.1:4318}
endpoint=${endpoint%/}

fail() {
    printf 'enrichment.sh: %s\n' "$1" >&2
    exit 1
}

if [[ $# -ne 1 ]]; then
    printf 'usage: enrichment.sh TICKET; the collector is at OTEL_EXPORTER_OTLP_ENDPOINT, by default %s\n' \
        http://127.0.0.1:4318 >&2
    exit 2
fi
ticket=$1
# The ticket goes into JSON text as it is.
[[ $ticket =~ ^[A-Za-z0-9._-]+$ ]] || fail "ticket '$ticket': expected letters, digits, '.', '_' and '-', such as OPS-1"

# hex DIGITS: that many random hexadecimal digits.
hex() {
    local digits=''
    while ((${#digits} < $1)); do
        printf -v digits '%s%04x' "$digits" $((RANDOM * 2 + RANDOM % 2))
    done
    printf '%s' "${digits:0:$1}"
}

text() { printf '{"key":"%s","value":{"stringValue":"%s"}}' "$1" "$2"; }
int() { printf '{"key":"%s","value":{"intValue":"%s"}}' "$1" "$2"; }
double() { printf '{"key":"%s","value":{"doubleValue":%s}}' "$1" "$2"; }
bool() { printf '{"key":"%s","value":{"boolValue":%s}}' "$1" "$2"; }

# list ITEM...: the items with commas between.
list() {
    local IFS=,
    printf '%s' "$*"
}

# span ID PARENT NAME START END ATTRIBUTES EVENTS: start and end in seconds.
span() {
    printf '{"traceId":"%s","spanId":"%s","parentSpanId":"%s","name":"%s","kind":1,' "$trace" "$1" "$2" "$3"
    printf '"startTimeUnixNano":"%s000000000","endTimeUnixNano":"%s000000000",' "$4" "$5"
    printf '"attributes":[%s],"events":[%s],"status":{}}' "$6" "$7"
}

# perplexity_call KIND SECOND
perplexity_call() {
    printf '{"name":"secops.perplexity.call","timeUnixNano":"%s000000000","attributes":[%s]}' "$2" "$(list \
        "$(text secops.perplexity.kind "$1")" \
        "$(text secops.outcome success)" \
        "$(double secops.duration 2.5)" \
        "$(int gen_ai.usage.input_tokens 800)" \
        "$(int gen_ai.usage.output_tokens 400)")"
}

# The stages in the order in which they ran, and how many seconds each took: 720 in all, ending now.
stages=(triage:30 cve_research:150 business_context:150 remediation_planning:180
    attack_mapping:30 priority_assessment:120 documentation:20 jira_update:40)
trace=$(hex 32)
workflow=$(hex 16)
end=$(date +%s)
start=$((end - 720))

spans=()
at=$start
for stage in "${stages[@]}"; do
    name=${stage%:*}
    until=$((at + ${stage#*:}))
    events=''
    if [[ $name == cve_research ]]; then
        events=$(list "$(perplexity_call search "$until")" "$(perplexity_call reason "$until")" \
            "$(perplexity_call reason "$until")")
    fi
    spans+=("$(span "$(hex 16)" "$workflow" "$name" "$at" "$until" '' "$events")")
    at=$until
done

facts=$(list \
    "$(text secops.workflow.name security-alert-enrichment-v1)" \
    "$(text secops.ticket.id "$ticket")" \
    "$(text secops.analyst.name 'Mira (Security Analyst)')" \
    "$(text secops.vulnerability.id CVE-2025-40112)" \
    "$(text secops.priority P2)" \
    "$(double secops.vulnerability.score.base 7.5)" \
    "$(double secops.vulnerability.epss.score 0.00234)" \
    "$(bool secops.vulnerability.known_exploited false)" \
    "$(int secops.enrichment.source.count 5)" \
    "$(int secops.enrichment.technique.count 3)")
spans+=("$(span "$workflow" '' enrich "$start" "$end" "$facts" '')")

request=$(printf '{"resourceSpans":[{"resource":{"attributes":[%s]},"scopeSpans":[{"scope":{"name":"enrichment.sh"},"spans":[%s]}]}]}' \
    "$(text service.name enrichment-curl)" "$(list "${spans[@]}")")

# The status comes after the answer, on a line of its own.
answer=$(curl --silent --show-error --max-time 10 --write-out '\n%{http_code}' \
    --header 'Content-Type: application/json' --data-binary @- "$endpoint/v1/traces" <<<"$request") ||
    fail "no collector at $endpoint; start one with \`cargo run -p secspan-collector\`"
status=${answer##*$'\n'}
body=${answer%$'\n'*}
[[ $status == 200 ]] || fail "$endpoint answered with status $status: $body"
# Status 200 may still mean that some spans were rejected.
if [[ $body =~ \"rejectedSpans\"[[:space:]]*:[[:space:]]*\"?0*[1-9] ]]; then
    fail "$endpoint rejected a part: $body"
fi
printf '%s\n' "$trace"
