//! Media legs over `chan_websocket`.

use evatel_tests::conformance::{Listener, Probe};
use serde_json::Value;

const LEG: &str = "external_host=INCOMING&encapsulation=none&transport=websocket&connection_type=server";

/// Makes the leg `m`, connects to it, and waits until it is in the application.
async fn connected(options: &str, probe: &mut Probe) -> Listener {
    let made = probe
        .ask(
            "POST",
            &format!("/channels/externalMedia?channelId=m&app=lab&{LEG}&{options}"),
        )
        .await;
    let variables = &made["channelvars"];
    probe.note(format!(
        "frames of {}",
        variables["MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE"]
    ));
    probe.shows("/channels/m", &["state"]).await;
    let connection = variables["MEDIA_WEBSOCKET_CONNECTION_ID"]
        .as_str()
        .unwrap_or_default();
    let path = format!("/media/{connection}");
    for path in ["/media/oops", &path] {
        let refused = probe.open(path, Some("media")).await;
        if let Ok(media) = refused {
            probe.hears("StasisStart", "m").await;
            let second = probe.open(path, Some("media")).await.err();
            probe.note(format!("a second connection: {second:?}"));
            return media;
        }
        probe.note(format!("an unknown connection: {:?}", refused.err()));
    }
    panic!("no connection");
}

fn named(name: &'static str) -> impl Fn(&Value) -> bool {
    move |event| event["event"] == name
}

fn is_sound(event: &Value) -> bool {
    event["bytes"].is_array()
}

pub(crate) async fn a_media_leg_hears_its_echo_and_obeys(probe: &mut Probe) {
    let mut media = connected("format=slin&transport_data=f(json)", probe).await;
    let start = media.hears("MEDIA_START", named("MEDIA_START")).await;
    for field in ["channel_id", "format", "optimal_frame_size", "ptime"] {
        probe.note(format!("    {field}: {}", start[field]));
    }
    media.send(r#"{"command":"GET_STATUS"}"#.into()).await;
    let status = media.hears("STATUS", named("STATUS")).await;
    for field in [
        "channel_id",
        "queue_length",
        "xon_level",
        "xoff_level",
        "queue_full",
        "bulk_media",
        "media_paused",
    ] {
        probe.note(format!("    {field}: {}", status[field]));
    }
    for (command, answer) in [
        (
            r#"{"command":"MARK_MEDIA","correlation_id":"k"}"#,
            "MEDIA_MARK_PROCESSED",
        ),
        ("{oops", "ERROR"),
    ] {
        media.send(command.into()).await;
        let told = media.hears(answer, named(answer)).await;
        probe.note(format!(
            "{command} → {answer} {} {}",
            told["correlation_id"], told["error_text"]
        ));
    }
    media.send(r#"{"command":"REPORT_QUEUE_DRAINED"}"#.into()).await;
    media.send_bytes(vec![0; 3200]).await;
    media.hears("QUEUE_DRAINED", named("QUEUE_DRAINED")).await;
    media.send(r#"{"command":"START_MEDIA_BUFFERING"}"#.into()).await;
    media.send_bytes(vec![0; 1000]).await;
    media
        .send(r#"{"command":"STOP_MEDIA_BUFFERING","correlation_id":"b"}"#.into())
        .await;
    let told = media
        .hears("the buffering's end", named("MEDIA_BUFFERING_COMPLETED"))
        .await;
    probe.note(format!("buffered {}", told["correlation_id"]));
    // Too much is held back, and let go on when it is flushed.
    for _ in 0..95 {
        media.send_bytes(vec![1; 3200]).await;
    }
    media.hears("MEDIA_XOFF", named("MEDIA_XOFF")).await;
    media.send(r#"{"command":"FLUSH_MEDIA"}"#.into()).await;
    media.hears("MEDIA_XON", named("MEDIA_XON")).await;

    probe.calls("e", "echo").await;
    probe.ask("POST", "/bridges/x").await;
    probe.ask("POST", "/bridges/x/addChannel?channel=m").await;
    probe.ask("POST", "/bridges/x/addChannel?channel=e1").await;
    probe.hears("ChannelEnteredBridge", "e1").await;
    // The first may be lost while the bridge settles: it is said until it is heard.
    let mut clock = tokio::time::interval(std::time::Duration::from_millis(20));
    while !media.all().iter().any(is_sound) {
        clock.tick().await;
        media.send_bytes(vec![1; 320]).await;
    }
    let sound = media.hears("the echo", is_sound).await;
    probe.note(format!(
        "an echo in frames of {}",
        sound["bytes"].as_array().map_or(0, Vec::len)
    ));
    probe.ask("POST", "/channels/e1/dtmf?dtmf=5").await;
    let told = media.hears("the digit", named("DTMF_END")).await;
    probe.note(format!("digit {}", told["digit"]));
    media.send(r#"{"command":"HANGUP"}"#.into()).await;
    probe.hears("ChannelDestroyed", "m").await;
    media.closed().await;
    probe.ends("e").await;
    probe.ask("DELETE", "/bridges/x").await;
    probe.hears("BridgeDestroyed", "x").await;
}

pub(crate) async fn media_legs_are_refused_with_reason(probe: &mut Probe) {
    for query in [
        "external_host=INCOMING&transport=websocket&connection_type=server&format=slin&app=lab",
        "external_host=127.0.0.1:5&format=&app=lab",
        "external_host=&format=slin&app=lab",
        "format=slin&app=lab",
        "external_host=127.0.0.1:5&app=lab",
        "external_host=oops&format=slin&app=lab",
        "external_host=127.0.0.1:5&format=oops&app=lab",
        "external_host=127.0.0.1:5&format=slin&encapsulation=audiosocket&transport=tcp&app=lab",
        "external_host=127.0.0.1:5&format=ulaw&direction=oops&app=lab",
        "external_host=127.0.0.1:5&format=ulaw",
        "external_host=127.0.0.1:1&format=slin&encapsulation=audiosocket&transport=tcp&data=40325ec2-5efd-4bd3-805f-53576e581d13&app=lab",
    ] {
        probe
            .ask("POST", &format!("/channels/externalMedia?channelId=m&{query}"))
            .await;
    }
    probe
        .ask(
            "POST",
            "/channels/externalMedia?channelId=m&external_host=127.0.0.1:9&format=ulaw&app=lab",
        )
        .await;
    probe.hears("StasisStart", "m").await;
    probe.ask("DELETE", "/channels/m").await;
    probe.hears("ChannelDestroyed", "m").await;
}

pub(crate) async fn a_media_leg_whose_client_goes_ends(probe: &mut Probe) {
    let mut media = connected("format=slin16", probe).await;
    let is_start = |event: &Value| event.as_str().is_some_and(|text| text.starts_with("MEDIA_START"));
    let start = media.hears("MEDIA_START", is_start).await;
    let words = start
        .as_str()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|part| part.split_once(':'));
    let kept = ["channel_id", "format", "optimal_frame_size", "ptime"];
    for (name, value) in words.filter(|(name, _)| kept.contains(name)) {
        probe.note(format!("    {name}: {value}"));
    }
    media.send("GET_STATUS".into()).await;
    let is_status = |event: &Value| event.as_str().is_some_and(|text| text.starts_with("STATUS"));
    probe.note(media.hears("STATUS", is_status).await.to_string());
    media.send("MARK_MEDIA k".into()).await;
    let is_mark = |event: &Value| event.as_str().is_some_and(|text| text.starts_with("MEDIA_MARK"));
    probe.note(media.hears("the mark", is_mark).await.to_string());
    media.close().await;
    probe.hears("ChannelDestroyed", "m").await;
}
