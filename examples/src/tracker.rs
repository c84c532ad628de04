//! A client of a ticket tracker behind an MCP server, instrumented where the tool is called.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use secspan::mcp::ToolFacts;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http_client::{self, HttpError, Server};
use crate::perplexity::REQUEST_ID;

/// Path of the MCP endpoint.
pub const PATH: &str = "/mcp";
/// Name of the MCP server.
const MCP_SERVER: &str = "jira";
/// Reads a ticket.
pub const GET_ISSUE: &str = "jira_get_issue";
/// Writes the results into a ticket.
pub const UPDATE_ISSUE: &str = "jira_update_issue";

/// Why a tool was of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    /// The server cannot be talked to.
    #[error("the tracker cannot be talked to")]
    Http(#[from] HttpError),
    /// The tool ran and refused.
    #[error("the tracker refused")]
    Refused,
}

/// The answer to a JSON-RPC request.
#[derive(Debug, Deserialize)]
struct Reply {
    result: ToolResult,
}

#[derive(Debug, Deserialize)]
struct ToolResult {
    #[serde(rename = "isError", default)]
    is_error: bool,
    #[serde(rename = "structuredContent", default)]
    content: Value,
}

/// A client.
#[derive(Debug, Clone)]
pub struct Client {
    server: Server,
    patience: Duration,
}

impl Client {
    /// A client that waits this long for each answer.
    pub fn new(server: Server, patience: Duration) -> Self {
        Self { server, patience }
    }

    /// Calls a tool once. Whatever comes of it is a `secops.mcp.call` event on the current span.
    ///
    /// # Errors
    /// When the server does not answer, or the tool refuses.
    pub async fn call(
        &self,
        tool: &'static str,
        ticket: &str,
        mut arguments: Value,
    ) -> Result<Value, ToolError> {
        if let Some(arguments) = arguments.as_object_mut() {
            arguments.insert("issue".to_owned(), ticket.into());
        }
        let request = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": tool, "arguments": arguments },
        });
        let mut headers = HeaderMap::new();
        if let Ok(id) = HeaderValue::from_str(ticket) {
            headers.insert(REQUEST_ID, id);
        }
        let reply =
            http_client::post::<Reply>(&self.server, PATH, headers, &request, self.patience);
        let reply = secspan::mcp::call(MCP_SERVER, tool)
            .transport("tcp")
            .request_id("1")
            .record_with(reply, tell)
            .await?;
        if reply.result.is_error {
            return Err(ToolError::Refused);
        }
        Ok(reply.result.content)
    }
}

/// A tool that refuses answers with status 200: only the answer itself says so.
fn tell(result: &Result<Reply, HttpError>, facts: &mut ToolFacts) {
    use secspan::call::Failure as _;

    match result {
        Ok(reply) if reply.result.is_error => {
            facts.tool_error();
        }
        Ok(_) => {}
        Err(error) if error.is_timeout() => {
            facts.timed_out();
        }
        Err(error) => {
            facts.failed(error.error_type());
        }
    }
}
