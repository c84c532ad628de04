//! Host applications instrumented with secspan; what each of them teaches is in the README.
//!
//! [`enrichment`] is the application to read first: a workflow of eight stages, instrumented. The
//! other modules are what such an application has anyway, and what it talks to.

mod chance;
mod clock;

pub mod app;
pub mod cli;
pub mod enrichment;
pub mod env;
pub mod http_client;
pub mod perplexity;
pub mod stand_in;
pub mod tracker;
