//! The stand-in behind the clients that the application uses.

use std::net::SocketAddr;

use secspan::call::Failure as _;
use secspan::perplexity::Kind;
use serde_json::json;

use super::*;
use crate::http_client::{self, HttpError, Server};
use crate::perplexity::{Client, Patience};
use crate::tracker::ToolError;

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(100);

fn client(address: SocketAddr, patience: Duration) -> Client {
    let patience = Patience {
        question: patience,
        research: patience,
    };
    Client::local(Server::local(address), patience)
}

/// A ticket with this doom, and the faults.
fn doomed(doom: faults::Doom) -> (String, Faults) {
    let tickets: Vec<String> = (0..3).map(|number| format!("OPS-{number}")).collect();
    let faults = Faults::new(1, &tickets, 1.0);
    let ticket = tickets
        .iter()
        .find(|ticket| faults.fails(ticket) == Some(doom));
    (ticket.unwrap().clone(), faults)
}

#[tokio::test]
async fn every_kind_is_answered_in_the_shape_of_the_real_api() {
    let stand_in = StandIn::start(Faults::default(), 10.0).await.unwrap();
    let client = client(stand_in.address(), LONG);
    for (kind, citations) in [
        (Kind::Search, 2),
        (Kind::Reason, 3),
        (Kind::DeepResearch, 5),
    ] {
        let answer = client.ask(kind, "What is it?", "OPS-7").await.unwrap();
        assert_eq!(answer.citations.len(), citations);
        assert!(!answer.text().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_an_error_with_its_status() {
    let (ticket, faults) = doomed(faults::Doom::NoResearch);
    let stand_in = StandIn::start(faults, 10.0).await.unwrap();
    let error = client(stand_in.address(), LONG)
        .ask(Kind::Reason, "?", &ticket)
        .await
        .unwrap_err();
    assert!(error.may_pass());
    assert_eq!(
        (error.status_code(), error.error_type().as_ref()),
        (Some(503), "503")
    );
}

#[tokio::test]
async fn a_tool_may_refuse_or_never_answer() {
    let (ticket, faults) = doomed(faults::Doom::Refused);
    let stand_in = StandIn::start(faults, 10.0).await.unwrap();
    let tracker = tracker::Client::new(Server::local(stand_in.address()), LONG);
    tracker
        .call(tracker::GET_ISSUE, &ticket, json!({}))
        .await
        .unwrap();
    let refused = tracker
        .call(tracker::UPDATE_ISSUE, &ticket, json!({}))
        .await;
    assert!(matches!(refused, Err(ToolError::Refused)), "{refused:?}");

    let (ticket, faults) = doomed(faults::Doom::Endless);
    let stand_in = StandIn::start(faults, 10.0).await.unwrap();
    let tracker = tracker::Client::new(Server::local(stand_in.address()), SHORT);
    let late = tracker
        .call(tracker::UPDATE_ISSUE, &ticket, json!({}))
        .await;
    assert!(
        matches!(late, Err(ToolError::Http(HttpError::Timeout(_)))),
        "{late:?}"
    );
}

#[tokio::test]
async fn what_it_does_not_know_is_not_found() {
    let stand_in = StandIn::start(Faults::default(), 10.0).await.unwrap();
    let server = Server::local(stand_in.address());
    for (path, body) in [
        ("/", json!({})),
        (perplexity::PATH, json!({ "model": "other" })),
        (tracker::PATH, json!([])),
    ] {
        let answer = http_client::post::<Value>(&server, path, HeaderMap::new(), &body, LONG).await;
        let status = answer.unwrap_err().status_code();
        assert_eq!(status, Some(404), "{path}");
    }
}

#[tokio::test]
async fn hundreds_may_knock_before_the_first_is_let_in() {
    let stand_in = StandIn::start(Faults::default(), 10.0).await.unwrap();
    // This thread is the only one of the runtime, and it waits in no `await`: nothing is accepted meanwhile.
    let connections: Vec<_> = (0..400)
        .map(|_| std::net::TcpStream::connect_timeout(&stand_in.address(), SHORT))
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(connections.len(), 400);
}

#[tokio::test]
async fn after_its_end_nobody_answers() {
    let stand_in = StandIn::start(Faults::default(), 10.0).await.unwrap();
    let client = client(stand_in.address(), LONG);
    drop(stand_in);
    tokio::task::yield_now().await;
    let error = client.ask(Kind::Search, "?", "OPS-1").await.unwrap_err();
    assert!(
        matches!(error, HttpError::Connect(_) | HttpError::Connection(_)),
        "{error:?}"
    );
}
