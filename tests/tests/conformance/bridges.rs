//! Bridges and who is in them.

use evatel_tests::conformance::Probe;

pub(crate) async fn requests_on_bridges_are_refused_with_reason(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    for (method, path) in [
        ("POST", "/bridges/b?type=mixing,dtmf_events&name=one"),
        ("POST", "/bridges/b?type=mixing,dtmf_events&name=one"),
        ("POST", "/bridges/b?type=holding"),
        ("POST", "/bridges?bridgeId=b"),
        ("POST", "/bridges/c?type=oops"),
        ("POST", "/bridges/b/addChannel"),
        ("POST", "/bridges/b/addChannel?channel=nobody"),
        ("POST", "/bridges/b/addChannel?channel=a2"),
        ("POST", "/bridges/nothing/addChannel?channel=a1"),
        ("POST", "/bridges/b/removeChannel"),
        ("POST", "/bridges/b/removeChannel?channel=nobody"),
        ("POST", "/bridges/b/removeChannel?channel=a1"),
        ("POST", "/bridges/nothing/removeChannel?channel=a1"),
        ("GET", "/bridges/nothing"),
        ("DELETE", "/bridges/nothing"),
        ("POST", "/bridges/nothing/moh"),
        ("DELETE", "/bridges/b/moh"),
        ("POST", "/bridges/nothing/play?media=sound:beep"),
        ("POST", "/bridges/nothing/record?name=x&format=wav"),
        ("POST", "/bridges/b/videoSource/nobody"),
        ("DELETE", "/bridges/b/videoSource"),
        ("PUT", "/bridges/b"),
        ("GET", "/bridges/b/variable?variable=X"),
    ] {
        probe.ask(method, path).await;
    }
    probe
        .shows(
            "/bridges/b",
            &["technology", "bridge_type", "creator", "name", "channels"],
        )
        .await;
    probe.ask("DELETE", "/bridges/b").await;
    probe.ends("a").await;
}

pub(crate) async fn channels_come_and_go(probe: &mut Probe) {
    for id in ["a", "b", "c"] {
        probe.calls(id, "answer").await;
    }
    probe.ask("POST", "/bridges/x").await;
    for id in ["a1", "b1", "c1"] {
        probe
            .ask("POST", &format!("/bridges/x/addChannel?channel={id}"))
            .await;
        probe.hears("ChannelEnteredBridge", id).await;
    }
    probe.shows("/applications/lab", &["bridge_ids"]).await;
    probe.ask("POST", "/bridges/x/removeChannel?channel=b1").await;
    probe.hears("ChannelLeftBridge", "b1").await;
    probe
        .ask(
            "POST",
            "/channels/c1/continue?context=lab&extension=answer&priority=1",
        )
        .await;
    probe.hears("ChannelLeftBridge", "c1").await;
    probe.ends("a").await;
    probe.hears("ChannelLeftBridge", "a1").await;
    probe.shows("/bridges/x", &["channels", "technology"]).await;
    probe.ask("DELETE", "/bridges/x").await;
    probe.hears("BridgeDestroyed", "x").await;
    probe.ends("b").await;
    probe.ends("c").await;
}

pub(crate) async fn a_channel_moves_from_one_bridge_to_another(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe.ask("POST", "/bridges/x").await;
    probe.ask("POST", "/bridges/y?type=holding").await;
    for bridge in ["x", "y", "y"] {
        probe
            .ask("POST", &format!("/bridges/{bridge}/addChannel?channel=a1"))
            .await;
    }
    probe.hears("ChannelEnteredBridge", "y").await;
    // The application hears only of bridges that its channels are in: of the end of neither.
    probe.ask("DELETE", "/bridges/x").await;
    probe.ask("POST", "/bridges/y/removeChannel?channel=a1").await;
    probe.hears("ChannelLeftBridge", "y").await;
    probe.ask("DELETE", "/bridges/y").await;
    probe.ends("a").await;
}

pub(crate) async fn a_bridge_is_deleted_around_its_channels(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe.ask("POST", "/bridges/x").await;
    probe.ask("POST", "/bridges/x/addChannel?channel=a1").await;
    probe.ask("DELETE", "/bridges/x").await;
    probe.hears("ChannelLeftBridge", "a1").await;
    probe.shows("/channels/a1", &["state"]).await;
    probe
        .shows("/applications/lab", &["bridge_ids", "channel_ids"])
        .await;
    probe.ends("a").await;
}

pub(crate) async fn sound_and_music_in_a_bridge(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe.ask("POST", "/bridges/x").await;
    probe.ask("POST", "/bridges/x/addChannel?channel=a1").await;
    probe.ask("POST", "/bridges/x/play/p?media=sound:silence/1").await;
    probe.hears("PlaybackFinished", "p").await;
    probe.ask("POST", "/bridges/x/record?name=r&format=wav").await;
    probe.hears("RecordingStarted", "r").await;
    probe.ask("POST", "/bridges/x/record?name=r&format=wav").await;
    probe.ask("POST", "/recordings/live/r/stop").await;
    probe.hears("RecordingFinished", "r").await;
    probe.ask("DELETE", "/recordings/stored/r").await;
    probe.ask("POST", "/bridges/x/moh").await;
    probe.ask("DELETE", "/bridges/x/moh").await;
    probe.ask("DELETE", "/bridges/x/moh").await;
    probe
        .ask("POST", "/applications/lab/subscription?eventSource=bridge:x")
        .await;
    probe.ask("DELETE", "/bridges/x").await;
    probe.hears("BridgeDestroyed", "x").await;
    probe.ends("a").await;
}
