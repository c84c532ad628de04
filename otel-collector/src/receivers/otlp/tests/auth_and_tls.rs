//! Who may send: tokens, TLS, client certificates.

use super::*;
use crate::component::ExtensionConfig;
use crate::extensions::bearertokenauth::{BearerTokenAuthConfig, Tokens};
use crate::tls::ServerTls;
use crate::tls::tests::Authority;

#[tokio::test]
async fn a_token_opens_both_protocols_and_nothing_else_does() {
    let context = context();
    let tokens = Tokens::Given(vec![crate::config::Secret::new("open sesame")]);
    let extension = Box::new(BearerTokenAuthConfig {
        scheme: "Bearer".to_owned(),
        tokens,
    });
    extension.start("bearertokenauth", &context).await.unwrap();
    let text = "
protocols:
  grpc: { endpoint: 127.0.0.1:0, auth: { authenticator: bearertokenauth } }
  http: { endpoint: 127.0.0.1:0, auth: { authenticator: bearertokenauth } }
";
    let pipelines = Arc::default();
    let receiver = receiver_in(&context, text, &pipelines).await.unwrap();
    let (grpc, http) = (
        receiver.grpc_address().unwrap(),
        receiver.http_address().unwrap(),
    );
    for (token, allowed) in [
        (None, false),
        (Some("Bearer wrong"), false),
        (Some("Bearer open sesame"), true),
    ] {
        let with = |mut headers: Vec<(&'static str, &'static str)>| {
            headers.extend(token.map(|token| ("authorization", token)));
            headers
        };
        let headers = with(GRPC.to_vec());
        let status = grpc_status(&grpc_post(grpc, &headers, framed(one_span())).send().await);
        assert_eq!(
            status.code,
            if allowed {
                code::OK
            } else {
                code::UNAUTHENTICATED
            },
            "{token:?}"
        );
        let headers = with(PROTOBUF.to_vec());
        let reply = http_post(http, &headers, one_span()).send().await;
        assert_eq!(reply.status, if allowed { 200 } else { 401 }, "{token:?}");
        assert_eq!(reply.headers.contains_key("www-authenticate"), !allowed);
        assert!(
            !text_of(&reply).contains("wrong"),
            "tokens are not repeated"
        );
    }
    assert_eq!(pipelines.rejected_requests(), [("unauthenticated", 4)]);
    assert_eq!(pipelines.payloads().len(), 2);
}

#[tokio::test]
async fn an_authenticator_that_does_not_exist_stops_the_start() {
    let text = "protocols: { grpc: { endpoint: 127.0.0.1:0, auth: { authenticator: nobody } } }";
    let error = receiver_in(&context(), text, &Arc::default())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("no extension `nobody`"),
        "{error}"
    );
}

/// A receiver with TLS on both protocols; `client_ca` makes it ask for client certificates.
async fn secured(
    authority: &Authority,
    client_ca: bool,
    pipelines: &Arc<Pipelines>,
) -> OtlpReceiver {
    let mut config = config(BOTH);
    let tls = ServerTls {
        client_ca: client_ca.then(|| authority.ca_file()),
        ..authority.server()
    };
    for listener in [
        &mut config.grpc.as_mut().unwrap().listener,
        &mut config.http.as_mut().unwrap().listener,
    ] {
        listener.tls = Some(tls.clone());
    }
    let input: Arc<dyn PipelineInput> = Arc::<Pipelines>::clone(pipelines);
    start(&config, "otlp", &input, &context()).await.unwrap()
}

/// Sends over both protocols; `true` when both were taken, `false` when both failed.
async fn passes(receiver: &OtlpReceiver, settings: &ClientTls) -> bool {
    let client = |alpn: &[&[u8]]| Some(TlsClient::new(settings, "127.0.0.1", alpn).unwrap());
    let mut grpc = grpc_post(receiver.grpc_address().unwrap(), GRPC, framed(one_span()));
    grpc.tls = client(&[b"h2"]);
    let grpc = grpc
        .try_send()
        .await
        .is_ok_and(|reply| grpc_status(&reply).code == code::OK);
    let mut outcomes = vec![grpc];
    for alpn in [&[b"http/1.1".as_slice()][..], &[b"h2"]] {
        let mut http = http_post(receiver.http_address().unwrap(), PROTOBUF, one_span());
        http.tls = client(alpn);
        outcomes.push(http.try_send().await.is_ok_and(|reply| reply.status == 200));
    }
    assert!(
        outcomes.iter().all(|outcome| *outcome == grpc),
        "{outcomes:?}"
    );
    grpc
}

#[tokio::test]
async fn tls_is_spoken_with_those_who_trust_the_certificate() {
    let authority = Authority::new();
    let pipelines = Arc::default();
    let receiver = secured(&authority, false, &pipelines).await;
    assert!(passes(&receiver, &ClientTls::trusting(authority.ca_file())).await);
    assert!(!passes(&receiver, &ClientTls::trusting(Authority::new().ca_file())).await);
    let blind = ClientTls {
        insecure_skip_verify: true,
        ..ClientTls::default()
    };
    assert!(passes(&receiver, &blind).await);
    let elsewhere = ClientTls {
        server_name_override: Some("elsewhere.example".to_owned()),
        ..ClientTls::trusting(authority.ca_file())
    };
    assert!(
        !passes(&receiver, &elsewhere).await,
        "the certificate is for another name"
    );
    let plain = grpc_post(receiver.grpc_address().unwrap(), GRPC, framed(one_span()))
        .try_send()
        .await;
    assert!(plain.is_err(), "no answer without TLS");
}

#[tokio::test]
async fn client_certificates_are_asked_for_and_checked() {
    let authority = Authority::new();
    let pipelines = Arc::default();
    let receiver = secured(&authority, true, &pipelines).await;
    let trusting = ClientTls::trusting(authority.ca_file());
    assert!(!passes(&receiver, &trusting).await, "no certificate");
    let (certificate, key) = authority.issue("client", "a client");
    assert!(passes(&receiver, &trusting.clone().presenting(certificate, key)).await);
    let elsewhere = Authority::new();
    let (certificate, key) = elsewhere.issue("stranger", "a stranger");
    assert!(
        !passes(&receiver, &trusting.presenting(certificate, key)).await,
        "another authority"
    );
}
