//! Media that Asterisk brings to our doors: AudioSocket, and `chan_websocket` in client mode.

use std::{collections::BTreeMap, hash::Hash};

use evatel_ari::{
    Ari, ChannelId, EventName, PlaybackId,
    door::{AudioSocketDoor, Credentials, Expected, Listen, MediaDoor},
    op::{
        self,
        channels::{ExternalMedia, MediaTransport, WebSocketOptions},
    },
    router::Signal,
};
use futures_util::StreamExt;
use secrecy::SecretString;
use tokio::{io::AsyncReadExt, time::timeout};
use tokio_tungstenite::tungstenite::Message;

use super::pbx::{SOON, asterisk};

/// Makes a media channel, waits until it and its connection are there, and plays a tone to it.
async fn sounding<K: Clone + Eq + Hash, S>(
    id: &ChannelId,
    media: &ExternalMedia,
    expected: Expected<K, S>,
    ari: &Ari,
) -> S {
    let mut events = ari.subscribe_channel(id);
    let (made, connection) = tokio::join!(
        ari.send(op::channels::external_media(id, media)),
        expected.arrived(SOON)
    );
    made.unwrap();
    loop {
        match timeout(SOON, events.next()).await.expect("it comes in") {
            Some(Signal::Event(event)) if event.is(EventName::StasisStart) => break,
            Some(_) => {}
            None => panic!("the media channel ended"),
        }
    }
    let playback = PlaybackId::from(ari.mark().fresh("tone"));
    ari.send(op::channels::play(id, &playback, "tone:dial"))
        .await
        .unwrap();
    connection.unwrap()
}

fn fresh(ari: &Ari) -> ChannelId {
    ChannelId::from(ari.mark().fresh("media"))
}

fn client(connection: &str) -> ExternalMedia {
    let transport = MediaTransport::WebSocketClient {
        connection: connection.to_owned(),
        parameters: BTreeMap::new(),
        options: WebSocketOptions::default(),
    };
    ExternalMedia::new("evatel", "slin", transport)
}

/// Sections of `websocket_client.conf` that reach the door: one with the right password, one with a wrong one.
fn clients(door: &MediaDoor) -> String {
    let section = |name: &str, password: &str| {
        format!(
            "[{name}]\ntype=websocket_client\nconnection_type=per_call_config\nuri=ws://{}/media\nprotocols=media\nusername=pbx\npassword={password}\n",
            door.address()
        )
    };
    section("right", "secret") + &section("wrong", "guess")
}

#[tokio::test]
async fn audiosocket_comes_through_its_door_with_the_token_as_uuid() {
    let door = AudioSocketDoor::open(Listen::loopback(0)).await.unwrap();
    let pbx = asterisk(|_| {}).await;
    let (ari, _offers) = pbx.connect("evatel").await.unwrap();
    let expected = door.expect().unwrap();
    let transport = MediaTransport::AudioSocket {
        host: door.address().to_string(),
        id: expected.token().uuid().parse().unwrap(),
    };
    let media = ExternalMedia::new("evatel", "slin", transport);
    let mut audio = sounding(&fresh(&ari), &media, expected, &ari).await;
    let mut frame = [0; 3 + 320];
    loop {
        timeout(SOON, audio.read_exact(&mut frame))
            .await
            .expect("audio comes")
            .unwrap();
        assert_eq!(&frame[..3], [0x10, 1, 64]);
        if frame[3..].iter().any(|byte| *byte != 0) {
            break;
        }
    }
    assert_eq!((door.counts().known, door.counts().unknown), (1, 0));
}

#[tokio::test]
async fn a_media_websocket_comes_through_its_door_with_its_channel_and_the_password() {
    let credentials = Credentials::new("pbx", SecretString::from("secret"));
    let door = MediaDoor::open(Listen::loopback(0), Some(credentials))
        .await
        .unwrap();
    let pbx = asterisk(|files| files.write("websocket_client.conf", &clients(&door))).await;
    let (ari, _offers) = pbx.connect("evatel").await.unwrap();

    let id = fresh(&ari);
    let begun = sounding(&id, &client("right"), door.expect(&id), &ari).await;
    assert!(begun.start.contains(id.as_str()), "{}", begun.start);
    let mut socket = begun.socket;
    loop {
        match timeout(SOON, socket.next())
            .await
            .expect("audio comes")
            .unwrap()
            .unwrap()
        {
            Message::Binary(audio) if audio.iter().any(|byte| *byte != 0) => break,
            _ => {}
        }
    }

    // With a wrong password, or where another is expected, the channel ends again.
    for (client, id, expected) in [
        (client("wrong"), fresh(&ari), None),
        (client("right"), fresh(&ari), Some(fresh(&ari))),
    ] {
        let _expected = door.expect(expected.as_ref().unwrap_or(&id));
        let mut events = ari.subscribe_channel(&id);
        ari.send(op::channels::external_media(&id, &client))
            .await
            .unwrap();
        while timeout(SOON, events.next())
            .await
            .expect("the channel ends")
            .is_some()
        {}
    }
    assert_eq!(door.counts().known, 1);
    assert!(door.counts().unknown >= 2, "{:?}", door.counts());
}
