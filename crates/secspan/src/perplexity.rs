//! Calls to Perplexity as span events `secops.perplexity.call`.
//!
//! ```
//! use secspan::perplexity::{self, Answer, AnswerFacts, Kind};
//!
//! struct Sonar { input_tokens: u64, output_tokens: u64, citations: Vec<String> }
//!
//! impl Answer for Sonar {
//!     fn tell(&self, facts: &mut AnswerFacts) {
//!         facts.tokens(self.input_tokens, self.output_tokens).citations(self.citations.len());
//!     }
//! }
//!
//! # async fn ask() -> Result<Sonar, std::io::Error> { Err(std::io::ErrorKind::TimedOut.into()) }
//! # async fn example() -> Result<(), std::io::Error> {
//! let answer = perplexity::call(Kind::Reason).model("sonar-reasoning").record(ask()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! For types that are not yours, say it with a closure: [`Call::record_with`].

use opentelemetry::KeyValue;
use secspan_semconv::{attribute as key, event, value};

use crate::call::{CallOutcome, Ending, Failure, Running, int};

/// `gen_ai.provider.name`.
const PROVIDER: &str = "perplexity";

/// How deep Perplexity is asked to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A search.
    Search,
    /// A question that needs reasoning.
    Reason,
    /// Research that takes minutes.
    DeepResearch,
}

impl Kind {
    /// The attribute's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Search => value::perplexity::kind::SEARCH,
            Self::Reason => value::perplexity::kind::REASON,
            Self::DeepResearch => value::perplexity::kind::DEEP_RESEARCH,
        }
    }

    /// `gen_ai.operation.name`, by OpenTelemetry's convention for what is done.
    const fn operation(self) -> &'static str {
        match self {
            Self::Search => "retrieval",
            Self::Reason => "chat",
            Self::DeepResearch => "invoke_agent",
        }
    }
}

/// What an answer says about itself. Lengths and counts only: there is no way to pass text on.
pub trait Answer {
    /// Tells what is known.
    fn tell(&self, facts: &mut AnswerFacts);
}

/// An answer of which nothing more is known.
impl Answer for () {
    fn tell(&self, _facts: &mut AnswerFacts) {}
}

/// Takes down what is known about an answer, or about a failure.
#[derive(Debug)]
pub struct AnswerFacts {
    ending: Ending,
}

impl AnswerFacts {
    fn set(&mut self, name: &'static str, value: impl Into<opentelemetry::Value>) -> &mut Self {
        self.ending.push(name, value);
        self
    }

    /// Tokens of prompt and answer.
    pub fn tokens(&mut self, input: u64, output: u64) -> &mut Self {
        self.set(key::GEN_AI_USAGE_INPUT_TOKENS, int(input));
        self.set(key::GEN_AI_USAGE_OUTPUT_TOKENS, int(output))
    }

    /// Tokens of the answer that were spent on reasoning.
    pub fn reasoning_tokens(&mut self, count: u64) -> &mut Self {
        self.set(key::GEN_AI_USAGE_REASONING_OUTPUT_TOKENS, int(count))
    }

    /// Sources that the answer cites.
    pub fn citations(&mut self, count: usize) -> &mut Self {
        self.set(key::SECOPS_PERPLEXITY_CITATION_COUNT, int(count))
    }

    /// Searches that were made for the answer.
    pub fn search_queries(&mut self, count: usize) -> &mut Self {
        self.set(key::SECOPS_PERPLEXITY_SEARCH_QUERY_COUNT, int(count))
    }

    /// What the provider charges, in a currency such as `USD`.
    pub fn cost(&mut self, amount: f64, currency: impl Into<String>) -> &mut Self {
        self.set(key::SECOPS_LLM_COST_AMOUNT, amount);
        self.set(key::SECOPS_LLM_COST_CURRENCY, currency.into());
        self.set(
            key::SECOPS_LLM_COST_SOURCE,
            value::llm::cost::source::REPORTED,
        )
    }

    /// The model that answered.
    pub fn model(&mut self, name: impl Into<String>) -> &mut Self {
        self.set(key::GEN_AI_RESPONSE_MODEL, name.into())
    }

    /// The provider's id of the answer.
    pub fn id(&mut self, id: impl Into<String>) -> &mut Self {
        self.set(key::GEN_AI_RESPONSE_ID, id.into())
    }

    /// Characters of the answer.
    pub fn answer_length(&mut self, chars: usize) -> &mut Self {
        self.set(key::SECOPS_LLM_ANSWER_LENGTH, int(chars))
    }

    /// The HTTP status.
    pub fn status_code(&mut self, status: u16) -> &mut Self {
        self.set(key::HTTP_RESPONSE_STATUS_CODE, i64::from(status))
    }

    /// The answer did not come in time.
    pub fn timed_out(&mut self) -> &mut Self {
        self.ending.outcome = CallOutcome::Timeout;
        self.ending.error_type = None;
        self
    }

    /// The call failed although a value came back; or a better word for the error that did.
    pub fn failed(&mut self, error_type: impl Into<std::borrow::Cow<'static, str>>) -> &mut Self {
        self.ending.outcome = CallOutcome::Failure;
        self.ending.error_type = Some(error_type.into());
        self
    }
}

/// A call that is about to be made.
#[derive(Debug, Clone)]
#[must_use = "nothing is recorded until `record` or one of its sisters is called"]
pub struct Call {
    attributes: Vec<KeyValue>,
}

/// Describes a call before it is made.
pub fn call(kind: Kind) -> Call {
    let mut attributes = Vec::with_capacity(16);
    attributes.push(KeyValue::new(key::SECOPS_PERPLEXITY_KIND, kind.as_str()));
    attributes.push(KeyValue::new(key::GEN_AI_PROVIDER_NAME, PROVIDER));
    attributes.push(KeyValue::new(key::GEN_AI_OPERATION_NAME, kind.operation()));
    Call { attributes }
}

impl Call {
    fn with(mut self, name: &'static str, value: impl Into<opentelemetry::Value>) -> Self {
        let attribute = KeyValue::new(name, value);
        match self
            .attributes
            .iter_mut()
            .find(|known| known.key == attribute.key)
        {
            Some(known) => *known = attribute,
            None => self.attributes.push(attribute),
        }
        self
    }

    /// The model that is asked.
    pub fn model(self, name: impl Into<String>) -> Self {
        self.with(key::GEN_AI_REQUEST_MODEL, name.into())
    }

    /// The preset that is asked for.
    pub fn preset(self, name: impl Into<String>) -> Self {
        self.with(key::SECOPS_PERPLEXITY_PRESET, name.into())
    }

    /// How much is searched: `low`, `medium`, `high`.
    pub fn search_context_size(self, size: impl Into<String>) -> Self {
        self.with(key::SECOPS_PERPLEXITY_SEARCH_CONTEXT_SIZE, size.into())
    }

    /// The host that is called.
    pub fn server(self, address: impl Into<String>) -> Self {
        self.with(key::SERVER_ADDRESS, address.into())
    }

    /// Characters of the prompt.
    pub fn prompt_length(self, chars: usize) -> Self {
        self.with(key::SECOPS_LLM_PROMPT_LENGTH, int(chars))
    }

    /// The call goes through an MCP server's tool.
    pub fn through_mcp(self, tool: impl Into<String>) -> Self {
        self.with(key::MCP_METHOD_NAME, crate::mcp::TOOLS_CALL)
            .with(key::GEN_AI_OPERATION_NAME, crate::mcp::EXECUTE_TOOL)
            .with(key::GEN_AI_TOOL_NAME, tool.into())
    }

    /// Awaits the call and records it.
    ///
    /// # Errors
    /// Those of the call itself.
    pub async fn record<T, E>(self, call: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        T: Answer,
        E: Failure,
    {
        self.record_with(call, tell).await
    }

    /// Awaits the call and records it; the closure tells what is known about the result.
    ///
    /// # Errors
    /// Those of the call itself.
    pub async fn record_with<T, E>(
        self,
        call: impl Future<Output = Result<T, E>>,
        tell: impl FnOnce(&Result<T, E>, &mut AnswerFacts),
    ) -> Result<T, E> {
        let running = self.begin();
        let result = call.await;
        finish(running, &result, tell);
        result
    }

    /// Makes the call and records it; for clients that block.
    ///
    /// # Errors
    /// Those of the call itself.
    pub fn measure<T, E>(self, call: impl FnOnce() -> Result<T, E>) -> Result<T, E>
    where
        T: Answer,
        E: Failure,
    {
        self.measure_with(call, tell)
    }

    /// Makes the call and records it; the closure tells what is known about the result.
    ///
    /// # Errors
    /// Those of the call itself.
    pub fn measure_with<T, E>(
        self,
        call: impl FnOnce() -> Result<T, E>,
        tell: impl FnOnce(&Result<T, E>, &mut AnswerFacts),
    ) -> Result<T, E> {
        let running = self.begin();
        let result = call();
        finish(running, &result, tell);
        result
    }

    fn begin(self) -> Running {
        Running::begin(event::SECOPS_PERPLEXITY_CALL, self.attributes)
    }
}

fn tell<T: Answer, E: Failure>(result: &Result<T, E>, facts: &mut AnswerFacts) {
    match result {
        Ok(answer) => answer.tell(facts),
        Err(error) => facts.ending.failed(error),
    }
}

fn finish<T, E>(
    running: Running,
    result: &Result<T, E>,
    tell: impl FnOnce(&Result<T, E>, &mut AnswerFacts),
) {
    let mut facts = AnswerFacts {
        ending: Ending::of_result(result),
    };
    tell(result, &mut facts);
    running.end(facts.ending);
}
