//! Who we are: the attributes that every span of this process shares.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use secspan_semconv::attribute as key;

use crate::env::settings::Settings;

/// Version of the OpenTelemetry SDK whose sampler, ids and propagators are used.
const OTEL_SDK_VERSION: &str = "0.33.1";

/// Code over environment over what can be found out.
pub(crate) fn describe(settings: &Settings, in_code: Vec<KeyValue>) -> Resource {
    let found = [
        Some(KeyValue::new(key::TELEMETRY_SDK_NAME, "opentelemetry")),
        Some(KeyValue::new(key::TELEMETRY_SDK_LANGUAGE, "rust")),
        Some(KeyValue::new(key::TELEMETRY_SDK_VERSION, OTEL_SDK_VERSION)),
        Some(KeyValue::new(
            key::PROCESS_PID,
            i64::from(std::process::id()),
        )),
        Some(KeyValue::new(key::OS_TYPE, std::env::consts::OS)),
        executable().map(|name| KeyValue::new(key::PROCESS_EXECUTABLE_NAME, name)),
        host().map(|name| KeyValue::new(key::HOST_NAME, name)),
    ];
    Resource::builder_empty()
        .with_attributes(found.into_iter().flatten())
        .with_attributes(settings.resource.clone())
        .with_attributes(in_code)
        .with_attribute(KeyValue::new(
            key::SERVICE_NAME,
            settings.service_name.clone(),
        ))
        .build()
}

fn executable() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    Some(path.file_name()?.to_str()?.to_owned())
}

/// The kernel's word for this host, where the kernel has a file for it.
fn host() -> Option<String> {
    let name = std::fs::read("/proc/sys/kernel/hostname").ok()?;
    let name = String::from_utf8(name).ok()?.trim().to_owned();
    (!name.is_empty()).then_some(name)
}
