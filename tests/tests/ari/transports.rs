//! Requests over the websocket, and websockets that Asterisk opens, rows 67 and 68.

use evatel_ari::{
    EventName,
    door::{Credentials, Listen},
    event::EventKind,
    op::{self, channels::DialplanPlace},
    outbound::{Accepted, CONNECTIONS, Server},
};
use secrecy::SecretString;
use serde_json::json;
use tokio::time::timeout;

use super::{
    app::any,
    pbx::{Pbx, SOON},
    socket::Socket,
};

/// A request for the websocket.
fn request(id: &str, method: &str, uri: &str) -> String {
    json!({ "type": "RESTRequest", "request_id": id, "transaction_id": "t", "method": method, "uri": uri })
        .to_string()
}

#[tokio::test]
async fn row_67_a_request_over_the_websocket_gets_its_own_answer() {
    let pbx = Pbx::start().await;
    let mut socket = Socket::events(&pbx, "app=row").await;
    for (id, method, uri, status) in [
        ("1", "GET", "applications/row", 200),
        ("2", "POST", "bridges/room?type=mixing", 200),
        ("3", "POST", "bridges/room?type=mixing", 409),
        ("4", "DELETE", "bridges/room", 204),
        ("5", "DELETE", "bridges/nowhere", 404),
        ("6", "POST", "channels", 400),
        ("7", "PUT", "channels", 405),
    ] {
        socket.send(request(id, method, uri)).await;
        let answer = socket.answer().await;
        assert_eq!(
            (
                answer.request_id.as_str(),
                answer.status_code,
                answer.transaction_id.as_str()
            ),
            (id, status, "t"),
            "{method} {uri}"
        );
    }
    let body = json!({ "type": "RESTRequest", "request_id": "8", "method": "POST", "uri": "asterisk/variable",
        "content_type": "application/json", "message_body": json!({ "variable": "A", "value": "b" }).to_string() });
    socket.send(body.to_string()).await;
    assert_eq!(socket.answer().await.status_code, 204);
    let query = json!({ "type": "RESTRequest", "request_id": "9", "method": "GET", "uri": "asterisk/variable",
        "query_strings": [{ "name": "variable", "value": "A" }] });
    socket.send(query.to_string()).await;
    assert_eq!(
        socket
            .answer()
            .await
            .message_body
            .map(|body| body.replace(' ', ""))
            .as_deref(),
        Some(r#"{"value":"b"}"#)
    );
}

#[tokio::test]
async fn row_67_many_requests_at_once_are_answered_in_their_order() {
    let pbx = Pbx::start().await;
    let mut socket = Socket::events(&pbx, "app=row").await;
    for number in 0..50 {
        socket
            .send(request(&number.to_string(), "GET", "asterisk/ping"))
            .await;
    }
    for number in 0..50 {
        let answer = socket.answer().await;
        assert_eq!((answer.request_id, answer.status_code), (number.to_string(), 200));
    }
}

#[tokio::test]
async fn row_67_a_message_that_is_no_request_is_answered_with_400() {
    let pbx = Pbx::start().await;
    let mut socket = Socket::events(&pbx, "app=row").await;
    for bad in [
        "{oops".to_owned(),
        "[]".to_owned(),
        json!({ "request_id": "x" }).to_string(),
        json!({ "type": "Nonsense", "request_id": "x", "method": "GET", "uri": "channels" }).to_string(),
        json!({ "type": "RESTRequest", "request_id": "x", "uri": "channels" }).to_string(),
        json!({ "type": "RESTRequest", "request_id": "x", "method": "GET" }).to_string(),
    ] {
        socket.send(bad.as_str()).await;
        assert_eq!(socket.answer().await.status_code, 400, "{bad}");
    }
    socket.send(request("last", "GET", "asterisk/ping")).await;
    assert_eq!(socket.answer().await.status_code, 200);
}

/// Waits for the next connection that Asterisk opens.
async fn soon(next: impl Future<Output = Option<Accepted>>) -> Accepted {
    let next = timeout(SOON, next).await.expect("Asterisk dialled in time");
    next.expect("the server is there")
}

async fn server() -> Server {
    let credentials = Credentials::new("pbx", SecretString::from("secret"));
    let server = Server::open(Listen::loopback(0), credentials, CONNECTIONS).await;
    server.unwrap()
}

/// An Asterisk that dials `server` for the application `row`, with these rights.
async fn dialling(server: &Server, kind: &str, rights: &str) -> Pbx {
    // The path ends with the application's name.
    let uri = format!("ws://{}/row", server.address());
    Pbx::start_with(|files| {
        files.write(
            "websocket_client.conf",
            &format!(
                "[ours]\ntype=websocket_client\nconnection_type={kind}\nuri={uri}\nprotocols=ari\nusername=pbx\npassword=secret\n\
                 connection_timeout=5000\nreconnect_interval=100\n"
            ),
        );
        files.append(
            "ari.conf",
            &format!(
                "[local]\ntype=user\npassword=local\nread_only={rights}\n\
                 [outward]\ntype=outbound_websocket\nwebsocket_client_id=ours\napps=row\nlocal_ari_user=local\n"
            ),
        );
    })
    .await
}

#[tokio::test]
async fn row_68_a_persistent_connection_registers_again_after_it_broke_and_serves_calls() {
    let server = server().await;
    let mut arrivals = server.application("row").unwrap();
    let pbx = dialling(&server, "persistent", "no").await;
    // That it comes at all means that its credentials were checked and its first event was read.
    let first = soon(arrivals.next()).await;
    assert!(
        first.registered.contains("ApplicationRegistered"),
        "{}",
        first.registered
    );
    drop(first);
    let again = soon(arrivals.next()).await;
    assert_eq!(again.app, "row");
    let mut socket = Socket::of(again.socket);

    let mut caller = pbx.app("caller").await;
    caller.call("torow", "one").await;
    let start = socket.event(&EventName::StasisStart, any).await;
    let EventKind::StasisStart { channel, .. } = start.kind() else {
        panic!("{start:?}")
    };
    socket
        .send(request("1", "DELETE", &format!("channels/{}", channel.id)))
        .await;
    socket.event(&EventName::StasisEnd, any).await;
}

#[tokio::test]
async fn row_68_each_call_gets_a_connection_of_its_own_that_ends_with_it() {
    let server = server().await;
    let mut calls = server.calls("row").unwrap();
    let pbx = dialling(&server, "per_call_config", "no").await;
    let mut caller = pbx.app("caller").await;
    for id in ["one", "two"] {
        caller.call("torow", id).await;
        let accepted = soon(calls.next()).await;
        // The application is named after the channel.
        assert!(accepted.app.starts_with("row:Local/torow"), "{}", accepted.app);
        let mut socket = Socket::of(accepted.socket);
        let start = socket.event(&EventName::StasisStart, any).await;
        assert_eq!(start.header().application, accepted.app);
        caller
            .send(op::channels::resume_dialplan(
                &id.into(),
                &DialplanPlace::new("default", "hold"),
            ))
            .await;
        let EventKind::StasisStart { channel, .. } = start.kind() else {
            panic!("{start:?}")
        };
        socket
            .send(request("1", "POST", &format!("channels/{}/continue", channel.id)))
            .await;
        socket.event(&EventName::StasisEnd, any).await;
        socket.closed().await;
    }
}

#[tokio::test]
async fn row_68_the_local_users_rights_are_those_of_the_connection() {
    let server = server().await;
    let mut arrivals = server.application("row").unwrap();
    let _pbx = dialling(&server, "persistent", "yes").await;
    let mut socket = Socket::of(soon(arrivals.next()).await.socket);
    socket.send(request("1", "GET", "channels")).await;
    assert_eq!(socket.answer().await.status_code, 200);
    socket.send(request("2", "POST", "bridges")).await;
    assert_eq!(socket.answer().await.status_code, 403);
}
