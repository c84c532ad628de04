//! How much memory does the collector take when far more is sent than it can take, over gRPC and over HTTP?
//!
//! Each case starts a collector with its whole work and sends from more connections at once than it admits, first with a
//! destination that takes everything, then with one that takes nothing. The peak is the kernel's (`VmHWM`). What was accepted
//! and what was refused is told too: a collector that stays small by losing what it accepted is no good.

use std::error::Error;
use std::net::SocketAddr;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use secspan_tests::child::Process;
use secspan_tests::load::{Mix, Template};
use secspan_tests::sender::{Encoding, Sender};
use secspan_tests::sink::Sink;
use secspan_tests::subject::{self, Ports};
use tokio::net::{TcpListener, TcpStream};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Spans of a request, about 600 bytes each.
const SPANS: usize = 1_000;

/// Requests under way at once: 154 MB offered, more than twice what may be in flight, and again as soon as one is refused.
const CONNECTIONS: usize = 64;
const IN_FLIGHT: usize = 4;

/// Time of each case.
const TIME: Duration = Duration::from_secs(8);

/// What the design allows, in MiB.
const BAR_MIB: f64 = 200.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Grpc,
    Http,
}

#[expect(clippy::print_stderr, reason = "a benchmark reports to the terminal")]
fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-overload: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]
async fn run() -> Result<()> {
    let program = subject::build()?;
    println!(
        "{CONNECTIONS} connections with {IN_FLIGHT} requests of {SPANS} spans at once, {} s",
        TIME.as_secs()
    );
    println!(
        "{:<6} {:<12} {:>12} {:>12} {:>14} {:>10}",
        "", "destination", "accepted", "refused", "peak RSS MiB", "bar"
    );
    for stalled in [false, true] {
        for (name, protocol) in [("gRPC", Protocol::Grpc), ("HTTP", Protocol::Http)] {
            let outcome = measure(&program, protocol, stalled).await?;
            println!(
                "{name:<6} {:<12} {:>12} {:>12} {:>14.0} {:>10}",
                if stalled { "stalled" } else { "well" },
                outcome.accepted,
                outcome.refused,
                outcome.peak_rss_mib,
                if outcome.peak_rss_mib < BAR_MIB {
                    "held"
                } else {
                    "missed"
                },
            );
        }
    }
    Ok(())
}

struct Outcome {
    accepted: u64,
    refused: u64,
    peak_rss_mib: f64,
}

async fn measure(program: &std::path::Path, protocol: Protocol, stalled: bool) -> Result<Outcome> {
    let sink = if stalled {
        stalled_destination().await?
    } else {
        Sink::start().await?.address
    };
    let directory = tempfile::tempdir()?;
    let ports = Ports::free(sink)?;
    let config = directory.path().join("config.yaml");
    std::fs::write(&config, subject::ours_config(&ports, directory.path()))?;
    let mut process = Process::start(
        Command::new(program)
            .arg("--config")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(directory.path().join("log"))?),
    )?;
    let grpc = SocketAddr::from(([127, 0, 0, 1], ports.grpc));
    let http = SocketAddr::from(([127, 0, 0, 1], ports.http));
    subject::wait_for(&mut process, grpc, directory.path()).await?;
    let load = Arc::new(Load::new(now() + TIME)?);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        match protocol {
            Protocol::Grpc => {
                let sender = Sender::connect(grpc).await?;
                for _ in 0..IN_FLIGHT {
                    let (load, sender) = (Arc::clone(&load), sender.clone());
                    tasks.spawn(async move { load.over_grpc(sender).await });
                }
            }
            Protocol::Http => {
                for _ in 0..IN_FLIGHT {
                    let load = Arc::clone(&load);
                    tasks.spawn(async move { load.over_http(http).await });
                }
            }
        }
    }
    while let Some(task) = tasks.join_next().await {
        task?;
    }
    if !process.is_alive() {
        return Err("the collector did not live through it".into());
    }
    Ok(Outcome {
        accepted: load.accepted.load(Ordering::Relaxed),
        refused: load.refused.load(Ordering::Relaxed),
        peak_rss_mib: process.peak_rss_mib(),
    })
}

/// A destination that takes connections and reads nothing.
async fn stalled_destination() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    Ok(address)
}

/// What is sent, for how long, and what became of it, in requests.
struct Load {
    template: Template,
    nonce: AtomicU32,
    end: Instant,
    accepted: AtomicU64,
    refused: AtomicU64,
}

impl Load {
    fn new(end: Instant) -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "spans of the load end now")]
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        Ok(Self {
            template: Template::new(Mix::Mixed, SPANS, u64::try_from(now.as_nanos())?, 1),
            nonce: AtomicU32::new(1),
            end,
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        })
    }

    fn request(&self) -> Bytes {
        self.template
            .fresh(self.nonce.fetch_add(1, Ordering::Relaxed))
    }

    fn count(&self, accepted: bool) {
        let counter = if accepted {
            &self.accepted
        } else {
            &self.refused
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    async fn over_grpc(&self, mut sender: Sender) {
        while now() < self.end {
            let request = self.request();
            let answer = sender.export(&request, Encoding::Identity);
            match tokio::time::timeout_at(self.end.into(), answer).await {
                Ok(answer) => self.count(answer.is_ok_and(|answer| answer.status == 0)),
                Err(_over) => return,
            }
        }
    }

    async fn over_http(&self, address: SocketAddr) {
        while now() < self.end {
            // A refusal before the body is read may close the connection: the next request gets one of its own.
            match tokio::time::timeout_at(self.end.into(), post(address, self.request())).await {
                Ok(status) => self.count(status.is_ok_and(|status| status == 200)),
                Err(_over) => return,
            }
        }
    }
}

async fn post(address: SocketAddr, body: Bytes) -> Result<u16> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut requests, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Its end shows in the answer.
    tokio::spawn(async move { drop(connection.await) });
    let request = Request::post("/v1/traces")
        .header("host", address.to_string())
        .header("content-type", "application/x-protobuf")
        .body(Full::new(body))?;
    let answer = requests.send_request(request).await?;
    let status = answer.status().as_u16();
    answer.into_body().collect().await?;
    Ok(status)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}
