//! Extensions: they stand beside the pipelines.

use std::fmt::Debug;

use futures_util::future::BoxFuture;

use super::{Running, StartError};
use crate::context::Context;

/// An extension's parsed configuration.
pub trait ExtensionConfig: Debug + Send {
    /// Starts it, before any exporter. What it offers to others (authenticators) it puts into the context.
    fn start(
        self: Box<Self>,
        id: &str,
        context: &Context,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, StartError>>;
}
