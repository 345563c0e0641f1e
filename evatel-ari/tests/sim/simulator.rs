//! The simulator itself: faults strike when they are told to, and media and websockets go out as well as in.

use std::time::Duration;

use evatel_ari::{
    Ari, ChannelId, Error, EventKind,
    client::ConnectionState,
    op::{
        self,
        channels::{NewChannel, Outgoing},
    },
    sim::{Asterisk, Came, Fault, MAX_BODY, Options, Outbound, Step, When},
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
    },
};

use crate::support::{APP, connected, event_of, named, offered, soon};

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// Takes a websocket with the sub-protocol that was asked for, as its client wants.
#[allow(clippy::result_large_err, reason = "the handshake wants it so")]
async fn accepted(stream: TcpStream) -> WebSocketStream<TcpStream> {
    let agrees = |request: &Request, mut response: Response| {
        if let Some(protocol) = request.headers().get("Sec-WebSocket-Protocol") {
            response
                .headers_mut()
                .insert("Sec-WebSocket-Protocol", protocol.clone());
        }
        Ok(response)
    };
    accept_hdr_async(stream, agrees).await.unwrap()
}

/// Reads the next event that a program's own server hears.
async fn event(socket: &mut WebSocketStream<TcpStream>) -> serde_json::Value {
    loop {
        match soon("an event", socket.next()).await.unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            _ => continue,
        }
    }
}

/// Sends bytes by hand and gives what came back until the server closed.
async fn by_hand(asterisk: &Asterisk, request: &[u8]) -> String {
    let address = asterisk.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that closes at once may not take it all.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = soon("the end", stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn the_nth_start_breaks_the_websocket_and_no_other() {
    let (asterisk, ari, mut offers) = connected().await;
    asterisk.inject_when(Fault::Dropped("StasisStart".into()), When::Nth(2));
    offered("1700.1", &asterisk, &mut offers).await;
    let mut state = ari.state();
    asterisk.offer("1700.2", "15145550100", APP, &[]);
    let lost = state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { .. }));
    soon("the loss", lost).await.unwrap();
    let back = state.wait_for(|state| *state == ConnectionState::Connected);
    soon("the connection", back).await.unwrap();
    offered("1700.3", &asterisk, &mut offers).await;
}

#[tokio::test]
async fn events_come_twice_or_not_at_all() {
    let (asterisk, _ari, mut offers) = connected().await;
    let mut call = offered("1700.1", &asterisk, &mut offers).await;
    asterisk.inject_when(Fault::Doubled("ChannelDtmfReceived".into()), When::Nth(1));
    asterisk.presses("1700.1", '1');
    asterisk.inject(Fault::Missing("ChannelHold".into()));
    asterisk.holds("1700.1");
    asterisk.unholds("1700.1");
    for wanted in ["ChannelDtmfReceived", "ChannelDtmfReceived", "ChannelUnhold"] {
        assert_eq!(named(&mut call).await, wanted);
    }
}

#[tokio::test]
async fn a_reader_who_counts_as_slow_is_cut_off_and_comes_back() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut call = offered("1700.1", &asterisk, &mut offers).await;
    let mut state = ari.state();
    asterisk.inject_when(Fault::CutOff("*".into()), When::Nth(1));
    asterisk.presses("1700.1", '1');
    let lost = state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { .. }));
    soon("the loss", lost).await.unwrap();
    assert_eq!([named(&mut call).await, named(&mut call).await], ["Lost", "Back"]);
}

#[tokio::test]
async fn another_program_takes_the_name_at_the_next_event() {
    let (asterisk, ari, mut offers) = connected().await;
    offered("1700.1", &asterisk, &mut offers).await;
    let mut state = ari.state();
    asterisk.inject(Fault::Replaced("ChannelDtmfReceived".into()));
    asterisk.presses("1700.1", '1');
    let replaced = state.wait_for(|state| *state == ConnectionState::Replaced);
    soon("the replacement", replaced).await.unwrap();
}

#[tokio::test]
async fn a_restart_ends_every_call_and_the_program_finds_it_out() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut call = offered("1700.1", &asterisk, &mut offers).await;
    asterisk.inject_when(Fault::Restarted("/channels/*".into()), When::Nth(1));
    let id = ChannelId::from("1700.1");
    ari.send(op::channels::answer(&id)).await.unwrap_err();
    assert_eq!([named(&mut call).await, named(&mut call).await], ["Lost", "Gone"]);
    assert!(asterisk.channels().is_empty());
}

#[tokio::test]
async fn a_reply_that_comes_late_comes_after_its_events() {
    let asterisk = Asterisk::start().await.unwrap();
    let mut config = asterisk.config(APP);
    config.request_timeout = Duration::from_millis(300);
    let (ari, _offers) = Ari::connect(config).await.unwrap();
    let late = Fault::Late {
        path: "/channels/create".into(),
        by: Duration::from_secs(3600),
    };
    asterisk.inject(late);
    let id = ChannelId::from("evatel_leg-1");
    let mut events = ari.subscribe_channel(&id);
    let create = op::channels::create(&id, &NewChannel::new("PJSIP/phone", APP));
    let error = ari.send(create).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    assert_eq!(named(&mut events).await, "StasisStart");
}

#[tokio::test]
async fn far_ends_answer_as_the_dialplan_says() {
    let (asterisk, ari, _offers) = connected().await;
    asterisk.extension(
        "test",
        "bob",
        [Step::Ringing, Step::Answer, Step::Wait(Duration::from_secs(3600))],
    );
    asterisk.extension("test", "busy", [Step::Hangup(17)]);
    let bob = ChannelId::from("evatel_leg-bob");
    let mut events = ari.subscribe_channel(&bob);
    let outgoing = Outgoing::new("Local/bob@test", APP);
    ari.send(op::channels::originate(&bob, &outgoing)).await.unwrap();
    event_of(&mut events, |kind| matches!(kind, EventKind::StasisStart { .. })).await;
    let busy = ChannelId::from("evatel_leg-busy");
    let mut events = ari.subscribe_channel(&busy);
    let outgoing = Outgoing::new("Local/busy@test", APP);
    ari.send(op::channels::originate(&busy, &outgoing)).await.unwrap();
    event_of(&mut events, |kind| {
        matches!(kind, EventKind::ChannelDestroyed { cause: 17, .. })
    })
    .await;
}

#[tokio::test]
async fn connections_over_the_limit_are_closed_without_a_word() {
    let mut options = Options::default();
    options.session_limit = 1;
    let asterisk = Asterisk::start_with(options).await.unwrap();
    let address = asterisk.url().replace("http://", "");
    let mut first = TcpStream::connect(address).await.unwrap();
    let ping = b"GET /ari/asterisk/ping HTTP/1.1\r\n\r\n";
    first.write_all(ping).await.unwrap();
    let mut answer = [0; 12];
    soon("an answer", first.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
    assert_eq!(by_hand(&asterisk, ping).await, "");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_and_an_idle_connection_closed() {
    let mut options = Options::default();
    options.keep_alive = Duration::from_millis(50);
    let asterisk = Asterisk::start_with(options).await.unwrap();
    let head = format!(
        "POST /ari/bridges HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
        MAX_BODY + 1
    );
    let answer = by_hand(&asterisk, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let answer = by_hand(&asterisk, b"GET /ari/asterisk/ping HTTP/1.1\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn it_dials_a_programs_own_server_and_tells_later_what_happened_meanwhile() {
    let asterisk = Asterisk::start().await.unwrap();
    let (listener, address) = listener().await;
    let _kept = asterisk.dial_out(Outbound::new(
        format!("ws://{address}/ari"),
        "ours",
        "us",
        "secret",
    ));
    let (stream, _) = soon("the call", listener.accept()).await.unwrap();
    let mut socket = accepted(stream).await;
    assert_eq!(event(&mut socket).await["type"], "ApplicationRegistered");
    asterisk.offer("1700.1", "15145550100", "ours", &["x"]);
    assert_eq!(event(&mut socket).await["type"], "StasisStart");
    let ping = r#"{"type":"RESTRequest","request_id":"r","method":"GET","uri":"asterisk/ping"}"#;
    socket.send(Message::text(ping)).await.unwrap();
    assert_eq!(event(&mut socket).await["status_code"], 200);
    drop(socket);
    asterisk.closed("ours").await;
    asterisk.presses("1700.1", '7');
    let (stream, _) = soon("the next call", listener.accept()).await.unwrap();
    let mut socket = accepted(stream).await;
    let heard = [event(&mut socket).await, event(&mut socket).await].map(|event| event["type"].clone());
    assert_eq!(heard, ["ChannelDtmfReceived", "ApplicationRegistered"]);
}

#[tokio::test]
async fn it_dials_for_one_call_and_keeps_the_call_when_nobody_answers() {
    let asterisk = Asterisk::start().await.unwrap();
    let (listener, address) = listener().await;
    let outbound = Outbound::new(format!("ws://{address}/ari"), "ours", "", "");
    let offering = asterisk
        .incoming("15145550100")
        .id("1700.1")
        .offer_per_call(&outbound, &["x"]);
    let serving = async {
        let (stream, _) = soon("the call", listener.accept()).await.unwrap();
        accepted(stream).await
    };
    let (offered, mut socket) = tokio::join!(offering, serving);
    assert_eq!(offered.as_deref(), Some("1700.1"));
    assert_eq!(event(&mut socket).await["type"], "ApplicationRegistered");
    let start = event(&mut socket).await;
    assert_eq!(start["application"], "ours:PJSIP/trunk-1700.1");
    drop(listener);
    let lonely = asterisk
        .incoming("15145550100")
        .id("1700.2")
        .offer_per_call(&outbound, &[]);
    assert_eq!(soon("the failure", lonely).await, None);
    assert_eq!(
        asterisk.variable("1700.2", "STASISSTATUS").as_deref(),
        Some("FAILED")
    );
}

/// Asks for a media leg `m` in application `evatel`.
async fn leg(options: &str, asterisk: &Asterisk) -> String {
    let pair = "ZXZhdGVsOnNpbS1wYXNzd29yZA==";
    let request = format!(
        "POST /ari/channels/externalMedia?channelId=m&app={APP}&{options} HTTP/1.1\r\n\
         Authorization: Basic {pair}\r\nConnection: close\r\n\r\n"
    );
    by_hand(asterisk, request.as_bytes()).await
}

#[tokio::test]
async fn audiosocket_brings_its_id_and_carries_sound_both_ways() {
    let (asterisk, ari, _offers) = connected().await;
    let mut events = ari.subscribe_channel(&"m".into());
    let (listener, address) = listener().await;
    let uuid = "40325ec2-5efd-4bd3-805f-53576e581d13";
    let options =
        format!("external_host={address}&format=slin&encapsulation=audiosocket&transport=tcp&data={uuid}");
    assert!(leg(&options, &asterisk).await.starts_with("HTTP/1.1 200"));
    let (mut stream, _) = soon("the connection", listener.accept()).await.unwrap();
    let mut head = [0; 19];
    soon("the id", stream.read_exact(&mut head)).await.unwrap();
    assert_eq!(head[..3], [0x01, 0, 16]);
    event_of(&mut events, |kind| matches!(kind, EventKind::StasisStart { .. })).await;
    let mut peer = asterisk.next_media().await;
    stream.write_all(&[0x10, 0, 2, 7, 8]).await.unwrap();
    assert_eq!(soon("sound", peer.next()).await, Some(Came::Sound(vec![7, 8])));
    peer.say(vec![9, 10]);
    let mut heard = [0; 5];
    soon("sound", stream.read_exact(&mut heard)).await.unwrap();
    assert_eq!(heard, [0x10, 0, 2, 9, 10]);
    drop(stream);
    asterisk.ended("m").await;
}

#[tokio::test]
async fn rtp_carries_linear_sound_with_the_high_byte_first() {
    let (asterisk, _ari, _offers) = connected().await;
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
    let host = socket.local_addr().unwrap();
    let answer = leg(&format!("external_host={host}&format=slin"), &asterisk).await;
    let body: serde_json::Value = serde_json::from_str(answer.rsplit("\r\n\r\n").next().unwrap()).unwrap();
    let port: u16 = body["channelvars"]["UNICASTRTP_LOCAL_PORT"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let mut peer = asterisk.next_media().await;
    peer.say(vec![1, 2]);
    let mut packet = [0; 64];
    let length = soon("a packet", socket.recv(&mut packet)).await.unwrap();
    assert_eq!((packet[1], &packet[12..length]), (10, &[2, 1][..]));
    packet[13] = 5;
    socket.send_to(&packet[..14], ("127.0.0.1", port)).await.unwrap();
    assert_eq!(soon("sound", peer.next()).await, Some(Came::Sound(vec![5, 2])));
}

#[tokio::test]
async fn a_media_websocket_may_be_dialled_by_asterisk_and_may_stall() {
    let (asterisk, _ari, _offers) = connected().await;
    let (listener, address) = listener().await;
    asterisk.websocket_client("ours", &format!("ws://{address}/media"));
    let options =
        "external_host=ours&format=slin&encapsulation=none&transport=websocket&transport_data=f(json)";
    assert!(leg(options, &asterisk).await.starts_with("HTTP/1.1 200"));
    let (stream, _) = soon("the connection", listener.accept()).await.unwrap();
    let mut socket = accepted(stream).await;
    assert_eq!(event(&mut socket).await["event"], "MEDIA_START");
    asterisk.hangs_up("m", 16);
    let last = soon("the end", socket.next()).await;
    assert!(matches!(last, Some(Ok(Message::Close(_)))), "{last:?}");

    asterisk.inject(Fault::MediaStalled);
    leg(options, &asterisk).await;
    let (stream, _) = soon("the connection", listener.accept()).await.unwrap();
    let mut socket = accepted(stream).await;
    let nothing = tokio::time::timeout(Duration::from_millis(50), socket.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}
