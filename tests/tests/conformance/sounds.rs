//! Playbacks and recordings.

use evatel_tests::conformance::Probe;
use serde_json::Value;

pub(crate) async fn a_playback_is_controlled_and_ends(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe
        .ask("POST", "/channels/a1/play/p?media=sound:silence/5")
        .await;
    probe.hears("PlaybackStarted", "p").await;
    probe
        .shows("/playbacks/p", &["media_uri", "target_uri", "language", "state"])
        .await;
    probe.ask("POST", "/playbacks/p/control?operation=pause").await;
    probe
        .until("/playbacks/p", |_, answer| answer["state"] == "paused")
        .await;
    probe.ask("POST", "/playbacks/p/control?operation=unpause").await;
    probe
        .until("/playbacks/p", |_, answer| answer["state"] == "playing")
        .await;
    for operation in ["oops", "forward", "reverse", "restart"] {
        probe
            .ask("POST", &format!("/playbacks/p/control?operation={operation}"))
            .await;
    }
    probe.ask("DELETE", "/playbacks/p").await;
    probe.hears("PlaybackFinished", "p").await;
    probe.ask("DELETE", "/playbacks/p").await;
    probe
        .ask(
            "POST",
            "/channels/a1/play?media=sound:beep,sound:silence/1&playbackId=q",
        )
        .await;
    probe.hears("PlaybackFinished", "q").await;
    probe
        .ask("POST", "/channels/a1/play/r?media=sound:no-such-sound")
        .await;
    probe.hears("PlaybackFinished", "r").await;
    probe.ask("POST", "/channels/a1/play/s?media=").await;
    probe.ask("POST", "/channels/a1/play/t?media=tone:ring").await;
    probe.hears("PlaybackStarted", "t").await;
    probe.ask("POST", "/channels/a1/play/u?media=sound:beep").await;
    probe.ends("a").await;
    probe.hears("PlaybackFinished", "t").await;
}

pub(crate) async fn a_recording_is_made_kept_and_copied(probe: &mut Probe) {
    probe.calls("a", "echo").await;
    for query in [
        "name=x&format=oops",
        "name=x&format=wav&maxDurationSeconds=-1",
        "name=x&format=wav&maxSilenceSeconds=-1",
        "name=x&format=wav&ifExists=oops",
        "name=x&format=wav&terminateOn=oops",
    ] {
        probe.ask("POST", &format!("/channels/a1/record?{query}")).await;
    }
    probe.ask("POST", "/channels/a1/record?name=r&format=wav").await;
    probe.hears("RecordingStarted", "r").await;
    probe.ask("POST", "/bridges/x").await;
    probe.ask("POST", "/bridges/x/addChannel?channel=a1").await;
    probe.ask("DELETE", "/bridges/x").await;
    for (method, verb, state) in [
        ("POST", "pause", "paused"),
        ("DELETE", "pause", "recording"),
        ("POST", "mute", "recording"),
        ("DELETE", "mute", "recording"),
    ] {
        probe.ask(method, &format!("/recordings/live/r/{verb}")).await;
        probe
            .until("/recordings/live/r", |_, answer| answer["state"] == state)
            .await;
    }
    probe.ask("POST", "/channels/a1/record?name=r&format=wav").await;
    probe.ask("POST", "/recordings/live/r/stop").await;
    probe.hears("RecordingFinished", "r").await;
    probe.ask("GET", "/recordings/live/r").await;
    probe.shows("/recordings/stored/r", &["name", "format"]).await;
    probe.ask("GET", "/recordings/stored/r/file").await;
    for path in [
        "/recordings/stored/r/copy?destinationRecordingName=s",
        "/recordings/stored/r/copy?destinationRecordingName=s",
        "/recordings/stored/r/copy",
        "/channels/a1/record?name=r&format=wav",
    ] {
        probe.ask("POST", path).await;
    }
    probe.ask("POST", "/channels/a1/record?name=t&format=wav").await;
    probe.hears("RecordingStarted", "t").await;
    probe.ask("DELETE", "/recordings/live/t").await;
    probe.hears("RecordingFinished", "t").await;
    probe.ask("GET", "/recordings/stored/t").await;
    probe
        .ask("POST", "/channels/a1/record?name=u&format=wav&terminateOn=any")
        .await;
    probe.hears("RecordingStarted", "u").await;
    probe.ask("POST", "/channels/a1/dtmf?dtmf=5").await;
    probe.hears("RecordingFinished", "u").await;
    probe.ask("POST", "/channels/a1/record?name=v&format=wav").await;
    probe.hears("RecordingStarted", "v").await;
    probe.ends("a").await;
    probe.hears("RecordingFinished", "v").await;
    for name in ["r", "s", "u", "v"] {
        probe.ask("DELETE", &format!("/recordings/stored/{name}")).await;
    }
    let left = probe.ask("GET", "/recordings/stored").await;
    probe.note(format!("left: {}", left.as_array().map_or(0, Vec::<Value>::len)));
}
