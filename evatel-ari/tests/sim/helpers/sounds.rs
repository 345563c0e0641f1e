//! Sounds, keys and recordings.

use std::time::Duration;

use evatel_ari::{
    ChannelId, Error,
    client::ConnectionState,
    helper::{
        Keypad, PlayEnd, Playing, Playlist, Recording,
        keypad::{End, Rules},
        playlist::PlaylistEnd,
        recording,
    },
    op::sound::{self, TerminateOn},
    sim::Fault,
};

use crate::support::{connected, offered, soon};

/// A call that is answered.
macro_rules! a_call {
    ($asterisk:ident, $ari:ident, $id:ident) => {
        let ($asterisk, $ari, mut offers) = connected().await;
        let _events = offered("1700.1", &$asterisk, &mut offers).await;
        let $id = ChannelId::from("1700.1");
        $ari.send(evatel_ari::op::channels::answer(&$id)).await.unwrap();
    };
}

#[tokio::test]
async fn a_sound_ends_for_its_reason_and_a_dropped_one_is_stopped() {
    a_call!(asterisk, ari, id);
    let mut playing = Playing::start("sound:hello-world", &id, &ari).await.unwrap();
    asterisk.finishes_playing(playing.id().as_str());
    assert_eq!(soon("its end", playing.finished()).await, PlayEnd::Done);
    assert_eq!(playing.finished().await, PlayEnd::Done, "told again");
    playing.stop().await.unwrap();

    let mut playing = Playing::start("sound:no-such", &id, &ari).await.unwrap();
    assert_eq!(soon("the failure", playing.finished()).await, PlayEnd::Failed);

    let dropped = Playing::start("sound:hello-world", &id, &ari).await.unwrap();
    let path = format!("/playbacks/{}", dropped.id());
    drop(dropped);
    asterisk.asked("DELETE", &path).await;

    let mut playing = Playing::start("sound:hello-world", &id, &ari).await.unwrap();
    asterisk.hangs_up("1700.1", 16);
    assert_eq!(soon("the end", playing.finished()).await, PlayEnd::Left);
    let gone = Playing::start("sound:hello-world", &id, &ari).await.unwrap_err();
    assert!(gone.is_gone(), "{gone}");
}

#[tokio::test]
async fn a_sound_that_fails_after_somebody_hung_up_is_left_whenever_that_was_heard() {
    a_call!(asterisk, ari, id);
    let mut playing = Playing::start("sound:hello-world", &id, &ari).await.unwrap();
    asterisk.send_event(
        r#"{"type":"ChannelHangupRequest","application":"evatel","channel":{"id":"1700.1"},"cause":16}"#,
    );
    let early = tokio::time::timeout(Duration::from_millis(50), playing.finished()).await;
    assert!(early.is_err(), "{early:?}");
    asterisk.send_event(&format!(
        r#"{{"type":"PlaybackFinished","application":"evatel","playback":{{"id":"{}","media_uri":"sound:hello-world",
        "target_uri":"channel:1700.1","state":"failed"}}}}"#,
        playing.id()
    ));
    assert_eq!(soon("the end", playing.finished()).await, PlayEnd::Left);
}

#[tokio::test]
async fn a_sound_that_plays_on_over_a_lost_connection_is_followed_to_its_end() {
    a_call!(asterisk, ari, id);
    let mut playing = Playing::start("sound:hello-world", &id, &ari).await.unwrap();
    let mut state = ari.state();
    asterisk.drop_events();
    soon("the loss", state.wait_for(|it| *it != ConnectionState::Connected))
        .await
        .unwrap();
    soon(
        "the return",
        state.wait_for(|it| *it == ConnectionState::Connected),
    )
    .await
    .unwrap();
    let early = tokio::time::timeout(Duration::from_millis(50), playing.finished()).await;
    assert!(early.is_err(), "{early:?}");
    asterisk.finishes_playing(playing.id().as_str());
    assert_eq!(soon("its end", playing.finished()).await, PlayEnd::Done);
}

#[tokio::test]
async fn a_queue_grows_skips_and_stops_and_tells_what_was_heard() {
    a_call!(asterisk, ari, id);
    let mut list = Playlist::new(&id);
    list.append("sound:hello-world");
    list.append("sound:tt-monkeys");
    let remote = list.remote();
    let far_end = async {
        let first = playback(&asterisk, 0).await;
        asterisk.finishes_playing(&first);
        playback(&asterisk, 1).await;
        remote.append("sound:vm-goodbye");
        remote.append("sound:beep");
        remote.skip();
        playback(&asterisk, 2).await;
        remote.stop();
    };
    let (played, ()) = tokio::join!(soon("the end", list.play(None, &ari)), far_end);
    let played = played.unwrap();
    assert_eq!(
        (played.finished, played.cut, played.end),
        (1, Some(2), PlaylistEnd::Stopped)
    );
    let played = list.play(None, &ari).await.unwrap();
    assert_eq!((played.finished, played.end), (0, PlaylistEnd::Empty));
}

/// Waits for the sound of this place, from 0.
async fn playback(asterisk: &evatel_ari::sim::Asterisk, place: usize) -> String {
    soon("a sound", async {
        loop {
            let asked = asterisk.requests();
            let played = asked.iter().filter(|asked| asked.path.contains("/play/"));
            if let Some(asked) = played.clone().nth(place) {
                return asked.path.rsplit('/').next().unwrap().to_owned();
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn keys_pressed_ahead_interrupt_at_once_and_are_collected() {
    a_call!(asterisk, ari, id);
    let mut keypad = Keypad::open(&id, &ari).await.unwrap();
    for key in "12#9".chars() {
        asterisk.presses("1700.1", key);
    }
    asterisk.settled().await;
    let mut list = Playlist::new(&id);
    list.append("sound:hello-world");
    let played = soon("the key", list.play(Some(&mut keypad), &ari)).await.unwrap();
    assert_eq!((played.cut, played.end), (None, PlaylistEnd::Interrupted('1')));
    let rules = Rules::up_to(5);
    let collected = soon("the digits", keypad.collect(&rules)).await;
    assert_eq!((&*collected.digits, collected.end), ("12", End::Terminator('#')));
    let collected = soon("the rest", keypad.collect(&Rules::one(Duration::from_secs(5)))).await;
    assert_eq!((&*collected.digits, collected.end), ("9", End::Full));
    asterisk.presses("1700.1", '7');
    asterisk.hangs_up("1700.1", 16);
    let collected = soon("the end", keypad.collect(&rules)).await;
    assert_eq!((&*collected.digits, collected.end), ("7", End::Left));
    assert!(Keypad::open(&id, &ari).await.unwrap_err().is_gone());
}

#[tokio::test]
async fn a_collection_that_is_dropped_loses_no_key_and_one_over_a_gap_says_so() {
    a_call!(asterisk, ari, id);
    let mut keypad = Keypad::open(&id, &ari).await.unwrap();
    asterisk.presses("1700.1", '4');
    let mut rules = Rules::up_to(3);
    let dropped = tokio::time::timeout(Duration::from_millis(50), keypad.collect(&rules)).await;
    assert!(dropped.is_err());
    asterisk.drop_events();
    let mut state = ari.state();
    soon("the loss", state.wait_for(|it| *it != ConnectionState::Connected))
        .await
        .unwrap();
    soon(
        "the return",
        state.wait_for(|it| *it == ConnectionState::Connected),
    )
    .await
    .unwrap();
    asterisk.presses("1700.1", '2');
    rules.between = Duration::from_millis(50);
    let collected = soon("the pause", keypad.collect(&rules)).await;
    assert_eq!(
        (&*collected.digits, collected.end, collected.has_gap),
        ("42", End::Pause, true)
    );
}

#[tokio::test]
async fn a_recording_is_refused_ended_by_a_key_or_by_a_hang_up_or_cancelled_when_dropped() {
    a_call!(asterisk, ari, id);
    let mut rules = sound::Recording::new("r/1".into(), "wav");
    rules.terminate_on = TerminateOn::Hash;
    let mut running = Recording::start(&rules, &id, &ari).await.unwrap();
    let error = Recording::start(&rules, &id, &ari).await.unwrap_err();
    assert!(
        matches!(error, Error::Exists { .. } | Error::NotInStasis { .. }),
        "{error}"
    );
    asterisk.presses("1700.1", '#');
    asterisk.finishes_recording("r/1");
    assert_eq!(
        soon("the key", running.ended()).await.end,
        recording::End::Terminator('#')
    );
    let name = rules.name.clone();
    recording::take(&name, &ari).await.unwrap();
    recording::delete(&name, &ari).await.unwrap();
    assert!(recording::fetch(&name, &ari).await.unwrap_err().is_gone());

    let other = sound::Recording::new("r/2".into(), "wav");
    let dropped = Recording::start(&other, &id, &ari).await.unwrap();
    drop(dropped);
    asterisk.asked("DELETE", "/recordings/live/r/2").await;

    let other = sound::Recording::new("r/3".into(), "wav");
    let mut running = Recording::start(&other, &id, &ari).await.unwrap();
    running.stop().await.unwrap();
    assert_eq!(
        soon("the stop", running.ended()).await.end,
        recording::End::Stopped
    );

    let other = sound::Recording::new("r/4".into(), "wav");
    let mut running = Recording::start(&other, &id, &ari).await.unwrap();
    asterisk.hangs_up("1700.1", 16);
    assert_eq!(soon("the end", running.ended()).await.end, recording::End::Left);
}

#[tokio::test]
async fn a_recording_whose_end_was_missed_says_so() {
    a_call!(asterisk, ari, id);
    let rules = sound::Recording::new("r".into(), "wav");
    let mut running = Recording::start(&rules, &id, &ari).await.unwrap();
    asterisk.inject(Fault::EventsRefused);
    asterisk.drop_events();
    let mut state = ari.state();
    soon("the loss", state.wait_for(|it| *it != ConnectionState::Connected))
        .await
        .unwrap();
    asterisk.finishes_recording("r");
    asterisk.heal(&Fault::EventsRefused);
    assert_eq!(soon("the end", running.ended()).await.end, recording::End::Missed);
}
