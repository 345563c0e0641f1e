//! What is watched and what is heard: lamps, mailboxes, talk, hold, music, snooping.

use std::time::Duration;

use evatel_ari::{
    helper::{
        detect::{Detected, Detector, Tone},
        device::{self, Lamp},
        hold::Waiting,
        snoop,
    },
    model::DeviceStatus,
    op::channels::{Snoop, SnoopDirection},
};
use evatel_core::calls::HangupCause;

use super::line::{Line, soon};

#[tokio::test]
async fn talk_and_tones_are_told_once_they_are_listened_for() {
    let line = Line::start().await;
    let leg = line.leg("talk").await;
    let mut talk = Detector::talk(Duration::from_millis(300), 256, leg.id(), &line.ari)
        .await
        .unwrap();
    assert_eq!(soon("talk", talk.next()).await, Some(Detected::Talking));
    let silent = soon("silence", talk.next()).await;
    assert!(
        matches!(silent, Some(Detected::Silent { after }) if after > Duration::from_millis(100)),
        "{silent:?}"
    );
    talk.stop().await.unwrap();
    let frequency = Tone::Frequency {
        hz: 440,
        lasting: Duration::from_millis(300),
    };
    let tone = Detector::tone(frequency, leg.id(), &line.ari).await.unwrap();
    drop(tone);
    let mut tone = Detector::tone(Tone::Busy, leg.id(), &line.ari).await.unwrap();
    leg.hang_up(HangupCause::Normal).await.unwrap();
    assert_eq!(soon("the end", tone.next()).await, None);
    line.nothing_is_left().await;
}

#[tokio::test]
async fn a_waiting_party_hears_music_silence_or_ringback_until_it_is_stopped() {
    let line = Line::start().await;
    let leg = line.leg("hold").await;
    Waiting::music(None, leg.id(), &line.ari)
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    Waiting::silence(leg.id(), &line.ari)
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    Waiting::ringing(leg.id(), &line.ari)
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    Waiting::hold(leg.id(), &line.ari)
        .await
        .unwrap()
        .stop()
        .await
        .unwrap();
    let music = Waiting::music(None, leg.id(), &line.ari).await.unwrap();
    leg.hang_up(HangupCause::Normal).await.unwrap();
    music.stop().await.unwrap();
    line.nothing_is_left().await;
}

#[tokio::test]
async fn a_snooping_leg_is_in_the_application_and_ends_with_whom_it_hears() {
    let line = Line::start().await;
    let leg = line.leg("hold").await;
    let mut what = Snoop::new("helpers");
    what.spy = SnoopDirection::Both;
    let dropped = snoop::snoop(leg.id(), &what, &line.ari).await.unwrap();
    drop(dropped);
    let mut ear = snoop::snoop(leg.id(), &what, &line.ari).await.unwrap();
    let (id, _events) = leg.keep();
    line.ari.hangup(&id, HangupCause::Normal).await.unwrap();
    soon("the ear's end", ear.ended()).await;
    let gone = snoop::snoop(&id, &what, &line.ari).await.unwrap_err();
    assert!(gone.is_gone(), "{gone}");
    line.nothing_is_left().await;
}

#[tokio::test]
async fn a_lamp_is_lit_watched_and_removed() {
    let line = Line::start().await;
    let door = evatel_ari::DeviceName::from("Stasis:door");
    device::set(&door, &DeviceStatus::NotInUse, &line.ari)
        .await
        .unwrap();
    let mut lamp = Lamp::watch(door.clone(), &line.ari).await.unwrap();
    assert_eq!(*lamp.status(), DeviceStatus::NotInUse);
    device::set(&door, &DeviceStatus::Ringing, &line.ari)
        .await
        .unwrap();
    assert_eq!(
        soon("a change", lamp.changed()).await,
        Some(DeviceStatus::Ringing)
    );
    device::remove(&door, &line.ari).await.unwrap();
    device::remove(&door, &line.ari).await.unwrap();
    device::set(&"PJSIP/door".into(), &DeviceStatus::InUse, &line.ari)
        .await
        .unwrap_err();
}
