//! Black-box tests: the real collector as a child process, talked to as its users do.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics; that is its report"
)]

mod archive;
mod bad_text;
mod cli_output;
mod cli_program;
mod cli_refusals;
mod cli_report;
mod dashboards;
mod enrichment;
mod enrichment_page;
mod files_example;
mod limits;
mod load;
mod log_events;
mod made_up;
mod pages;
mod records_concurrent;
mod records_files;
mod reloading;
mod review_example;
mod same_line;
mod sample_files;
mod sample_metrics;
mod sample_otlp;
mod stock_example;
mod stopping;
