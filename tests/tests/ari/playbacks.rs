//! Sounds that play, rows 45 and 57.

use evatel_ari::{
    ChannelId, Event, EventKind, EventName, PlaybackId,
    model::{Playback, PlaybackState},
    op::{
        self,
        playbacks::PlaybackOperation,
        sound::{Play, Recording},
    },
};
use evatel_core::calls::HangupCause;

use super::{
    app::{App, any, refused},
    pbx::Pbx,
};

/// The playback of an event that has one.
fn playback(event: &Event) -> &Playback {
    match event.kind() {
        EventKind::PlaybackStarted { playback }
        | EventKind::PlaybackContinuing { playback }
        | EventKind::PlaybackFinished { playback } => playback,
        other => panic!("{other:?}"),
    }
}

fn of(id: &PlaybackId) -> impl Fn(&Event) -> bool + use<> {
    let id = id.clone();
    move |event| playback(event).id == id
}

/// Waits for the playback's end and says how it ended.
async fn ended(app: &mut App, id: &PlaybackId) -> PlaybackState {
    let event = app.event(EventName::PlaybackFinished, of(id)).await;
    playback(&event).state.clone()
}

/// Steers a running playback through all that can be done with one.
async fn is_steered(app: &mut App, id: &PlaybackId) {
    app.event(EventName::PlaybackStarted, of(id)).await;
    let control = |operation| op::playbacks::control(id, &operation);
    for (operation, then) in [
        (PlaybackOperation::Pause, PlaybackState::Paused),
        (PlaybackOperation::Unpause, PlaybackState::Playing),
        (PlaybackOperation::Forward, PlaybackState::Playing),
        (PlaybackOperation::Reverse, PlaybackState::Playing),
        (PlaybackOperation::Restart, PlaybackState::Playing),
    ] {
        app.steer(|| control(operation.clone())).await;
        app.until(|| op::playbacks::get(id), |playback| playback.state == then)
            .await;
    }
    refused!(app, BadRequest, control("dance".into()));
    app.steer(|| op::playbacks::stop(id)).await;
    assert_eq!(ended(app, id).await, PlaybackState::Done);
    // The event comes a moment before it is gone.
    app.until_gone(|| op::playbacks::get(id)).await;
    refused!(
        app,
        NotFound,
        op::playbacks::stop(id),
        op::playbacks::control(id, &PlaybackOperation::Pause),
    );
}

#[tokio::test]
async fn row_45_a_bridge_plays_sounds_and_tones_that_are_steered_and_is_recorded() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let (one, two) = (app.call("echo", "one").await, app.call("echo", "two").await);
    let room = app.bridge("room", &[&one, &two]).await;

    let short = PlaybackId::from("short");
    let made = app.send(op::bridges::play(&room, &short, "sound:beep")).await;
    assert_eq!(
        (made.media_uri.as_str(), made.target_uri.as_str(), made.state),
        ("sound:beep", "bridge:room", PlaybackState::Queued)
    );
    app.event(EventName::PlaybackStarted, of(&short)).await;
    assert_eq!(ended(&mut app, &short).await, PlaybackState::Done);

    let long = PlaybackId::from("long");
    app.send(op::bridges::play(&room, &long, "sound:basic-pbx-ivr-main"))
        .await;
    is_steered(&mut app, &long).await;

    let tone = PlaybackId::from("tone");
    app.send(op::bridges::play(&room, &tone, "tone:ring;tonezone=fr"))
        .await;
    app.event(EventName::PlaybackStarted, of(&tone)).await;
    app.steer(|| op::playbacks::stop(&tone)).await;
    assert_eq!(ended(&mut app, &tone).await, PlaybackState::Done);

    app.send(op::bridges::record(
        &room,
        Recording::new("meeting".into(), "wav"),
    ))
    .await;
    app.event(EventName::RecordingStarted, any).await;
    app.steer(|| op::recordings::stop(&"meeting".into())).await;
    let event = app.event(EventName::RecordingFinished, any).await;
    let EventKind::RecordingFinished { recording } = event.kind() else {
        panic!("{event:?}")
    };
    assert_eq!(
        (recording.name.as_str(), recording.target_uri.as_str()),
        ("meeting", "bridge:room")
    );
    refused!(
        app,
        NotFound,
        op::bridges::play(&"nowhere".into(), &"p".into(), "sound:beep"),
        op::bridges::record(&"nowhere".into(), Recording::new("r".into(), "wav")),
    );
}

#[tokio::test]
async fn row_57_a_playback_to_a_channel_is_paused_unpaused_restarted_and_wound() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    let id = PlaybackId::from("long");
    app.send(op::channels::play(&call, &id, "sound:basic-pbx-ivr-main"))
        .await;
    is_steered(&mut app, &id).await;
    refused!(
        app,
        NotFound,
        op::channels::play(&"nobody".into(), &id, "sound:beep"),
    );
}

#[tokio::test]
async fn row_57_a_list_plays_item_by_item_and_tells_the_next_one() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    let id = PlaybackId::from("list");
    let items = ["sound:beep", "digits:1", "number:2", "characters:a", "tone:ring"];
    let made = app
        .send(op::channels::play_any_id(&call, Some(&id), Play::new(items)))
        .await;
    assert_eq!(made.next_media_uri.as_deref(), Some("digits:1"));
    for pair in items.windows(2) {
        let event = app.event(EventName::PlaybackStarted, of(&id)).await;
        assert_eq!(playback(&event).media_uri, pair[0]);
        let event = app.event(EventName::PlaybackContinuing, of(&id)).await;
        assert_eq!(playback(&event).next_media_uri.as_deref(), Some(pair[1]));
        assert_eq!(playback(&event).state, PlaybackState::Continuing);
    }
    let event = app.event(EventName::PlaybackStarted, of(&id)).await;
    assert_eq!(playback(&event).next_media_uri, None);
    app.steer(|| op::playbacks::stop(&id)).await;
    assert_eq!(ended(&mut app, &id).await, PlaybackState::Done);
}

#[tokio::test]
async fn row_57_tones_play_in_a_countrys_zone_and_what_cannot_play_fails() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    for (id, media) in [
        ("usual", "tone:busy"),
        ("french", "tone:busy;tonezone=fr"),
        ("bare", "tone:350+440"),
        // A zone that nobody knows is no fault: the usual one takes its place.
        ("nowhere", "tone:busy;tonezone=xx"),
    ] {
        let id = PlaybackId::from(id);
        app.send(op::channels::play(&call, &id, media)).await;
        app.event(EventName::PlaybackStarted, of(&id)).await;
        app.steer(|| op::playbacks::stop(&id)).await;
        assert_eq!(ended(&mut app, &id).await, PlaybackState::Done, "{media}");
    }
    let missing = PlaybackId::from("missing");
    app.send(op::channels::play(&call, &missing, "sound:no-such-sound"))
        .await;
    assert_eq!(ended(&mut app, &missing).await, PlaybackState::Failed);
    // What plays and what waits fails when the party hangs up.
    let (plays, waits) = (PlaybackId::from("plays"), PlaybackId::from("waits"));
    app.send(op::channels::play(&call, &plays, "tone:ring")).await;
    app.send(op::channels::play(&call, &waits, "sound:beep")).await;
    app.event(EventName::PlaybackStarted, of(&plays)).await;
    app.send(op::channels::hangup(&call, HangupCause::Normal)).await;
    for id in [&plays, &waits] {
        assert_eq!(ended(&mut app, id).await, PlaybackState::Failed);
    }
}

#[tokio::test]
async fn row_57_a_channel_in_a_bridge_hears_what_is_played_to_it() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let (one, two) = (app.call("echo", "one").await, app.call("echo", "two").await);
    app.bridge("room", &[&one, &two]).await;
    async fn plays(app: &mut App, call: &ChannelId, media: &str) {
        let id = PlaybackId::from(media);
        app.send(op::channels::play(call, &id, media)).await;
        app.event(EventName::PlaybackStarted, of(&id)).await;
        // A tone does not end by itself, and until it is stopped its channel cannot be taken out of the bridge.
        if media.starts_with("tone:") {
            app.steer(|| op::playbacks::stop(&id)).await;
        }
        assert_eq!(ended(app, &id).await, PlaybackState::Done, "{media}");
    }
    plays(&mut app, &one, "sound:beep").await;
    plays(&mut app, &one, "tone:ring").await;
    assert_eq!(app.send(op::bridges::get(&"room".into())).await.channels.len(), 2);
}
