//! A peer that speaks as Asterisk does dials the server.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use secrecy::SecretString;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        http::{HeaderValue, header},
    },
};

use super::*;
use crate::error::Error;

const SOON: Duration = Duration::from_secs(5);

async fn server(connections: usize) -> Server {
    let credentials = Credentials::new("pbx", SecretString::from("secret"));
    Server::open(Listen::loopback(0), credentials, connections)
        .await
        .unwrap()
}

/// Dials as Asterisk does; an error is the status of the refusal.
async fn dial(server: &Server, app: &str, authorization: &str) -> Result<WebSocketStream<TcpStream>, u16> {
    let mut request = format!("ws://{}/ari/{app}", server.address())
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("ari"));
    headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
    let tcp = TcpStream::connect(server.address()).await.unwrap();
    match client_async(request, tcp).await {
        Ok((socket, response)) => {
            assert_eq!(response.headers()[header::SEC_WEBSOCKET_PROTOCOL], "ari");
            Ok(socket)
        }
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

/// Dials, and registers an application.
async fn register(server: &Server, app: &str) -> WebSocketStream<TcpStream> {
    let named = app.split(':').next().unwrap();
    let mut socket = dial(server, named, RIGHT).await.unwrap();
    let event = format!(r#"{{"type":"ApplicationRegistered","timestamp":"x","application":"{app}"}}"#);
    socket.send(Message::text(event)).await.unwrap();
    socket
}

async fn cut_off(mut peer: WebSocketStream<TcpStream>) {
    let ended = tokio::time::timeout(SOON, peer.next())
        .await
        .expect("the server keeps the peer");
    assert!(!matches!(ended, Some(Ok(Message::Text(_)))), "{ended:?}");
}

async fn soon<T>(future: impl Future<Output = Option<T>>) -> T {
    tokio::time::timeout(SOON, future)
        .await
        .expect("it comes soon")
        .expect("the server lives")
}

#[tokio::test]
async fn a_persistent_connection_reaches_who_serves_its_application_again_and_again() {
    let server = server(CONNECTIONS).await;
    let mut application = server.application("evatel").unwrap();
    for _ in 0..3 {
        let mut peer = register(&server, "evatel").await;
        let mut accepted = soon(application.next()).await;
        assert_eq!(accepted.app, "evatel");
        assert!(accepted.registered.contains("ApplicationRegistered"));
        accepted.socket.send(Message::text("asked")).await.unwrap();
        assert_eq!(soon(peer.next()).await.unwrap(), Message::text("asked"));
    }
    assert_eq!(server.counts().known, 3);
}

#[tokio::test]
async fn each_call_is_a_connection_of_its_own() {
    let server = server(CONNECTIONS).await;
    let mut calls = server.calls("evatel").unwrap();
    let _first = register(&server, "evatel:PJSIP/a-00000001").await;
    let _second = register(&server, "evatel:PJSIP/b-00000002").await;
    let mut apps = [soon(calls.next()).await.app, soon(calls.next()).await.app];
    apps.sort();
    assert_eq!(apps, ["evatel:PJSIP/a-00000001", "evatel:PJSIP/b-00000002"]);
}

#[tokio::test]
async fn wrong_credentials_get_401() {
    let server = server(CONNECTIONS).await;
    let _application = server.application("evatel").unwrap();
    for wrong in ["Basic cGJ4Ondyb25n", "Bearer x", ""] {
        assert_eq!(dial(&server, "evatel", wrong).await.err(), Some(401), "{wrong}");
    }
    assert_eq!(server.counts().unknown, 3);
}

#[tokio::test]
async fn one_connection_too_many_gets_503_and_a_dropped_one_makes_room() {
    let server = server(1).await;
    let mut application = server.application("evatel").unwrap();
    let _calls = server.calls("calls").unwrap();
    let _peer = register(&server, "evatel").await;
    let accepted = soon(application.next()).await;
    assert_eq!(dial(&server, "calls", RIGHT).await.err(), Some(503));
    assert_eq!(server.counts().full, 1);
    drop(accepted);
    assert!(dial(&server, "calls", RIGHT).await.is_ok());
}

#[tokio::test]
async fn one_that_nobody_has_room_for_gets_503() {
    let server = server(CONNECTIONS).await;
    let mut application = server.application("evatel").unwrap();
    let _first = register(&server, "evatel").await;
    assert_eq!(dial(&server, "evatel", RIGHT).await.err(), Some(503));
    soon(application.next()).await;
    assert!(dial(&server, "evatel", RIGHT).await.is_ok());
}

#[tokio::test]
async fn an_application_that_nobody_serves_gets_404() {
    let server = server(CONNECTIONS).await;
    let _application = server.application("evatel").unwrap();
    drop(server.application("former").unwrap());
    for app in ["other", "former", "evatel:PJSIP", ""] {
        assert_eq!(dial(&server, app, RIGHT).await.err(), Some(404), "{app}");
    }
    assert_eq!(server.counts().unknown, 4, "{:?}", server.counts());
}

#[tokio::test]
async fn who_registers_or_says_something_else_is_kept_half_a_second_and_cut_off() {
    let server = server(CONNECTIONS).await;
    let mut application = server.application("evatel").unwrap();
    let mut calls = server.calls("calls").unwrap();
    let said = [
        (
            "evatel",
            r#"{"type":"ApplicationRegistered","application":"other"}"#,
        ),
        (
            "evatel",
            r#"{"type":"ApplicationRegistered","application":"evatel:PJSIP/a-00000001"}"#,
        ),
        (
            "calls",
            r#"{"type":"ApplicationRegistered","application":"calls"}"#,
        ),
        (
            "calls",
            r#"{"type":"ApplicationRegistered","application":"calls:"}"#,
        ),
        ("evatel", r#"{"type":"StasisStart"}"#),
        ("evatel", "hello"),
    ];
    for (app, said) in said {
        let mut peer = dial(&server, app, RIGHT).await.unwrap();
        let began = tokio::time::Instant::now();
        peer.send(Message::text(said)).await.unwrap();
        cut_off(peer).await;
        let lasted = began.elapsed();
        assert!(lasted.as_millis() >= 400, "{said}: {lasted:?}");
    }
    assert_eq!(server.counts().known, 0);
    assert!(
        tokio::time::timeout(Duration::ZERO, application.next())
            .await
            .is_err()
    );
    assert!(tokio::time::timeout(Duration::ZERO, calls.next()).await.is_err());
}

#[tokio::test]
async fn after_a_loss_what_had_to_wait_comes_first() {
    let server = server(CONNECTIONS).await;
    let mut application = server.application("evatel").unwrap();
    let mut peer = dial(&server, "evatel", RIGHT).await.unwrap();
    let waited = r#"{"type":"StasisStart","application":"evatel"}"#;
    peer.send(Message::text(waited)).await.unwrap();
    assert_eq!(soon(application.next()).await.registered, waited);
}

#[tokio::test]
async fn who_never_says_which_application_is_cut_off_after_a_second() {
    let server = server(CONNECTIONS).await;
    let _application = server.application("evatel").unwrap();
    let peer = dial(&server, "evatel", RIGHT).await.unwrap();
    let began = tokio::time::Instant::now();
    cut_off(peer).await;
    assert!(
        began.elapsed() <= Duration::from_millis(1_010),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(server.counts().late, 1);
}

#[tokio::test]
async fn two_cannot_serve_one_application_and_names_are_checked() {
    let server = server(CONNECTIONS).await;
    let first = server.application("evatel").unwrap();
    for app in ["evatel", "a:b", ""] {
        let refused = server.application(app).unwrap_err();
        assert!(
            matches!(refused, Error::Config { setting: "app", .. }),
            "{refused}"
        );
    }
    drop(first);
    server.application("evatel").unwrap();
}

const RIGHT: &str = "Basic cGJ4OnNlY3JldA==";
