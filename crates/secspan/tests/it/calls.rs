//! Typed calls: one event each, with time, outcome and what the answer says about itself.

use std::time::Duration;

use secspan::call::Failure;
use secspan::perplexity::{self, Answer, AnswerFacts, Kind};
use secspan_semconv::{attribute as key, event};
use tracing::{Instrument as _, info_span};

use crate::setup::{only, quick, record};

struct Sonar {
    text: &'static str,
}

impl Answer for Sonar {
    fn tell(&self, facts: &mut AnswerFacts) {
        facts
            .tokens(210, 540)
            .citations(4)
            .search_queries(2)
            .cost(0.0125, "USD")
            .model("sonar-reasoning")
            .id("resp-1")
            .answer_length(self.text.chars().count())
            .status_code(200);
    }
}

#[derive(Debug)]
enum ClientError {
    Late,
    Status(u16),
}

impl Failure for ClientError {
    fn is_timeout(&self) -> bool {
        matches!(self, Self::Late)
    }

    fn error_type(&self) -> std::borrow::Cow<'static, str> {
        match self {
            Self::Late => "timeout".into(),
            Self::Status(code) => code.to_string().into(),
        }
    }

    fn status_code(&self) -> Option<u16> {
        match self {
            Self::Late => None,
            Self::Status(code) => Some(*code),
        }
    }
}

#[tokio::test]
async fn an_answered_call_is_one_event_with_numbers_as_numbers_and_no_text() {
    let sink = secspan::testing::Sink::start().unwrap();
    let recording = record(quick().endpoint(sink.endpoint()));
    async {
        let answer = perplexity::call(Kind::Reason)
            .model("sonar-reasoning")
            .server("api.example.com")
            .prompt_length(33)
            .record(async {
                Ok::<_, ClientError>(Sonar {
                    text: "secret answer",
                })
            })
            .await;
        assert_eq!(answer.unwrap().text, "secret answer");
    }
    .instrument(info_span!("cve_research"))
    .await;
    recording.guard.shutdown().unwrap();
    let span = &sink
        .spans_named("cve_research")
        .await_count(1)
        .await
        .unwrap()[0];
    let event = span.event(event::SECOPS_PERPLEXITY_CALL).unwrap();
    assert_eq!(event.text(key::SECOPS_PERPLEXITY_KIND), Some("reason"));
    assert_eq!(event.text(key::SECOPS_OUTCOME), Some("success"));
    assert_eq!(event.text(key::GEN_AI_PROVIDER_NAME), Some("perplexity"));
    assert_eq!(
        event.text(key::GEN_AI_REQUEST_MODEL),
        Some("sonar-reasoning")
    );
    assert_eq!(event.int(key::GEN_AI_USAGE_INPUT_TOKENS), Some(210));
    assert_eq!(event.int(key::GEN_AI_USAGE_OUTPUT_TOKENS), Some(540));
    assert_eq!(event.int(key::SECOPS_PERPLEXITY_CITATION_COUNT), Some(4));
    assert_eq!(event.double(key::SECOPS_LLM_COST_AMOUNT), Some(0.0125));
    assert_eq!(event.int(key::SECOPS_LLM_PROMPT_LENGTH), Some(33));
    assert_eq!(event.int(key::SECOPS_LLM_ANSWER_LENGTH), Some(13));
    assert!(event.double(key::SECOPS_DURATION).unwrap() >= 0.0);
    assert_eq!(event.times(key::ERROR_TYPE), 0);
    assert!(
        !format!("{span:?}").contains("secret"),
        "answers never appear"
    );
}

#[test]
fn failures_and_time_outs_say_which() {
    let span = only(quick(), || {
        info_span!("s").in_scope(|| {
            for error in [ClientError::Status(503), ClientError::Late] {
                perplexity::call(Kind::Search)
                    .measure(|| Err::<(), _>(error))
                    .unwrap_err();
            }
        });
    });
    let seen: Vec<_> = span
        .events
        .iter()
        .map(|event| (event.text(key::SECOPS_OUTCOME), event.text(key::ERROR_TYPE)))
        .collect();
    assert_eq!(
        seen,
        [
            (Some("failure"), Some("503")),
            (Some("timeout"), Some("timeout"))
        ]
    );
    assert_eq!(
        span.events[0].int(key::HTTP_RESPONSE_STATUS_CODE),
        Some(503)
    );
}

#[test]
fn a_closure_tells_about_types_that_are_not_ours() {
    let span = only(quick(), || {
        info_span!("s").in_scope(|| {
            let tell = |result: &Result<u32, std::fmt::Error>, facts: &mut AnswerFacts| match result
            {
                Ok(citations) => drop(facts.citations(*citations as usize)),
                Err(_) => drop(facts.timed_out()),
            };
            perplexity::call(Kind::DeepResearch)
                .measure_with(|| Ok(9), tell)
                .unwrap();
            perplexity::call(Kind::DeepResearch)
                .measure_with(|| Err(std::fmt::Error), tell)
                .unwrap_err();
        });
    });
    assert_eq!(
        span.events[0].int(key::SECOPS_PERPLEXITY_CITATION_COUNT),
        Some(9)
    );
    assert_eq!(span.events[1].text(key::SECOPS_OUTCOME), Some("timeout"));
}

#[tokio::test]
async fn a_call_that_is_dropped_is_told_as_cancelled() {
    let sink = secspan::testing::Sink::start().unwrap();
    let recording = record(quick().endpoint(sink.endpoint()));
    async {
        let call = perplexity::call(Kind::Search)
            .record(std::future::pending::<Result<(), std::io::Error>>());
        tokio::time::timeout(Duration::from_millis(1), call)
            .await
            .unwrap_err();
    }
    .instrument(info_span!("triage"))
    .await;
    recording.guard.shutdown().unwrap();
    let span = &sink.spans_named("triage").await_count(1).await.unwrap()[0];
    let event = &span.events[0];
    assert_eq!(event.text(key::SECOPS_OUTCOME), Some("failure"));
    assert_eq!(event.text(key::ERROR_TYPE), Some("cancelled"));
}

#[test]
fn tools_of_an_mcp_server_and_perplexity_through_one() {
    let span = only(quick(), || {
        info_span!("s").in_scope(|| {
            secspan::mcp::call("nvd", "get_cve")
                .measure(|| Err::<(), _>(std::io::Error::from(std::io::ErrorKind::TimedOut)))
                .unwrap_err();
            perplexity::call(Kind::Reason)
                .through_mcp("mcp__perplexity__reason")
                .measure(|| Ok::<_, std::io::Error>(()))
                .unwrap();
        });
    });
    let tool = span.event(event::SECOPS_MCP_CALL).unwrap();
    assert_eq!(tool.text(key::SECOPS_MCP_SERVER_NAME), Some("nvd"));
    assert_eq!(tool.text(key::GEN_AI_TOOL_NAME), Some("get_cve"));
    assert_eq!(tool.text(key::SECOPS_OUTCOME), Some("timeout"));
    let call = span.event(event::SECOPS_PERPLEXITY_CALL).unwrap();
    assert_eq!(call.text(key::MCP_METHOD_NAME), Some("tools/call"));
    assert_eq!(call.text(key::GEN_AI_OPERATION_NAME), Some("execute_tool"));
    assert_eq!(call.times(key::GEN_AI_OPERATION_NAME), 1);
}
