//! Sound: legs to programs outside, snooping, and what is heard there, rows 55, 60 and 69.

use std::{net::SocketAddr, path::Path, time::Duration};

use evatel_ari::{
    ChannelId, Error, EventName,
    door::{AudioSocketDoor, Credentials, Listen, MediaDoor},
    op::{
        self,
        channels::{
            DialplanPlace, ExternalMedia, MEDIA_CONNECTION_ID, MediaTransport, Outgoing, Snoop,
            SnoopDirection, WebSocketOptions,
        },
        sound::Recording,
    },
};
use evatel_core::calls::HangupCause;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::Message;

use super::{
    app::{App, any, local, of, refused},
    pbx::{Files, Pbx, SOON},
    socket::Socket,
};

#[tokio::test]
async fn row_55_a_media_leg_of_each_kind_is_made_and_shows_where_its_sound_goes() {
    let door = AudioSocketDoor::open(Listen::loopback(0)).await.unwrap();
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let host: SocketAddr = "127.0.0.1:9".parse().unwrap();
    let mut rtp = ExternalMedia::new("row", "ulaw", MediaTransport::Rtp { host });
    rtp.variables.insert("COLOUR".into(), "red".into());
    let leg = ChannelId::from("rtp");
    let made = app.send(op::channels::external_media(&leg, &rtp)).await;
    assert_eq!(made.variable("UNICASTRTP_LOCAL_ADDRESS"), Some("127.0.0.1"));
    let port = made.variable("UNICASTRTP_LOCAL_PORT").unwrap();
    assert!(port.parse::<u16>().is_ok_and(|port| port > 0), "{port}");
    app.event(EventName::StasisStart, of(&leg)).await;
    assert_eq!(
        app.send(op::channels::variable(&leg, "COLOUR")).await.value,
        "red"
    );

    let leg = ChannelId::from("websocket");
    let made = app
        .send(op::channels::external_media(
            &leg,
            &ExternalMedia::web_socket("row", "slin16"),
        ))
        .await;
    assert!(made.variable(MEDIA_CONNECTION_ID).is_some());
    assert_eq!(made.variable("MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE"), Some("640"));

    let expected = door.expect().unwrap();
    let transport = MediaTransport::AudioSocket {
        host: door.address().to_string(),
        id: expected.token().uuid().parse().unwrap(),
    };
    let leg = ChannelId::from("audiosocket");
    let audio = ExternalMedia::new("row", "slin", transport);
    app.send(op::channels::external_media(&leg, &audio)).await;
    expected.arrived(SOON).await.unwrap();
    app.event(EventName::StasisStart, of(&leg)).await;
    // An id that is taken has no status of its own here.
    let error = app
        .refused(op::channels::external_media(&"rtp".into(), &rtp))
        .await;
    assert!(
        matches!(error, Error::Unexpected { status: 500, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn row_55_a_media_leg_without_a_host_a_format_or_an_application_is_refused() {
    let pbx = Pbx::start().await;
    let app = pbx.app("row").await;
    let (host, format, of_row) = (
        ("external_host", "127.0.0.1:9"),
        ("format", "ulaw"),
        ("app", "row"),
    );
    for (query, status) in [
        (vec![format, of_row], 400),
        (vec![host, of_row], 400),
        (vec![host, format], 400),
        (vec![("external_host", "127.0.0.1"), format, of_row], 400),
        (vec![host, format, of_row, ("transport", "tcp")], 400),
        (vec![host, format, of_row, ("direction", "sideways")], 400),
        (vec![host, format, of_row, ("connection_type", "server")], 400),
        (vec![host, format, of_row, ("transport", "websocket")], 400),
        (
            vec![
                host,
                format,
                of_row,
                ("encapsulation", "audiosocket"),
                ("transport", "tcp"),
            ],
            400,
        ),
        (vec![host, format, of_row, ("encapsulation", "pigeon")], 501),
    ] {
        let url = pbx.url("/ari/channels/externalMedia");
        let answer = pbx.http().post(url).query(&query).send().await.unwrap();
        assert_eq!(answer.status(), status, "{query:?}");
    }
    // What a client of ours can say and Asterisk does not know: a format, and a client of websocket_client.conf.
    let host = "127.0.0.1:9".parse().unwrap();
    let papyrus = ExternalMedia::new("row", "papyrus", MediaTransport::Rtp { host });
    let error = app
        .refused(op::channels::external_media(&"x".into(), &papyrus))
        .await;
    assert!(
        matches!(error, Error::Unexpected { status: 500, .. }),
        "{error:?}"
    );
    let nobody = ExternalMedia::new("row", "slin16", to_client("nobody"));
    refused!(
        app,
        BadRequest,
        op::channels::external_media(&"x".into(), &nobody)
    );
}

fn to_client(connection: &str) -> MediaTransport {
    MediaTransport::WebSocketClient {
        connection: connection.to_owned(),
        parameters: [("call".to_owned(), "7".to_owned())].into(),
        options: WebSocketOptions::default(),
    }
}

/// A pair of channels of which both halves are in the application; what one sends is what the other one reads.
async fn pair(app: &mut App) -> (ChannelId, ChannelId) {
    let (near, far) = (ChannelId::from("near"), ChannelId::from("far"));
    let mut outgoing = Outgoing::new(local("torow"), "row");
    outgoing.other_id = Some(far.clone());
    app.send(op::channels::originate(&near, &outgoing)).await;
    app.event(EventName::StasisStart, of(&near)).await;
    app.event(EventName::StasisStart, of(&far)).await;
    (near, far)
}

/// Records a second of what a channel sends us, and says whether that is more than silence.
async fn is_heard(pbx: &Pbx, app: &mut App, from: &ChannelId, name: &str) -> bool {
    let mut tape = Recording::new(name.into(), "wav");
    tape.max_duration = Some(Duration::from_secs(1));
    app.send(op::channels::record(from, &tape)).await;
    app.event(EventName::RecordingFinished, any).await;
    is_loud(&pbx.path(&format!("spool/recording/{name}.wav")))
}

fn is_loud(path: &Path) -> bool {
    let mut file = hound::WavReader::open(path).unwrap();
    let loud = file
        .samples::<i16>()
        .filter(|sample| sample.as_ref().unwrap().unsigned_abs() > 1000);
    loud.count() > 400
}

#[tokio::test]
async fn row_60_a_snoop_hears_its_channel_and_whispers_to_it() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let (near, far) = pair(&mut app).await;
    let id = ChannelId::from("spy");
    let mut spy = Snoop::new("row");
    spy.spy = SnoopDirection::In;
    spy.app_args = Some("snooped".into());
    assert_eq!(app.send(op::channels::snoop(&near, &id, &spy)).await.id, id);
    app.event(EventName::StasisStart, of(&id)).await;
    app.send(op::channels::play(&far, &"tone".into(), "tone:350+440"))
        .await;
    app.event(EventName::PlaybackStarted, any).await;
    assert!(is_heard(&pbx, &mut app, &id, "spied").await);
    app.steer(|| op::playbacks::stop(&"tone".into())).await;
    app.event(EventName::PlaybackFinished, any).await;

    let id = ChannelId::from("whisperer");
    let mut whisper = Snoop::new("row");
    (whisper.spy, whisper.whisper) = (SnoopDirection::Neither, SnoopDirection::Out);
    let made = app
        .send(op::channels::snoop_any_id(&near, Some(&id), &whisper))
        .await;
    assert_eq!(made.id, id);
    app.event(EventName::StasisStart, of(&id)).await;
    app.send(op::channels::play(&id, &"whispered".into(), "tone:350+440"))
        .await;
    // What is whispered to the near half's party is mixed with what it is sent: something has to be sent.
    app.send(op::channels::start_silence(&near)).await;
    app.event(EventName::PlaybackStarted, any).await;
    assert!(is_heard(&pbx, &mut app, &far, "whispered").await);

    whisper.whisper = SnoopDirection::Neither;
    refused!(app, BadRequest, op::channels::snoop(&near, &"x".into(), &whisper));
    refused!(
        app,
        NotFound,
        op::channels::snoop(&"nobody".into(), &"x".into(), &spy)
    );
}

/// Frames of 20 ms at 16 kHz, each with samples of its own.
fn frames(count: u16) -> Vec<Vec<u8>> {
    let frame = |number: u16| (0..320).flat_map(move |sample: u16| (number * 320 + sample).to_le_bytes());
    (0..count).map(|number| frame(number).collect()).collect()
}

/// Waits for a control message of chan_websocket; sound before it is passed over.
async fn told<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut Socket<S>, event: &str) -> Value {
    loop {
        let message = socket.json().await;
        if message["event"] == event {
            return message;
        }
    }
}

/// Sends frames to an echo and gets the same ones back.
async fn is_echoed<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut Socket<S>) {
    let sent = frames(25);
    for frame in &sent {
        socket.send_bytes(frame.clone()).await;
    }
    let mut back = Vec::new();
    while back.len() < sent.len() {
        if let Message::Binary(frame) = socket.next().await {
            back.push(frame.to_vec());
        }
    }
    assert!(back == sent, "what came back is not what was sent");
}

#[tokio::test]
async fn row_69_sound_that_a_program_brings_to_the_server_comes_back_byte_by_byte() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let leg = ChannelId::from("leg");
    let made = app
        .send(op::channels::external_media(
            &leg,
            &ExternalMedia::web_socket("row", "slin16"),
        ))
        .await;
    let path = format!("/media/{}", made.variable(MEDIA_CONNECTION_ID).unwrap());
    let mut socket = Socket::open(&pbx, &path, Some("media")).await;
    let start = told(&mut socket, "MEDIA_START").await;
    assert_eq!(
        (&start["channel_id"], &start["optimal_frame_size"]),
        (&json!("leg"), &json!(640))
    );
    app.event(EventName::StasisStart, of(&leg)).await;
    app.send(op::channels::resume_dialplan(
        &leg,
        &DialplanPlace::new("default", "echo"),
    ))
    .await;
    is_echoed(&mut socket).await;
    app.send(op::channels::hangup(&leg, HangupCause::Normal)).await;
    app.event(EventName::ChannelDestroyed, of(&leg)).await;
    socket.closed().await;
}

/// A door for the server's media websockets, and what the server has to know of it.
async fn door() -> (MediaDoor, impl FnOnce(&mut Files)) {
    let credentials = Credentials::new("pbx", SecretString::from("secret"));
    let door = MediaDoor::open(Listen::loopback(0), Some(credentials))
        .await
        .unwrap();
    let text = format!(
        "[ours]\ntype=websocket_client\nconnection_type=per_call_config\nuri=ws://{}/media\nprotocols=media\nusername=pbx\n\
         password=secret\nconnection_timeout=5000\n",
        door.address()
    );
    (door, move |files: &mut Files| {
        files.write("websocket_client.conf", &text)
    })
}

#[tokio::test]
async fn row_69_sound_of_a_connection_that_the_server_opens_comes_back_byte_by_byte() {
    let (door, known) = door().await;
    let pbx = Pbx::start_with(known).await;
    let mut app = pbx.app("row").await;
    let leg = ChannelId::from("leg");
    let expected = door.expect(&leg);
    let media = ExternalMedia::new("row", "slin16", to_client("ours"));
    app.send(op::channels::external_media(&leg, &media)).await;
    let begun = expected.arrived(SOON).await.unwrap();
    assert!(begun.start.contains("MEDIA_START"), "{}", begun.start);
    let mut socket = Socket::of(begun.socket);
    app.event(EventName::StasisStart, of(&leg)).await;
    app.send(op::channels::resume_dialplan(
        &leg,
        &DialplanPlace::new("default", "echo"),
    ))
    .await;
    is_echoed(&mut socket).await;
}

#[tokio::test]
async fn row_69_a_full_queue_says_stop_and_after_a_flush_go_on_and_that_it_is_drained() {
    let (door, known) = door().await;
    let pbx = Pbx::start_with(known).await;
    let mut app = pbx.app("row").await;
    let leg = ChannelId::from("leg");
    let expected = door.expect(&leg);
    let media = ExternalMedia::new("row", "slin16", to_client("ours"));
    app.send(op::channels::external_media(&leg, &media)).await;
    let begun = expected.arrived(SOON).await.unwrap();
    assert!(begun.start.contains("MEDIA_START"), "{}", begun.start);
    let mut socket = Socket::of(begun.socket);
    app.event(EventName::StasisStart, of(&leg)).await;
    // 950 frames; it says stop at 900.
    let chunk = frames(10).concat();
    for _ in 0..95 {
        socket.send_bytes(chunk.clone()).await;
    }
    told(&mut socket, "MEDIA_XOFF").await;
    socket
        .send(json!({ "command": "REPORT_QUEUE_DRAINED" }).to_string())
        .await;
    socket.send(json!({ "command": "FLUSH_MEDIA" }).to_string()).await;
    told(&mut socket, "MEDIA_XON").await;
    told(&mut socket, "QUEUE_DRAINED").await;
}
