//! A graceful stop.

use super::*;
use tokio::net::TcpStream;

#[tokio::test]
async fn requests_in_hand_are_answered_and_new_ones_are_not_taken() {
    for protocol in ["grpc", "http"] {
        let pipelines = Pipelines::closed();
        let receiver = receiver(BOTH, &pipelines).await;
        let (grpc, http) = (
            receiver.grpc_address().unwrap(),
            receiver.http_address().unwrap(),
        );
        let in_hand = match protocol {
            "grpc" => tokio::spawn(grpc_post(grpc, GRPC, framed(one_span())).send()),
            _ => tokio::spawn(http_post(http, PROTOBUF, one_span()).send()),
        };
        pipelines.wait_for(1).await;
        let stopped = tokio::spawn(Box::new(receiver).stop(PATIENCE));
        // The sockets are closed while the request is still in hand.
        while TcpStream::connect(grpc).await.is_ok() || TcpStream::connect(http).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!stopped.is_finished());
        pipelines.open();
        let reply = in_hand.await.unwrap();
        assert_eq!(reply.status, 200);
        if protocol == "grpc" {
            assert_eq!(grpc_status(&reply).code, code::OK);
        }
        stopped.await.unwrap();
        assert_eq!(pipelines.payloads().len(), 1);
    }
}

#[tokio::test]
async fn the_deadline_ends_what_does_not_end() {
    let pipelines = Pipelines::closed();
    let receiver = receiver(BOTH, &pipelines).await;
    let grpc = receiver.grpc_address().unwrap();
    let in_hand = tokio::spawn(grpc_post(grpc, GRPC, framed(one_span())).try_send());
    pipelines.wait_for(1).await;
    Box::new(receiver).stop(Duration::from_millis(10)).await;
    assert!(
        in_hand.await.unwrap().is_err(),
        "cut off, and the sender knows"
    );
    assert!(pipelines.payloads().is_empty());
}
