//! Real peers on loopback knock at real doors.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        http::{HeaderValue, header},
    },
};

use super::*;

const SOON: Duration = Duration::from_secs(5);

async fn audiosocket() -> AudioSocketDoor {
    AudioSocketDoor::open(Listen::loopback(0)).await.unwrap()
}

async fn media(credentials: Option<Credentials>) -> MediaDoor {
    MediaDoor::open(Listen::loopback(0), credentials).await.unwrap()
}

fn first_frame(token: &Token) -> Vec<u8> {
    let mut frame = vec![0x01, 0, 16];
    frame.extend(uuid::Uuid::parse_str(&token.uuid()).unwrap().as_bytes());
    frame
}

fn channel(id: &str) -> ChannelId {
    ChannelId::from(id)
}

/// What the websocket of a channel begins with.
fn begins(channel: &str) -> Message {
    Message::Text(format!(r#"{{"event":"MEDIA_START","channel_id":"{channel}"}}"#).into())
}

/// Waits until the door closes a websocket.
async fn is_closed(peer: &mut WebSocketStream<TcpStream>) {
    let ended = async { while let Some(Ok(_)) = peer.next().await {} };
    tokio::time::timeout(SOON, ended)
        .await
        .expect("the door keeps the websocket");
}

/// Waits until the door cuts the peer off.
async fn cut_off(peer: &mut TcpStream) {
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(SOON, peer.read_to_end(&mut rest)).await;
    // A reset is as good as an end: what was sent and never read makes one.
    let _ = ended.expect("the door keeps the peer");
    assert!(rest.is_empty(), "the door said {rest:?}");
}

/// Connects as Asterisk's websocket client does.
async fn dial(
    to: SocketAddr,
    authorization: Option<&str>,
) -> Result<
    (
        WebSocketStream<TcpStream>,
        tungstenite::handshake::client::Response,
    ),
    tungstenite::Error,
> {
    let mut request = format!("ws://{to}/media").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("media"));
    if let Some(pair) = authorization {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let basic = format!("Basic {}", BASE64_STANDARD.encode(pair));
        headers.insert(header::AUTHORIZATION, basic.parse().unwrap());
    }
    client_async(request, TcpStream::connect(to).await.unwrap()).await
}

fn status(
    answer: Result<
        (
            WebSocketStream<TcpStream>,
            tungstenite::handshake::client::Response,
        ),
        tungstenite::Error,
    >,
) -> u16 {
    match answer {
        Ok((_, response)) => response.status().as_u16(),
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_says_nothing_is_cut_off_after_a_second() {
    let door = audiosocket().await;
    let mut peer = TcpStream::connect(door.address()).await.unwrap();
    let began = Instant::now();
    cut_off(&mut peer).await;
    assert_eq!(began.elapsed().as_secs(), 1);
    assert_eq!(door.counts().late, 1, "{:?}", door.counts());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_stops_in_the_middle_is_cut_off_after_a_second_too() {
    let (audio, media) = (audiosocket().await, media(None).await);
    for (address, begun) in [
        (audio.address(), &b"\x01\x00\x10half a uuid"[..]),
        (media.address(), b"GET /media HTTP/1.1\r\nHost: x\r\n"),
    ] {
        let mut peer = TcpStream::connect(address).await.unwrap();
        peer.write_all(begun).await.unwrap();
        let began = Instant::now();
        cut_off(&mut peer).await;
        assert!(began.elapsed() <= GREETING + Duration::from_millis(10));
    }
    assert_eq!((audio.counts().late, media.counts().late), (1, 1));
}

#[tokio::test]
async fn audiosocket_lets_a_token_in_once_and_reads_no_byte_of_the_audio() {
    let door = audiosocket().await;
    let expected = door.expect().unwrap();
    let token = expected.token().clone();
    let mut peer = TcpStream::connect(door.address()).await.unwrap();
    let mut said = first_frame(&token);
    said.extend([0x10, 0, 2, 7, 8]);
    peer.write_all(&said).await.unwrap();
    let mut audio = expected.arrived(SOON).await.unwrap();
    let mut frame = [0; 5];
    audio.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame, [0x10, 0, 2, 7, 8]);

    let mut again = TcpStream::connect(door.address()).await.unwrap();
    again.write_all(&first_frame(&token)).await.unwrap();
    cut_off(&mut again).await;
    assert_eq!(
        door.counts(),
        Counts {
            known: 1,
            unknown: 1,
            ..Counts::default()
        }
    );
}

#[tokio::test]
async fn who_speaks_something_else_is_cut_off_at_once() {
    let (audio, media) = (audiosocket().await, media(None).await);
    for address in [audio.address(), media.address()] {
        let mut peer = TcpStream::connect(address).await.unwrap();
        peer.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
            .await
            .unwrap();
        cut_off(&mut peer).await;
    }
    assert_eq!((audio.counts().garbled, media.counts().garbled), (1, 1));
}

#[tokio::test]
async fn a_token_that_nobody_waits_for_any_more_is_worthless() {
    let door = audiosocket().await;
    let expected = door.expect().unwrap();
    let frame = first_frame(expected.token());
    drop(expected);
    let mut peer = TcpStream::connect(door.address()).await.unwrap();
    peer.write_all(&frame).await.unwrap();
    cut_off(&mut peer).await;
    assert_eq!(door.counts().unknown, 1);
}

#[tokio::test]
async fn one_more_than_may_stand_at_the_door_is_cut_off_at_once() {
    let mut listen = Listen::loopback(0);
    listen.half_open = 1;
    let door = AudioSocketDoor::open(listen).await.unwrap();
    let mut first = TcpStream::connect(door.address()).await.unwrap();
    // The door has taken the first once the second is cut off: it takes them in order.
    let mut second = TcpStream::connect(door.address()).await.unwrap();
    cut_off(&mut second).await;
    assert_eq!(door.counts().full, 1, "{:?}", door.counts());

    // The first is known in time all the same, which makes room.
    let expected = door.expect().unwrap();
    first.write_all(&first_frame(expected.token())).await.unwrap();
    expected.arrived(SOON).await.unwrap();
}

#[tokio::test]
async fn a_media_websocket_is_let_in_by_the_channel_that_it_begins_with_in_either_dialect() {
    let door = media(None).await;
    let id = channel("leg");
    for start in [
        r#"{"event":"MEDIA_START","channel_id":"leg","optimal_frame_size":320}"#,
        "MEDIA_START connection_id:m1 channel:WebSocket/x channel_id:leg optimal_frame_size:320",
    ] {
        let expected = door.expect(&id);
        let (mut peer, response) = dial(door.address(), None).await.unwrap();
        assert_eq!(response.headers()[header::SEC_WEBSOCKET_PROTOCOL], "media");
        // Sound may come first.
        peer.send(Message::Binary(vec![0; 320].into())).await.unwrap();
        peer.send(Message::Text(start.into())).await.unwrap();
        let mut ours = expected.arrived(SOON).await.unwrap();
        assert_eq!(ours.start, start);
        peer.send(Message::Binary(vec![1, 2].into())).await.unwrap();
        assert_eq!(
            ours.socket.next().await.unwrap().unwrap(),
            Message::Binary(vec![1, 2].into())
        );
    }
    assert_eq!(door.counts().known, 2);
}

#[tokio::test]
async fn two_calls_that_begin_at_once_get_each_its_own_sound_in_whatever_order_it_comes() {
    let door = media(None).await;
    let names = ["one", "two"];
    let expected = names.map(|name| door.expect(&channel(name)));
    for name in ["two", "one"] {
        let (mut peer, _) = dial(door.address(), None).await.unwrap();
        peer.send(begins(name)).await.unwrap();
        peer.send(Message::Text(name.into())).await.unwrap();
        // It is kept until the other end has read it.
        tokio::spawn(async move { while peer.next().await.is_some() {} });
    }
    for (name, expected) in names.into_iter().zip(expected) {
        let mut ours = expected.arrived(SOON).await.unwrap();
        assert_eq!(
            ours.socket.next().await.unwrap().unwrap(),
            Message::Text(name.into())
        );
    }
}

#[tokio::test]
async fn who_begins_with_a_channel_that_is_not_expected_or_not_any_more_is_cut_off() {
    let door = media(None).await;
    assert_eq!(
        status(dial(door.address(), None).await),
        404,
        "nobody is expected"
    );
    let expected = door.expect(&channel("leg"));
    for begins in [
        begins("other"),
        Message::Text("{}".into()),
        Message::Text("MEDIA_START".into()),
    ] {
        let (mut peer, _) = dial(door.address(), None).await.unwrap();
        peer.send(begins).await.unwrap();
        is_closed(&mut peer).await;
    }
    let (mut peer, _) = dial(door.address(), None).await.unwrap();
    peer.send(begins("leg")).await.unwrap();
    let _ours = expected.arrived(SOON).await.unwrap();
    let _other = door.expect(&channel("other"));
    let (mut again, _) = dial(door.address(), None).await.unwrap();
    again.send(begins("leg")).await.unwrap();
    is_closed(&mut again).await;
    let counts = door.counts();
    assert_eq!(
        (counts.known, counts.unknown, counts.garbled),
        (1, 4, 1),
        "{counts:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_media_websocket_that_does_not_begin_is_cut_off_after_a_second() {
    let door = media(None).await;
    let _expected = door.expect(&channel("leg"));
    let (mut peer, _) = dial(door.address(), None).await.unwrap();
    let began = Instant::now();
    is_closed(&mut peer).await;
    assert!(began.elapsed() <= GREETING + Duration::from_millis(10));
    assert_eq!(door.counts().late, 1, "{:?}", door.counts());
}

#[tokio::test]
async fn a_wrong_password_gets_401() {
    let door = media(Some(Credentials::new("pbx", SecretString::from("secret")))).await;
    let expected = door.expect(&channel("leg"));
    for wrong in [None, Some("pbx:wrong"), Some("other:secret")] {
        assert_eq!(status(dial(door.address(), wrong).await), 401, "{wrong:?}");
    }
    let (mut peer, _) = dial(door.address(), Some("pbx:secret")).await.unwrap();
    peer.send(begins("leg")).await.unwrap();
    expected.arrived(SOON).await.unwrap();
    assert_eq!((door.counts().known, door.counts().unknown), (1, 3));
}

#[tokio::test]
async fn a_request_without_end_is_cut_off_before_it_fills_the_memory() {
    let door = media(None).await;
    let mut peer = TcpStream::connect(door.address()).await.unwrap();
    peer.write_all(b"GET /media HTTP/1.1\r\nX: ").await.unwrap();
    let flood = vec![b'x'; 8 * 1024];
    let mut sent = 0;
    // Sending fails once the door has closed its end.
    while peer.write_all(&flood).await.is_ok() {
        sent += flood.len();
        assert!(sent < 64 * 1024 * 1024, "the door reads for ever");
    }
    assert_eq!(door.counts().garbled, 1, "{:?}", door.counts());
}

#[tokio::test]
async fn a_dropped_door_lets_nobody_in_and_cuts_off_who_stands_there() {
    let door = media(None).await;
    let (address, expected) = (door.address(), door.expect(&channel("leg")));
    let mut peer = TcpStream::connect(address).await.unwrap();
    drop(door);
    assert!(matches!(expected.arrived(SOON).await, Err(Error::Closed)));
    cut_off(&mut peer).await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn an_address_that_is_taken_says_so() {
    let door = audiosocket().await;
    let refused = AudioSocketDoor::open(Listen::on(door.address()))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, Error::Config { setting: "address", reason } if reason.contains(&door.address().to_string())),
        "{refused}"
    );
}
