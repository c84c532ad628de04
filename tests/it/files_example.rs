//! A host without a collector: the span exporter of `secspan-jsonl` writes the record itself.

use std::fs;
use std::process::Command;

use secspan_tests::collector::program;
use serde_json::{Value, json};

#[test]
fn a_host_without_a_collector_writes_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(program("secspan-examples", "files").unwrap())
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, "OPS-772 is enriched, 0 records are not written\n");

    let files = fs::read_dir(folder.path().join("metrics")).unwrap();
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 1, "{files:?}");
    let name = files[0].file_name().unwrap().to_string_lossy();
    assert!(name.starts_with("enrichment-metrics-"), "{name}");
    let text = fs::read_to_string(&files[0]).unwrap();
    let record: Value = serde_json::from_str(text.trim_end()).unwrap();
    let facts = json!({
        "ticket_id": "OPS-772",
        "cve_id": "CVE-2099-0002",
        "analyst": "Robin",
        "perplexity_tool": "search",
        "perplexity_queries": 1,
        "priority_assigned": "P3",
        "cvss_score": 5.3,
        "epss_score": 0.00081,
        "kev_status": false,
        "sources_cited": 3,
        "mitre_techniques_mapped": 1,
    });
    for (key, fact) in facts.as_object().unwrap() {
        assert_eq!(record[key], *fact, "{key}: {text}");
    }
}
