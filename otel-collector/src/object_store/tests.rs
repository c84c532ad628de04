//! Tests of the client against a stand-in on loopback: what it asks for, and what it makes of bad answers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use secspan_jsonl::archive::{Archiver, Compression, Settings};
use secspan_otlp::time::UnixNanos;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::*;
use crate::config::read_text;

const OLD: &str = "review-metrics-2024-11-20.jsonl";
const KEY: &str = "/bucket/a%20b/review-metrics-2024-11-20.jsonl.zst";
/// 2026-01-15.
const NOW: UnixNanos = UnixNanos(1_768_435_200_000_000_000);

/// How the stand-in behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Good,
    /// Gives something else back than it was given.
    Forgetful,
    /// Knows nothing of what it was given.
    Lossy,
    /// Refuses with this status and code.
    Refusing(u16, &'static str),
    /// Hangs up in the middle of an object.
    Rude,
    /// Another one was faster.
    Late,
}

/// An object store that keeps objects in memory.
#[derive(Debug)]
struct Bucket {
    address: SocketAddr,
    mood: Mutex<Mood>,
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Heads of the requests.
    heads: Mutex<Vec<String>>,
}

impl Bucket {
    fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let bucket = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            mood: Mutex::new(Mood::Good),
            objects: Mutex::default(),
            heads: Mutex::default(),
        });
        let served = Arc::clone(&bucket);
        // Ends with the test process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                served.serve(&stream.unwrap());
            }
        });
        bucket
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn names(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    fn serve(&self, mut stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap().to_owned());
        let (status, mut answer) = self.answer(method, path, body);
        let mood = *self.mood.lock().unwrap();
        let promised = answer.len();
        if mood == Mood::Rude && status == 200 {
            answer.truncate(promised / 2);
        }
        self.heads.lock().unwrap().push(head);
        write!(
            stream,
            "HTTP/1.1 {status} x\r\ncontent-length: {promised}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(&answer).unwrap();
    }

    fn answer(&self, method: &str, path: String, body: Vec<u8>) -> (u16, Vec<u8>) {
        let mood = *self.mood.lock().unwrap();
        let mut objects = self.objects.lock().unwrap();
        match (mood, method) {
            (Mood::Refusing(status, code), _) => {
                let text = format!("<Error><Code>{code}</Code><Message>because</Message></Error>");
                (status, text.into_bytes())
            }
            (Mood::Late, "PUT") => (412, Vec::new()),
            (Mood::Lossy, "PUT") => (200, Vec::new()),
            (_, "PUT") => {
                objects.insert(path, body);
                (200, Vec::new())
            }
            (_, _) => match objects.get(&path) {
                None => (404, b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
                Some(object) => {
                    let mut object = object.clone();
                    if mood == Mood::Forgetful {
                        object[0] ^= 1;
                    }
                    (200, object)
                }
            },
        }
    }
}

/// A folder with one old file, and an archiver that puts it into a bucket.
struct Scene {
    folder: TempDir,
    bucket: Arc<Bucket>,
    archiver: Archiver,
    stop: Arc<AtomicBool>,
    runtime: Runtime,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let bucket = Bucket::start();
        let text = format!(
            "endpoint: http://{}\nbucket: bucket\nprefix: a b/\naccess_key_id: me\nsecret_access_key: mine\nsession_token: guest",
            bucket.address
        );
        let (config, problems) = read_text(&text, ObjectStoreConfig::read);
        assert!(problems.is_empty(), "{problems:?}");
        let staging = folder.path().join("archive");
        let stop = Arc::new(AtomicBool::new(false));
        let entered = runtime.enter();
        let store = config.store(&staging, Arc::clone(&stop)).unwrap();
        drop(entered);
        let settings = Settings {
            records: folder.path().to_owned(),
            staging,
            keep: Duration::from_hours(24),
            compression: Compression::Zstd,
            level: 3,
            lock_wait: Duration::from_secs(1),
        };
        let scene = Self {
            bucket,
            archiver: Archiver::new(settings, store),
            stop,
            runtime,
            folder,
        };
        scene.put("{\"number\":1}\n");
        scene
    }

    fn put(&self, content: &str) {
        fs::write(self.folder.path().join(OLD), content).unwrap();
    }

    fn is_there(&self) -> bool {
        self.folder.path().join(OLD).exists()
    }

    /// What went wrong in a run, with its cause.
    fn run(&mut self) -> Option<String> {
        let outcome = self.archiver.run(NOW, &self.stop);
        let left: Vec<_> = fs::read_dir(self.folder.path().join("archive"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, [".lock"], "nothing half made is left");
        let failure = outcome.failures.first()?;
        Some(error_chain(&failure.error))
    }
}

#[test]
fn a_file_goes_when_the_store_gives_it_back() {
    let mut scene = Scene::new();
    // Larger than every buffer, and hard to compress.
    let numbers = (0..20_000u32).map(|number| hex(&Hash::hash(&number.to_le_bytes())));
    let lines = numbers.collect::<Vec<_>>().join("\n");
    scene.put(&lines);
    assert_eq!(scene.run(), None);
    assert!(!scene.is_there());
    assert_eq!(scene.bucket.names(), [KEY]);
    let object = scene.bucket.objects.lock().unwrap()[KEY].clone();
    let content = zstd::decode_all(&object[..]).unwrap();
    assert!(object.len() > 4 * STEP_BYTES, "{}", object.len());
    assert!(content == lines.as_bytes());

    let heads = scene.bucket.heads.lock().unwrap().clone();
    let put = heads.iter().find(|head| head.starts_with("PUT")).unwrap();
    for line in [
        format!("PUT {KEY} HTTP/1.1"),
        format!("host: {}", scene.bucket.address),
        format!("x-amz-content-sha256: {}", hex(&Hash::hash(&object))),
        "x-amz-security-token: guest".to_owned(),
        "if-none-match: *".to_owned(),
    ] {
        assert!(put.lines().any(|found| found == line), "{line}: {put}");
    }
    let names = "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,";
    assert!(put.contains(names), "{put}");
    assert!(
        heads.last().unwrap().starts_with("GET"),
        "it is fetched again"
    );

    scene.put("{\"number\":2}\n");
    assert_eq!(scene.run(), None);
    let second = KEY.replace(".jsonl", ".1.jsonl");
    assert_eq!(scene.bucket.names(), [second.as_str(), KEY]);
}

#[test]
fn a_file_stays_when_the_store_does_not_keep_it() {
    for (mood, said) in [
        (Mood::Forgetful, "it does not give back what it was given"),
        (Mood::Lossy, "it does not give back what it was given"),
        (
            Mood::Refusing(403, "AccessDenied"),
            "403 Forbidden: AccessDenied: because (the key needs the rights to list",
        ),
        (
            Mood::Refusing(503, "SlowDown"),
            "503 Service Unavailable: SlowDown: because",
        ),
        (
            Mood::Refusing(404, "NoSuchBucket"),
            "404 Not Found: NoSuchBucket: because",
        ),
        (Mood::Late, "already exists"),
    ] {
        let mut scene = Scene::new();
        scene.bucket.is(mood);
        let failure = scene.run().unwrap();
        assert!(failure.contains(said), "{mood:?}: {failure}");
        assert!(scene.is_there(), "{mood:?}");
        // It gets better.
        scene.bucket.is(Mood::Good);
        assert_eq!(scene.run(), None, "{mood:?}");
        assert!(!scene.is_there(), "{mood:?}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_no_answer() {
    let mut scene = Scene::new();
    scene.bucket.is(Mood::Rude);
    let failure = scene.run().unwrap();
    assert!(failure.starts_with("cannot store "), "{failure}");
    assert!(scene.is_there());
    assert_eq!(scene.bucket.names(), [KEY]);
    // The archive is there since: it is compared, and no second one is made.
    scene.bucket.is(Mood::Good);
    assert_eq!(scene.run(), None);
    assert!(!scene.is_there());
    assert_eq!(scene.bucket.names(), [KEY]);
}

#[test]
fn a_store_that_is_not_there_is_an_error() {
    let mut scene = Scene::new();
    let (config, _) = read_text(
        "{endpoint: \"http://127.0.0.1:1\", bucket: b, access_key_id: a, secret_access_key: s}",
        ObjectStoreConfig::read,
    );
    let entered = scene.runtime.enter();
    let store = config.store(scene.folder.path(), Arc::default()).unwrap();
    drop(entered);
    let refused = store.open("x").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(scene.run(), None, "the other store is there");
}

#[test]
fn an_upload_ends_when_it_is_asked_to() {
    let mut body = Outgoing::file(
        tempfile::tempfile().unwrap(),
        10,
        Arc::new(AtomicBool::new(true)),
    );
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = http_body::Body::poll_frame(std::pin::Pin::new(&mut body), &mut context);
    assert!(matches!(polled, std::task::Poll::Ready(Some(Err(_)))));
    let mut scene = Scene::new();
    scene.stop.store(true, Ordering::Relaxed);
    assert_eq!(scene.run(), None);
    assert!(scene.is_there());
}
