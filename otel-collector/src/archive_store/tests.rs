//! Tests of archives in an object store: against a stand-in for S3 on loopback, and in memory where parts are concerned.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::sync::Mutex;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use object_store::memory::InMemory;
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
    mood: Mutex<Mood>,
    objects: Mutex<BTreeMap<String, Bytes>>,
    /// What was asked for, with its headers.
    requests: Mutex<Vec<(Method, HeaderMap)>>,
}

impl Bucket {
    /// Serves until the runtime ends.
    fn start(runtime: &Runtime) -> (Arc<Self>, SocketAddr) {
        let bucket = Arc::new(Self {
            mood: Mutex::new(Mood::Good),
            objects: Mutex::default(),
            requests: Mutex::default(),
        });
        let app = Router::new()
            .fallback(serve)
            .with_state(Arc::clone(&bucket));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        (bucket, address)
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn names(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }
}

async fn serve(
    State(bucket): State<Arc<Bucket>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 2], Body) {
    let mood = *bucket.mood.lock().unwrap();
    let mut objects = bucket.objects.lock().unwrap();
    let put = method == Method::PUT;
    bucket.requests.lock().unwrap().push((method, headers));
    let (status, body) = match mood {
        Mood::Refusing(status, code) => {
            let text = format!("<Error><Code>{code}</Code><Message>because</Message></Error>");
            (StatusCode::from_u16(status).unwrap(), text.into())
        }
        Mood::Late if put => (StatusCode::PRECONDITION_FAILED, Body::empty()),
        Mood::Lossy if put => (StatusCode::OK, Body::empty()),
        _ if put => {
            objects.insert(uri.path().to_owned(), body);
            (StatusCode::OK, Body::empty())
        }
        _ => match objects.get(uri.path()) {
            None => (StatusCode::NOT_FOUND, Body::empty()),
            Some(object) if mood == Mood::Forgetful => {
                let mut object = object.to_vec();
                object[0] ^= 1;
                (StatusCode::OK, object.into())
            }
            Some(object) if mood == Mood::Rude => {
                let half = Ok(object.slice(..object.len() / 2));
                let gone = Err(io::Error::other("gone"));
                let pieces = futures_util::stream::iter([half, gone]);
                (StatusCode::OK, Body::from_stream(pieces))
            }
            Some(object) => (StatusCode::OK, object.clone().into()),
        },
    };
    let headers = [
        ("etag", "\"1\""),
        ("last-modified", "Thu, 15 Jan 2026 00:00:00 GMT"),
    ];
    (status, headers, body)
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
        let runtime = Runtime::new().unwrap();
        let (bucket, address) = Bucket::start(&runtime);
        let text = format!(
            "endpoint: http://{address}\nbucket: bucket\nprefix: a b/\naccess_key_id: me\nsecret_access_key: mine\nsession_token: guest"
        );
        let folder = tempfile::tempdir().unwrap();
        let staging = folder.path().join("archive");
        let stop = Arc::new(AtomicBool::new(false));
        let store = open(&text, &staging, &stop, &runtime).unwrap();
        let settings = Settings {
            kinds: secspan_testkit::kinds::KINDS.to_vec(),
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

fn open(
    text: &str,
    staging: &Path,
    stop: &Arc<AtomicBool>,
    runtime: &Runtime,
) -> Result<ObjectArchives, String> {
    let (config, problems) = read_text(text, ObjectStoreConfig::read);
    assert!(problems.is_empty(), "{problems:?}");
    let _entered = runtime.enter();
    config.open(staging, Arc::clone(stop))
}

#[test]
fn a_file_goes_when_the_store_gives_it_back() {
    let mut scene = Scene::new();
    // Larger than every buffer.
    let lines = (0..100_000u32).map(|number| format!("{{\"number\":{}}}", number * 7919 % 99_991));
    let lines = lines.collect::<Vec<_>>().join("\n");
    scene.put(&lines);
    assert_eq!(scene.run(), None);
    assert!(!scene.is_there());
    assert_eq!(scene.bucket.names(), [KEY]);
    let object = scene.bucket.objects.lock().unwrap()[KEY].clone();
    let content = zstd::decode_all(&object[..]).unwrap();
    assert!(content == lines.as_bytes());

    let requests = scene.bucket.requests.lock().unwrap().clone();
    let (_, headers) = requests
        .iter()
        .find(|(method, _)| method == Method::PUT)
        .unwrap();
    assert_eq!(headers["if-none-match"], "*");
    assert_eq!(headers["x-amz-security-token"], "guest");
    let signed = headers["authorization"].to_str().unwrap();
    assert!(
        signed.starts_with("AWS4-HMAC-SHA256 Credential=me/"),
        "{signed}"
    );
    assert!(signed.contains("/us-east-1/s3/aws4_request"), "{signed}");
    let (last, _) = requests.last().unwrap();
    assert_eq!(last, Method::GET, "it is fetched again");

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
            "the key needs the rights to list",
        ),
        (
            Mood::Refusing(403, "AccessDenied"),
            "<Code>AccessDenied</Code><Message>because",
        ),
        (Mood::Refusing(503, "SlowDown"), "503 Service Unavailable"),
        (Mood::Refusing(404, "NoSuchBucket"), "NoSuchBucket"),
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
    let scene = Scene::new();
    let text =
        "{endpoint: \"http://127.0.0.1:1\", bucket: b, access_key_id: a, secret_access_key: s}";
    let store = open(text, scene.folder.path(), &Arc::default(), &scene.runtime).unwrap();
    let refused = store.open("x").unwrap_err();
    let said = error_chain(&refused);
    assert!(said.to_lowercase().contains("connection refused"), "{said}");
}

#[test]
fn work_ends_when_it_is_asked_to() {
    let mut scene = Scene::new();
    scene.stop.store(true, Ordering::Relaxed);
    assert_eq!(scene.run(), None);
    assert!(scene.is_there());
    let store = in_memory(&scene.folder, &scene.runtime);
    store.stop.store(true, Ordering::Relaxed);
    let never = store.run(std::future::pending::<io::Result<()>>());
    assert_eq!(never.unwrap_err().to_string(), "asked to stop");
}

fn in_memory(folder: &TempDir, runtime: &Runtime) -> ObjectArchives {
    ObjectArchives {
        store: Arc::new(InMemory::new()),
        url: "s3://bucket".to_owned(),
        prefix: Key::from("secspan"),
        timeout: Duration::from_mins(1),
        staging: folder.path().to_owned(),
        stop: Arc::default(),
        runtime: runtime.handle().clone(),
    }
}

#[test]
fn a_large_archive_goes_up_in_parts_and_never_replaces_another() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = in_memory(&folder, &runtime);
    let ready = folder.path().join("ready");
    let content = |seed: u8| {
        let bytes = (0..PART_BYTES * 2 + 5).map(|at| u8::try_from(at % 251).unwrap() ^ seed);
        bytes.collect::<Vec<_>>()
    };
    fs::write(&ready, content(1)).unwrap();
    store.keep("large", &ready).unwrap();
    fs::write(&ready, content(2)).unwrap();
    let taken = store.keep("large", &ready).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    let file = store.open("large").unwrap().unwrap();
    let kept: Result<Vec<u8>, _> = io::BufReader::new(file).bytes().collect();
    assert!(kept.unwrap() == content(1));
    assert!(store.open("large.partial").unwrap().is_none(), "it is gone");
    assert_eq!(
        store.location_of("large"),
        Path::new("s3://bucket/secspan/large")
    );
}

#[test]
fn each_provider_has_its_own_keys() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = "c2VjcmV0";
    for (text, location) in [
        (
            "{bucket: b, region: eu-central-1, access_key_id: a, secret_access_key: s}",
            "s3://b/x",
        ),
        (
            "{provider: azure, bucket: b, account: soc, account_key: c2VjcmV0}",
            "az://b/x",
        ),
        (
            "{provider: azure, endpoint: \"https://soc.example\", bucket: b, account: soc, account_key: c2VjcmV0}",
            "https://soc.example/b/x",
        ),
        ("{provider: gcs, bucket: b}", "gs://b/x"),
    ] {
        let store = open(text, folder.path(), &Arc::default(), &runtime).unwrap();
        assert_eq!(store.location_of("x"), Path::new(location));
        let shown = format!("{:?}", read_text(text, ObjectStoreConfig::read));
        assert!(!shown.contains(key), "{shown}");
    }
    let text = "{provider: gcs, bucket: b, access_key_id: a}";
    let (_, problems) = read_text(text, ObjectStoreConfig::read);
    assert_eq!(problems.len(), 1, "{problems:?}");
}
