//! What is recorded, and what was, row 65.

use std::time::Duration;

use evatel_ari::{
    ChannelId, Event, EventKind, EventName, RecordingName,
    model::{LiveRecording, RecordingState},
    op::{
        self,
        channels::DialplanPlace,
        sound::{IfExists, Recording, TerminateOn},
    },
};

use super::{
    app::{App, any, of, refused},
    pbx::Pbx,
};

fn recording(event: &Event) -> &LiveRecording {
    match event.kind() {
        EventKind::RecordingStarted { recording }
        | EventKind::RecordingFinished { recording }
        | EventKind::RecordingFailed { recording } => recording,
        other => panic!("{other:?}"),
    }
}

/// As Asterisk writes it, in bytes.
const WAV_HEADER: u64 = 44;

fn tape(name: &str, change: impl FnOnce(&mut Recording)) -> Recording {
    let mut tape = Recording::new(name.into(), "wav");
    change(&mut tape);
    tape
}

/// Records until it ends by itself or, if `is_stopped`, is stopped once it runs.
async fn recorded(app: &mut App, call: &ChannelId, tape: Recording, is_stopped: bool) -> LiveRecording {
    app.send(op::channels::record(call, &tape)).await;
    app.event(EventName::RecordingStarted, any).await;
    if is_stopped {
        app.steer(|| op::recordings::stop(&tape.name)).await;
    }
    let event = app.event(EventName::RecordingFinished, any).await;
    // The event comes a moment before the name is free again.
    app.until_gone(|| op::recordings::live(&tape.name)).await;
    recording(&event).clone()
}

#[tokio::test]
async fn row_65_a_recording_is_paused_muted_stopped_listed_copied_fetched_and_deleted() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    let name = RecordingName::from("tape");
    let made = app.send(op::channels::record(&call, &tape("tape", |_| ()))).await;
    // It may run already when the reply is written.
    assert!(matches!(
        made.state,
        RecordingState::Queued | RecordingState::Recording
    ));
    app.event(EventName::RecordingStarted, any).await;
    let live = app.send(op::recordings::live(&name)).await;
    assert_eq!(
        (live.state, live.target_uri.as_str()),
        (RecordingState::Recording, "channel:one")
    );
    app.steer(|| op::recordings::pause(&name)).await;
    let paused = |live: &LiveRecording| live.state == RecordingState::Paused;
    app.until(|| op::recordings::live(&name), paused).await;
    app.steer(|| op::recordings::unpause(&name)).await;
    app.steer(|| op::recordings::mute(&name)).await;
    app.steer(|| op::recordings::unmute(&name)).await;
    app.steer(|| op::recordings::stop(&name)).await;
    let event = app.event(EventName::RecordingFinished, any).await;
    assert_eq!(recording(&event).state, RecordingState::Done);
    refused!(
        app,
        NotFound,
        op::recordings::live(&name),
        op::recordings::stop(&name),
        op::recordings::pause(&name),
        op::recordings::mute(&name),
        op::recordings::cancel(&name),
    );

    let (copy, nothing) = (RecordingName::from("copy"), RecordingName::from("nothing"));
    assert_eq!(app.send(op::recordings::copy(&name, &copy)).await.name, copy);
    refused!(app, Exists, op::recordings::copy(&name, &copy));
    refused!(
        app,
        NotFound,
        op::recordings::copy(&nothing, &"x".into()),
        op::recordings::stored(&nothing),
        op::recordings::file(&nothing),
        op::recordings::delete(&nothing),
    );
    let stored = app.send(op::recordings::stored(&copy)).await;
    assert_eq!((&stored.name, stored.format.as_str()), (&copy, "wav"));
    let bytes = app.send(op::recordings::file(&copy)).await.0;
    let on_disk = std::fs::read(pbx.path("spool/recording/copy.wav")).unwrap();
    assert!(bytes == on_disk && bytes.starts_with(b"RIFF"));
    app.send(op::recordings::delete(&copy)).await;
    let listed = app.send(op::recordings::list_stored()).await;
    assert_eq!(listed.iter().map(|it| &it.name).collect::<Vec<_>>(), [&name]);
}

#[tokio::test]
async fn row_65_a_name_that_is_taken_fails_is_overwritten_or_continued_as_asked() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    // Sound comes from the far half: two seconds of it are two seconds of file.
    let call = app.call("tone", "one").await;
    let seconds = |if_exists| {
        tape("tape", |tape| {
            tape.if_exists = if_exists;
            tape.max_duration = Some(Duration::from_secs(2));
        })
    };
    let length = || {
        std::fs::metadata(pbx.path("spool/recording/tape.wav"))
            .unwrap()
            .len()
    };
    let ended = recorded(&mut app, &call, seconds(IfExists::Fail), false).await;
    // Whole seconds, rounded down.
    assert!(matches!(ended.duration, Some(1 | 2)), "{ended:?}");
    let once = length();
    refused!(app, Exists, op::channels::record(&call, &seconds(IfExists::Fail)));
    recorded(&mut app, &call, seconds(IfExists::Append), false).await;
    let twice = length();
    assert!(twice > once + once / 2, "{once} bytes, then {twice}");
    recorded(&mut app, &call, seconds(IfExists::Overwrite), false).await;
    assert!(length() < twice, "{twice} bytes, then {}", length());
}

#[tokio::test]
async fn row_65_what_cannot_be_recorded_is_refused_and_a_cancelled_recording_leaves_no_file() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    // Sound comes from the far half.
    let call = app.call("tone", "one").await;
    let record = |tape: Recording| op::channels::record(&call, &tape);
    refused!(app, Unprocessable, record(Recording::new("x".into(), "papyrus")));
    refused!(
        app,
        BadRequest,
        record(tape("x", |tape| tape.if_exists = "perhaps".into())),
        record(tape("x", |tape| tape.terminate_on = "x".into())),
    );
    refused!(
        app,
        NotFound,
        op::channels::record(&"nobody".into(), &tape("x", |_| ())),
    );
    app.send(record(tape("tape", |_| ()))).await;
    app.event(EventName::RecordingStarted, any).await;
    // Cancelled before the first of it is written, 22.10 may leave its empty file behind.
    let is_written = |_: &LiveRecording| {
        let file = std::fs::metadata(pbx.path("spool/recording/tape.wav"));
        file.is_ok_and(|file| file.len() > WAV_HEADER)
    };
    app.until(|| op::recordings::live(&"tape".into()), is_written)
        .await;
    app.steer(|| op::recordings::cancel(&"tape".into())).await;
    // 22.10 tells the end of a cancelled recording as of any other, a moment before its file is gone.
    app.event(EventName::RecordingFinished, any).await;
    app.until_gone(|| op::recordings::stored(&"tape".into())).await;
}

#[tokio::test]
async fn row_65_a_recording_tells_its_durations_and_ends_by_silence_key_or_the_partys_leaving() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("silence-after-tone", "one").await;
    let quiet = tape("quiet", |tape| tape.max_silence = Some(Duration::from_secs(1)));
    let ended = recorded(&mut app, &call, quiet, false).await;
    let [whole, talking, silence] = [ended.duration, ended.talking_duration, ended.silence_duration];
    assert!(
        whole >= Some(1) && talking.is_some() && silence.is_some(),
        "{whole:?} {talking:?} {silence:?}"
    );

    let keyed = app.call("presses-hash", "two").await;
    let hash = tape("keyed", |tape| tape.terminate_on = TerminateOn::Hash);
    app.send(op::channels::record(&keyed, &hash)).await;
    app.event(EventName::RecordingStarted, any).await;
    pbx.let_it_answer(&app).await;
    let event = app.event(EventName::RecordingFinished, any).await;
    assert_eq!(recording(&event).state, RecordingState::Done);

    let leaving = app.call("hold", "three").await;
    app.send(op::channels::record(&leaving, &tape("left", |_| ())))
        .await;
    app.event(EventName::RecordingStarted, any).await;
    app.send(op::channels::resume_dialplan(
        &leaving,
        &DialplanPlace::new("default", "hold"),
    ))
    .await;
    // The recording is not cut short by it: the channel goes on once the recording was stopped.
    app.steer(|| op::recordings::stop(&"left".into())).await;
    app.event(EventName::RecordingFinished, any).await;
    app.event(EventName::StasisEnd, of(&leaving)).await;
}
