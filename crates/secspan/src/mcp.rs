//! Calls of MCP tools as span events `secops.mcp.call`.
//!
//! ```
//! # async fn lookup() -> Result<(), std::io::Error> { Ok(()) }
//! # async fn example() -> Result<(), std::io::Error> {
//! secspan::mcp::call("nvd", "get_cve").record(lookup()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Arguments and results of the tool are never recorded.

use opentelemetry::KeyValue;
use secspan_semconv::{attribute as key, event};

use crate::call::{CallOutcome, Ending, Failure, Running};

/// `mcp.method.name` of a tool call.
pub(crate) const TOOLS_CALL: &str = "tools/call";
/// `gen_ai.operation.name` of a tool call.
pub(crate) const EXECUTE_TOOL: &str = "execute_tool";
/// `error.type` of a tool that answered with `isError`, by OpenTelemetry's convention.
const TOOL_ERROR: &str = "tool_error";

/// A call that is about to be made.
#[derive(Debug, Clone)]
#[must_use = "nothing is recorded until `record` or one of its sisters is called"]
pub struct Call {
    attributes: Vec<KeyValue>,
}

/// Describes the call of a tool before it is made.
pub fn call(server: impl Into<String>, tool: impl Into<String>) -> Call {
    let attributes = vec![
        KeyValue::new(key::SECOPS_MCP_SERVER_NAME, server.into()),
        KeyValue::new(key::MCP_METHOD_NAME, TOOLS_CALL),
        KeyValue::new(key::GEN_AI_OPERATION_NAME, EXECUTE_TOOL),
        KeyValue::new(key::GEN_AI_TOOL_NAME, tool.into()),
    ];
    Call { attributes }
}

/// Takes down what is known about the result of a tool.
#[derive(Debug)]
pub struct ToolFacts {
    ending: Ending,
}

impl ToolFacts {
    /// The tool answered with `isError`.
    pub fn tool_error(&mut self) -> &mut Self {
        self.failed(TOOL_ERROR)
    }

    /// The call failed although a value came back; or a better word for the error that did.
    pub fn failed(&mut self, error_type: impl Into<std::borrow::Cow<'static, str>>) -> &mut Self {
        self.ending.outcome = CallOutcome::Failure;
        self.ending.error_type = Some(error_type.into());
        self
    }

    /// The answer did not come in time.
    pub fn timed_out(&mut self) -> &mut Self {
        self.ending.outcome = CallOutcome::Timeout;
        self.ending.error_type = None;
        self
    }
}

impl Call {
    fn with(mut self, name: &'static str, value: impl Into<opentelemetry::Value>) -> Self {
        self.attributes.push(KeyValue::new(name, value));
        self
    }

    /// The session with the server.
    pub fn session(self, id: impl Into<String>) -> Self {
        self.with(key::MCP_SESSION_ID, id.into())
    }

    /// The version of the protocol.
    pub fn protocol_version(self, version: impl Into<String>) -> Self {
        self.with(key::MCP_PROTOCOL_VERSION, version.into())
    }

    /// The id of the JSON-RPC request.
    pub fn request_id(self, id: impl Into<String>) -> Self {
        self.with(key::JSONRPC_REQUEST_ID, id.into())
    }

    /// `pipe` for a server that is a child process, `tcp` for one that is reached over HTTP.
    pub fn transport(self, name: impl Into<String>) -> Self {
        self.with(key::NETWORK_TRANSPORT, name.into())
    }

    /// Awaits the call and records it.
    ///
    /// # Errors
    /// Those of the call itself.
    pub async fn record<T, E: Failure>(
        self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.record_with(call, tell).await
    }

    /// Awaits the call and records it; the closure tells what is known about the result.
    ///
    /// # Errors
    /// Those of the call itself.
    pub async fn record_with<T, E>(
        self,
        call: impl Future<Output = Result<T, E>>,
        tell: impl FnOnce(&Result<T, E>, &mut ToolFacts),
    ) -> Result<T, E> {
        let running = Running::begin(event::SECOPS_MCP_CALL, self.attributes);
        let result = call.await;
        finish(running, &result, tell);
        result
    }

    /// Makes the call and records it; for clients that block.
    ///
    /// # Errors
    /// Those of the call itself.
    pub fn measure<T, E: Failure>(self, call: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let running = Running::begin(event::SECOPS_MCP_CALL, self.attributes);
        let result = call();
        finish(running, &result, tell);
        result
    }
}

fn tell<T, E: Failure>(result: &Result<T, E>, facts: &mut ToolFacts) {
    if let Err(error) = result {
        facts.ending.failed(error);
    }
}

fn finish<T, E>(
    running: Running,
    result: &Result<T, E>,
    tell: impl FnOnce(&Result<T, E>, &mut ToolFacts),
) {
    let mut facts = ToolFacts {
        ending: Ending::of_result(result),
    };
    tell(result, &mut facts);
    running.end(facts.ending);
}
