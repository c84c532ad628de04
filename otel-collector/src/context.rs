//! What components share while they are built and while they run: accounts, health, authenticators, the clock.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use secspan_otlp::keys::Keys;

use crate::health::Health;
use crate::ledger::Ledger;
use crate::telemetry::Telemetry;

/// Decides whether a request may pass, from its authorization header.
pub trait Authenticator: Send + Sync + Debug {
    /// `Ok` when the header's value (`None`: no header) is one of the accepted ones; else what to tell the client, which
    /// never repeats what it sent.
    ///
    /// # Errors
    /// What to tell the client.
    fn check(&self, authorization: Option<&[u8]>) -> Result<(), &'static str>;
}

/// Shared by every running component. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    /// The collector's own metrics.
    pub telemetry: Arc<Telemetry>,
    /// What is up, and what has been failing since when.
    pub health: Arc<Health>,
    authenticators: Arc<Mutex<BTreeMap<String, Arc<dyn Authenticator>>>>,
}

impl Context {
    /// A context without authenticators.
    pub fn new(telemetry: Arc<Telemetry>) -> Self {
        Self {
            telemetry,
            health: Arc::default(),
            authenticators: Arc::default(),
        }
    }

    /// The accounts.
    pub fn ledger(&self) -> &Ledger {
        &self.telemetry.ledger
    }

    /// Offers an authenticator under an extension's id.
    pub fn offer_authenticator(&self, id: &str, authenticator: Arc<dyn Authenticator>) {
        self.authenticators
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned(), authenticator);
    }

    /// The authenticator of an extension, if that extension was started and is one.
    pub fn authenticator(&self, id: &str) -> Option<Arc<dyn Authenticator>> {
        self.authenticators
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .map(Arc::clone)
    }
}

/// Shared by connectors while they are built.
#[derive(Debug)]
pub struct BuildContext {
    /// The attribute keys that any connector wants, resolved once per attribute during the walk.
    pub keys: Keys,
    /// What stays shared afterwards.
    pub shared: Context,
}
