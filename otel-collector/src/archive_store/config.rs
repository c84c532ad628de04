//! The section `object_store`: which provider, which bucket, and what opens it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, S3CopyIfNotExists};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path as Key;
use object_store::{ObjectStore, RetryConfig};
use secspan_transport::error_chain;
use tokio::runtime::Handle;

use super::ObjectArchives;
use super::http::Connections;
use crate::config::{Complaint, Endpoint, Scheme, Secret, Section};
use crate::tls::{ClientTls, TlsClient};

/// Time for one request with its repetitions, unless configured.
const TIMEOUT: Duration = Duration::from_mins(10);

/// How often a request is repeated at once. After that the archiver tries again, an hour later.
const RETRIES_MAX: usize = 3;

/// Until when a request is repeated: credentials are not renewed in between.
const RETRY_TIME_MAX: Duration = Duration::from_mins(3);

/// The parsed section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectStoreConfig {
    provider: Provider,
    /// Where the provider's own is not meant.
    endpoint: Option<Endpoint>,
    bucket: String,
    prefix: Key,
    tls: ClientTls,
    timeout: Duration,
}

/// Who keeps the objects, and what opens the bucket. What is not set comes from where the provider's own tools find it: the
/// environment, then the machine's or the container's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Provider {
    S3 {
        region: Option<String>,
        keys: Option<AccessKeys>,
    },
    Gcs {
        service_account_file: Option<PathBuf>,
    },
    Azure {
        account: Option<String>,
        account_key: Option<Secret>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct AccessKeys {
    id: String,
    secret: Secret,
    token: Option<Secret>,
}

impl ObjectStoreConfig {
    /// Reads the section.
    pub fn read(section: &mut Section<'_>) -> Self {
        let endpoint = section.endpoint("endpoint").check(|endpoint| {
            let complaint = Complaint::new("has no scheme")
                .allowed("a URL, such as https://s3.eu-central-1.amazonaws.com");
            endpoint.scheme.map(drop).ok_or(complaint)
        });
        let bucket = section.string("bucket").check(|bucket| {
            let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if bucket.is_empty() || !bucket.chars().all(legal) {
                return Err(
                    Complaint::new("is no bucket").allowed("letters, digits, `-`, `_` and `.`")
                );
            }
            Ok(())
        });
        let prefix = section.string("prefix").check(|prefix| {
            if prefix.starts_with('/') || Key::parse(prefix).is_err() {
                return Err(Complaint::new("is no prefix").allowed("a path such as secspan/team-a"));
            }
            Ok(())
        });
        Self {
            endpoint: endpoint.optional(),
            bucket: bucket.required(),
            prefix: Key::parse(prefix.or(String::new())).unwrap_or_default(),
            provider: Provider::read(section),
            tls: section.section("tls", crate::tls::read_client),
            timeout: section
                .duration("timeout")
                .within(Duration::from_secs(1)..=Duration::from_hours(24))
                .or(TIMEOUT),
        }
    }

    /// The store. Nothing is sent yet. Archives are fetched into the folder `staging`; `stop` ends what is under way.
    ///
    /// # Errors
    /// When a certificate, key or credential cannot be used.
    pub fn open(self, staging: &Path, stop: Arc<AtomicBool>) -> Result<ObjectArchives, String> {
        let endpoint = self.endpoint.as_ref();
        if let Some(secured) = endpoint.filter(|endpoint| endpoint.scheme == Some(Scheme::Https)) {
            TlsClient::new(&self.tls, &secured.host, &[]).map_err(|error| error_chain(&error))?;
        }
        let store = self.store().map_err(|error| error_chain(&error))?;
        let url = match endpoint {
            Some(endpoint) => endpoint.to_string().trim_end_matches('/').to_owned(),
            None => self.provider.scheme().to_owned(),
        };
        Ok(ObjectArchives {
            store,
            url: format!("{url}/{}", self.bucket),
            prefix: self.prefix,
            timeout: self.timeout,
            staging: staging.to_owned(),
            stop,
            runtime: Handle::current(),
        })
    }

    fn store(&self) -> object_store::Result<Arc<dyn ObjectStore>> {
        let retry = RetryConfig {
            max_retries: RETRIES_MAX,
            retry_timeout: self.timeout.min(RETRY_TIME_MAX),
            ..RetryConfig::default()
        };
        let endpoint = self.endpoint.as_ref().map(ToString::to_string);
        let bucket = Bucket {
            endpoint: endpoint.as_deref().map(|url| url.trim_end_matches('/')),
            name: &self.bucket,
            http: Connections::new(self.tls.clone()),
            retry,
        };
        match &self.provider {
            Provider::S3 { region, keys } => bucket.s3(region.as_deref(), keys.as_ref()),
            Provider::Gcs {
                service_account_file,
            } => bucket.gcs(service_account_file.as_deref()),
            Provider::Azure {
                account,
                account_key,
            } => bucket.azure(account.as_deref(), account_key.as_ref()),
        }
    }
}

/// What all providers need.
struct Bucket<'a> {
    endpoint: Option<&'a str>,
    name: &'a str,
    http: Connections,
    retry: RetryConfig,
}

impl Bucket<'_> {
    fn s3(
        self,
        region: Option<&str>,
        keys: Option<&AccessKeys>,
    ) -> object_store::Result<Arc<dyn ObjectStore>> {
        let mut builder = match keys {
            // Not a mixture of configured keys and a token from the environment.
            Some(keys) => keys.apply(AmazonS3Builder::new()),
            None => AmazonS3Builder::from_env(),
        };
        if let Some(region) = region {
            builder = builder.with_region(region);
        }
        if let Some(endpoint) = self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let builder = builder
            .with_bucket_name(self.name)
            .with_copy_if_not_exists(S3CopyIfNotExists::Multipart)
            .with_retry(self.retry);
        Ok(Arc::new(builder.with_http_connector(self.http).build()?))
    }

    fn gcs(self, account_file: Option<&Path>) -> object_store::Result<Arc<dyn ObjectStore>> {
        let mut builder = GoogleCloudStorageBuilder::from_env();
        if let Some(file) = account_file {
            builder = builder.with_service_account_path(file.display().to_string());
        }
        if let Some(endpoint) = self.endpoint {
            builder = builder.with_base_url(endpoint);
        }
        let builder = builder.with_bucket_name(self.name).with_retry(self.retry);
        Ok(Arc::new(builder.with_http_connector(self.http).build()?))
    }

    fn azure(
        self,
        account: Option<&str>,
        key: Option<&Secret>,
    ) -> object_store::Result<Arc<dyn ObjectStore>> {
        let mut builder = MicrosoftAzureBuilder::from_env();
        if let Some(account) = account {
            builder = builder.with_account(account);
        }
        if let Some(key) = key {
            builder = builder.with_access_key(key.reveal());
        }
        if let Some(endpoint) = self.endpoint {
            builder = builder.with_endpoint(endpoint.to_owned());
        }
        let builder = builder
            .with_container_name(self.name)
            .with_retry(self.retry);
        Ok(Arc::new(builder.with_http_connector(self.http).build()?))
    }
}

impl Provider {
    fn read(section: &mut Section<'_>) -> Self {
        const NAMES: [(&str, &str); 3] = [("s3", "s3"), ("gcs", "gcs"), ("azure", "azure")];
        match section.choice("provider", &NAMES).or("s3") {
            "gcs" => Self::Gcs {
                service_account_file: section.path_buf("service_account_file").optional(),
            },
            "azure" => Self::Azure {
                account: section.string("account").optional(),
                account_key: section.secret("account_key").optional(),
            },
            _ => Self::S3 {
                region: section.string("region").optional(),
                keys: AccessKeys::read(section),
            },
        }
    }

    /// What stands before a bucket where no endpoint is set.
    fn scheme(&self) -> &'static str {
        match self {
            Self::S3 { .. } => "s3:/",
            Self::Gcs { .. } => "gs:/",
            Self::Azure { .. } => "az:/",
        }
    }
}

impl AccessKeys {
    /// Reads all of the keys or none of them.
    fn read(section: &mut Section<'_>) -> Option<Self> {
        const KEYS: [&str; 3] = ["access_key_id", "secret_access_key", "session_token"];
        let token = section.secret("session_token").optional();
        if KEYS.iter().any(|key| section.has(key)) {
            let id = section.string("access_key_id").required();
            let secret = section.secret("secret_access_key").required();
            return Some(Self { id, secret, token });
        }
        // Asked for, so that they are known and shown.
        section.string("access_key_id").optional();
        section.secret("secret_access_key").optional();
        None
    }

    fn apply(&self, builder: AmazonS3Builder) -> AmazonS3Builder {
        let builder = builder
            .with_access_key_id(&self.id)
            .with_secret_access_key(self.secret.reveal());
        match &self.token {
            Some(token) => builder.with_token(token.reveal()),
            None => builder,
        }
    }
}
