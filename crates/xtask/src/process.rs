//! Running programs: steps that must succeed, and programs that run while we do.

mod background;
mod step;

pub(crate) use background::Background;
pub(crate) use step::{on_path, run, run_quietly};
