//! Components that stand beside the pipelines.

pub mod bearertokenauth;
pub mod health_check;
