//! The loads of the benchmarks are what they are said to be, and what is counted at the destination is what was sent.

use std::collections::HashSet;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use secspan_tests::load::{Mix, Template};
use secspan_tests::sender::{Encoding, Sender};
use secspan_tests::sink::Sink;

const NOW: u64 = 1_764_590_000_000_000_000;

fn spans(request: &[u8]) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(request).unwrap();
    let scopes = request
        .resource_spans
        .into_iter()
        .flat_map(|own| own.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

fn workflows(spans: &[Span]) -> usize {
    let names = spans.iter().flat_map(|span| &span.attributes);
    names
        .filter(|own| own.key == "secops.workflow.name")
        .count()
}

#[test]
fn every_span_of_the_mission_load_belongs_to_a_workflow_of_ten() {
    for (size, ended) in [(10, 1), (100, 10), (1_000, 100)] {
        let template = Template::new(Mix::Mission, size, NOW, 1);
        let sent = spans(&template.fresh(7));
        assert_eq!((sent.len(), template.spans), (size, size));
        assert_eq!((workflows(&sent), template.workflows), (ended, ended));
        let traces: HashSet<&[u8]> = sent.iter().map(|span| &*span.trace_id).collect();
        assert_eq!(traces.len(), ended);
        let bytes: usize = sent.iter().map(Span::encoded_len).sum();
        assert!((500..700).contains(&(bytes / size)), "{}", bytes / size);
    }
}

#[test]
fn of_the_mixed_load_one_span_in_twenty_does() {
    let sent: Vec<Span> = (1..=40)
        .flat_map(|seed| spans(&Template::new(Mix::Mixed, 100, NOW, seed).fresh(1)))
        .collect();
    assert_eq!((sent.len(), workflows(&sent)), (4_000, 20));
}

#[test]
fn no_two_requests_share_an_id_or_a_ticket() {
    for mix in [Mix::Mission, Mix::Mixed] {
        let template = Template::new(mix, 1_000, NOW, 1);
        let (mut ids, mut tickets) = (HashSet::new(), HashSet::new());
        for nonce in 1..=3 {
            let request = template.fresh(nonce);
            for span in spans(&request) {
                assert!(ids.insert((span.trace_id, span.span_id)));
            }
            let text = String::from_utf8_lossy(&request);
            for ticket in template.tickets(nonce) {
                assert!(text.contains(&ticket), "{ticket}");
                assert!(tickets.insert(ticket));
            }
        }
    }
}

#[test]
fn the_destination_counts_the_spans_that_arrive() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let sink = Sink::start().await.unwrap();
        let mut sender = Sender::connect(sink.address).await.unwrap();
        let whole = Template::new(Mix::Mission, 100, NOW, 1).fresh(1);
        let refusals = sender.deliver(&whole, Encoding::Identity).await.unwrap();
        assert_eq!((refusals, sink.spans()), (0, 100));
        let cut = whole.slice(..whole.len() - 1);
        assert!(sender.deliver(&cut, Encoding::Identity).await.is_err());
        assert_eq!(sink.spans(), 100);
    });
}
