//! Ctrl-C and SIGTERM: what is being written is finished or undone first, so that no half file stays behind.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Exit;

/// Watches for the wish of a person that the program end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Whether the work looks at `asked` and ends by itself.
    attentive: AtomicBool,
    asked: AtomicBool,
    /// Held while a file is in a state in which it must not stay.
    writing: Mutex<()>,
}

impl Interrupt {
    /// Begins to watch. Where signals cannot be watched their default action ends the program.
    pub(crate) fn watch() -> Self {
        let watch = Self::default();
        let watcher = watch.clone();
        let spawned = thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || watcher.wait());
        drop(spawned);
        watch
    }

    /// From now on the work asks [`asked`](Self::asked) and ends by itself; only a second signal ends it at once.
    pub(crate) fn attend(&self) {
        self.shared.attentive.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked to end.
    pub(crate) fn asked(&self) -> bool {
        self.shared.asked.load(Ordering::Relaxed)
    }

    /// While this is held, the program does not end by a signal.
    pub(crate) fn hold(&self) -> MutexGuard<'_, ()> {
        self.shared
            .writing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            let (Ok(mut interrupt), Ok(mut terminate)) = (
                signal(SignalKind::interrupt()),
                signal(SignalKind::terminate()),
            ) else {
                return;
            };
            loop {
                let asked = tokio::select! {
                    asked = interrupt.recv() => asked,
                    asked = terminate.recv() => asked,
                };
                if asked.is_none() {
                    return;
                }
                let again = self.shared.asked.swap(true, Ordering::Relaxed);
                if again || !self.shared.attentive.load(Ordering::Relaxed) {
                    self.end();
                }
            }
        });
    }

    fn end(&self) -> ! {
        let _held = self.hold();
        process::exit(Exit::Interrupted.code().into())
    }
}
