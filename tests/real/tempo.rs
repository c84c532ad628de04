//! A real Tempo receives the traces and finds them by TraceQL.

use std::collections::BTreeSet;
use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::poll;
use secspan_tests::stack::Tempo;
use secspan_tests::workflow::Workflow;

use crate::send;

/// A trace can be searched when Tempo has cut it.
const SEARCHABLE: Duration = Duration::from_secs(90);

fn collector(tempo: &Tempo) -> Collector {
    let endpoint = format!("http://{}", tempo.otlp);
    Collector::start_with(&[], &[("SECSPAN_TEMPO_ENDPOINT", endpoint.as_str())]).unwrap()
}

fn wait_for(tempo: &Tempo, query: &str, ids: &BTreeSet<String>) {
    let mut last = Vec::new();
    poll::until(query, SEARCHABLE, || {
        last = tempo.search(query).unwrap_or_default();
        ids.iter().all(|id| last.contains(id)).then_some(())
    })
    .unwrap_or_else(|error| panic!("{error}: found {last:?}; {}", tempo.log()));
}

#[test]
fn a_trace_is_found_by_workflow_event_and_name() {
    let tempo = Tempo::start().unwrap();
    let collector = collector(&tempo);
    let workflow = Workflow::new(1);
    send(&collector, &workflow);
    let ids = BTreeSet::from([workflow.trace_id()]);
    let queries = [
        r#"{ span.secops.workflow.name = "security-alert-enrichment-v1" }"#,
        r#"{ event:name = "secops.perplexity.call" }"#,
        r#"{ name = "cve_research" } && { name = "jira_update" }"#,
    ];
    for query in queries {
        wait_for(&tempo, query, &ids);
    }
}

#[test]
fn a_stage_is_found_by_its_attribute() {
    let tempo = Tempo::start().unwrap();
    let collector = collector(&tempo);
    let workflow = Workflow::new(2);
    let mut spans = workflow.spans();
    let stage = serde_json::json!({
        "key": "secops.stage.name", "value": { "stringValue": "cve_research" },
    });
    spans[1]["name"] = "look up".into();
    spans[1]["attributes"].as_array_mut().unwrap().push(stage);
    let headers = [("content-type", "application/json")];
    let body = Workflow::request(&spans);
    let answer =
        secspan_tests::http::post(collector.http, "/v1/traces", &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let ids = BTreeSet::from([workflow.trace_id()]);
    wait_for(
        &tempo,
        r#"{ span.secops.stage.name = "cve_research" }"#,
        &ids,
    );
}

#[test]
fn fifty_workflows_are_fifty_traces() {
    let tempo = Tempo::start().unwrap();
    let collector = collector(&tempo);
    let workflows: Vec<Workflow> = (100..150).map(Workflow::new).collect();
    for workflow in &workflows {
        send(&collector, workflow);
    }
    let ids: BTreeSet<String> = workflows.iter().map(Workflow::trace_id).collect();
    let query = r#"{ span.secops.workflow.name = "security-alert-enrichment-v1" }"#;
    wait_for(&tempo, query, &ids);
    let found: BTreeSet<String> = tempo.search(query).unwrap().into_iter().collect();
    assert_eq!(found, ids);
}
