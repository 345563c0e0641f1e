//! Sound over the media connection.

use std::{sync::mpsc, time::Duration};

use evatel_ari::{
    Ari, ChannelId,
    media::{LEAD, MediaLeg, Medium},
    sim::{Asterisk, Came, Fault, Peer},
};
use evatel_voice::{frame::Frame8k, port::AudioPort};

use tokio::sync::mpsc::error::TryRecvError;

use crate::support::{connected, soon};

/// A clock that stands still until it is moved, although real sockets are waited for.
///
/// Tokio's paused clock runs on by itself whenever nothing but the network is waited for, unless a blocking task is
/// under way: this is one. It gives up after [`StillClock::LIMIT`] of real time, so that a test that hangs fails.
struct StillClock(#[expect(dead_code, reason = "dropping it lets the clock go")] mpsc::Sender<()>);

impl StillClock {
    const LIMIT: Duration = Duration::from_secs(20);

    fn stop() -> Self {
        let (hold, held) = mpsc::channel();
        tokio::task::spawn_blocking(move || held.recv_timeout(Self::LIMIT));
        tokio::time::pause();
        Self(hold)
    }

    /// Lets one frame's time pass.
    async fn tick(&self) {
        tokio::time::advance(Duration::from_millis(20)).await;
    }
}

async fn open(ari: &Ari, asterisk: &Asterisk) -> (MediaLeg, AudioPort, Peer) {
    let id = ChannelId::from(ari.mark().fresh("media"));
    let (leg, port) = MediaLeg::open(id, &Medium::default(), ari).await.unwrap();
    let peer = asterisk.next_media().await;
    assert_eq!(peer.channel(), leg.channel().as_str());
    (leg, port, peer)
}

/// A frame that is like no other.
fn frame(number: i16) -> Frame8k {
    let mut frame = Frame8k::SILENCE;
    for (index, sample) in frame.0.iter_mut().enumerate() {
        *sample = number.wrapping_mul(257).wrapping_sub(index as i16);
    }
    frame
}

fn bytes(frame: &Frame8k) -> Vec<u8> {
    frame
        .samples()
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}

/// Takes what came up to the next command, which is given too.
async fn until_command(peer: &mut Peer) -> (Vec<Vec<u8>>, String) {
    let mut sounds = Vec::new();
    loop {
        match soon("media", peer.next()).await {
            Some(Came::Sound(bytes)) => sounds.push(bytes),
            // The leg asks for the queue now and then, and with each flush.
            Some(Came::Command(text)) if text.contains("GET_STATUS") => {}
            Some(Came::Command(text)) => return (sounds, text),
            other => panic!("the connection ended: {other:?}"),
        }
    }
}

#[tokio::test]
async fn frames_come_through_both_ways_byte_for_byte() {
    let (asterisk, ari, _offers) = connected().await;
    let (_leg, mut port, peer) = open(&ari, &asterisk).await;
    tokio::spawn(peer.echo());
    let mouth = port.outgoing.clone();
    tokio::spawn(async move {
        for number in 0..10 {
            mouth.send(frame(number)).await.unwrap();
        }
    });
    for number in 0..10 {
        let heard = soon("a frame", port.incoming.recv()).await.unwrap();
        assert_eq!(heard, frame(number), "frame {number}");
    }
}

#[tokio::test]
async fn sound_in_pieces_of_any_length_is_heard_in_order() {
    let (asterisk, ari, _offers) = connected().await;
    let (_leg, mut port, peer) = open(&ari, &asterisk).await;
    let said: Vec<u8> = (0..8).flat_map(|number| bytes(&frame(number))).collect();
    for piece in said.chunks(333) {
        peer.say(piece.to_vec());
    }
    for number in 0..8 {
        assert_eq!(
            soon("a frame", port.incoming.recv()).await.unwrap(),
            frame(number)
        );
    }
}

#[tokio::test(flavor = "current_thread")]
async fn one_frame_goes_each_20_ms_and_never_more_than_the_lead_ahead() {
    let (asterisk, ari, _offers) = connected().await;
    let clock = StillClock::stop();
    let (leg, port, mut peer) = open(&ari, &asterisk).await;
    // The first tick comes at once and finds nothing to say.
    leg.flush().await;
    assert!(until_command(&mut peer).await.0.is_empty());
    let mouth = port.outgoing.clone();
    let speaking = tokio::spawn(async move {
        for number in 0.. {
            if mouth.send(frame(number)).await.is_err() {
                return;
            }
        }
    });
    while port.outgoing.capacity() > 0 {
        tokio::task::yield_now().await;
    }
    let mut heard = Vec::new();
    for ticks in 1..=25 {
        clock.tick().await;
        while heard.len() < ticks - 1 + LEAD {
            match peer.next().await.unwrap() {
                Came::Sound(bytes) => heard.push(bytes),
                other => panic!("{other:?}"),
            }
        }
    }
    // Whatever was sent beside that comes before the flush.
    leg.flush().await;
    let (more, command) = until_command(&mut peer).await;
    assert_eq!(command, r#"{"command":"FLUSH_MEDIA"}"#);
    assert!(more.is_empty(), "{} frames too many", more.len());
    let expected: Vec<_> = (0..24 + LEAD as i16)
        .map(|number| bytes(&frame(number)))
        .collect();
    assert!(heard == expected, "frames are missing, doubled or changed");
    speaking.abort();
}

#[tokio::test(flavor = "current_thread")]
async fn after_a_stall_the_lead_is_what_it_was_before() {
    let (asterisk, ari, _offers) = connected().await;
    let clock = StillClock::stop();
    let (leg, port, mut peer) = open(&ari, &asterisk).await;
    leg.flush().await;
    until_command(&mut peer).await;
    let mouth = port.outgoing.clone();
    tokio::spawn(async move { while mouth.send(frame(1)).await.is_ok() {} });
    while port.outgoing.capacity() > 0 {
        tokio::task::yield_now().await;
    }
    clock.tick().await;
    peer.next().await.unwrap();
    // All of us stand still for a second, in which Asterisk plays what it has and then silence.
    tokio::time::advance(Duration::from_secs(1)).await;
    clock.tick().await;
    leg.flush().await;
    let (heard, _) = until_command(&mut peer).await;
    assert!(
        (1..=1 + LEAD + 1).contains(&heard.len()),
        "{} frames",
        heard.len()
    );
}

#[tokio::test(flavor = "current_thread")]
async fn a_leg_that_asterisk_no_longer_reads_is_given_up() {
    let (asterisk, ari, _offers) = connected().await;
    let clock = StillClock::stop();
    let (_leg, mut port, peer) = open(&ari, &asterisk).await;
    peer.stop_reading();
    let mouth = port.outgoing.clone();
    tokio::spawn(async move { while mouth.send(frame(1)).await.is_ok() {} });
    while port.incoming.try_recv() != Err(TryRecvError::Disconnected) {
        clock.tick().await;
    }
    drop(clock);
    asterisk.ended(peer.channel()).await;
}

#[tokio::test(flavor = "current_thread")]
async fn asterisk_may_hold_us_back_and_let_us_go_on() {
    let (asterisk, ari, _offers) = connected().await;
    let (leg, mut port, mut peer) = open(&ari, &asterisk).await;
    peer.tell(r#"{"event":"MEDIA_XOFF"}"#);
    // What is heard after it proves that it was taken.
    peer.say(bytes(&frame(1)));
    soon("a frame", port.incoming.recv()).await.unwrap();
    let clock = StillClock::stop();
    port.outgoing.send(frame(2)).await.unwrap();
    for _ in 0..5 {
        clock.tick().await;
    }
    leg.flush().await;
    assert!(until_command(&mut peer).await.0.is_empty());
    peer.tell(r#"{"event":"MEDIA_XON"}"#);
    peer.say(bytes(&frame(3)));
    port.incoming.recv().await.unwrap();
    // The clock was stopped somewhere between two steps of the leg.
    clock.tick().await;
    clock.tick().await;
    assert_eq!(peer.next().await, Some(Came::Sound(bytes(&frame(2)))));
}

#[tokio::test]
async fn a_dropped_leg_ends_its_channel() {
    let (asterisk, ari, _offers) = connected().await;
    let (leg, mut port, peer) = open(&ari, &asterisk).await;
    drop(leg);
    asterisk.ended(peer.channel()).await;
    assert!(soon("the end", port.incoming.recv()).await.is_none());
}

#[tokio::test]
async fn a_leg_whose_connection_breaks_ends_its_channel() {
    let (asterisk, ari, _offers) = connected().await;
    let (_leg, mut port, peer) = open(&ari, &asterisk).await;
    peer.cut();
    asterisk.ended(peer.channel()).await;
    assert!(soon("the end", port.incoming.recv()).await.is_none());
}

#[tokio::test]
async fn a_leg_whose_channel_ends_lets_its_agent_go() {
    let (asterisk, ari, _offers) = connected().await;
    let (_leg, mut port, peer) = open(&ari, &asterisk).await;
    asterisk.hangs_up(peer.channel(), 16);
    assert!(soon("the end", port.incoming.recv()).await.is_none());
}

#[tokio::test]
async fn a_start_before_the_reply_opens_the_leg_as_well() {
    let (asterisk, ari, _offers) = connected().await;
    asterisk.inject(Fault::EventsFirst);
    let (leg, _port, _peer) = open(&ari, &asterisk).await;
    assert_eq!(asterisk.channels(), [leg.channel().as_str()]);
}

#[tokio::test]
async fn a_leg_that_asterisk_refuses_leaves_nothing_behind() {
    let (asterisk, ari, _offers) = connected().await;
    let medium = Medium::<160>::default();
    asterisk.refuse_once("POST", "/channels/externalMedia", 500, "Internal Server Error");
    let error = MediaLeg::open("evatel_media-1".into(), &medium, &ari)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("Internal Server Error"), "{error}");
    asterisk.refuse_once("GET", "/media/media_evatel_media-2", 404, "Not Found");
    MediaLeg::open("evatel_media-2".into(), &medium, &ari)
        .await
        .unwrap_err();
    asterisk.ended("evatel_media-2").await;
    assert_eq!(asterisk.channels(), Vec::<String>::new());
}
