//! How channels are made, dialled, moved and ended.

use evatel_tests::conformance::Probe;

pub(crate) async fn a_call_into_the_dialplan_is_answered_and_hung_up(probe: &mut Probe) {
    let path = "/channels/a1?endpoint=Local/answer@lab&app=lab&appArgs=x,y&otherChannelId=a2&callerId=Bob%20%3C123%3E";
    let made = probe.ask("POST", path).await;
    probe.note(format!(
        "made: {} {} {}",
        made["id"], made["state"], made["caller"]
    ));
    probe.hears("StasisStart", "a1").await;
    probe
        .shows("/channels/a1", &["state", "caller", "language", "accountcode"])
        .await;
    probe.shows("/applications/lab", &["channel_ids"]).await;
    probe.ask("POST", "/channels/a1/answer").await;
    probe.ask("GET", "/channels/a1/rtp_statistics").await;
    probe.ask("POST", "/channels/a1/oops").await;
    probe.ask("PUT", "/channels/a1").await;
    probe.ask("PUT", "/channels/a1/answer").await;
    probe.ends("a").await;
    probe.ask("DELETE", "/channels/a1").await;
    probe.ask("GET", "/channels/a1").await;
    probe.ask("POST", "/channels/a1/answer").await;
}

pub(crate) async fn a_busy_far_end_is_told_with_its_cause(probe: &mut Probe) {
    probe
        .ask(
            "POST",
            "/channels/a1?endpoint=Local/busy@lab&app=lab&otherChannelId=a2",
        )
        .await;
    probe.hears("ChannelDestroyed", "a1").await;
    probe.hears("ChannelDestroyed", "a2").await;
}

pub(crate) async fn a_far_end_that_hangs_up_ends_the_call(probe: &mut Probe) {
    probe
        .ask(
            "POST",
            "/channels/a1?endpoint=Local/hangup@lab&app=lab&otherChannelId=a2",
        )
        .await;
    probe.hears("ChannelDestroyed", "a1").await;
    probe.hears("ChannelDestroyed", "a2").await;
}

pub(crate) async fn an_extension_that_is_not_there_dies_without_a_word(probe: &mut Probe) {
    probe
        .ask(
            "POST",
            "/channels/a1?endpoint=Local/nobody@lab&app=lab&otherChannelId=a2",
        )
        .await;
    probe.hears("ChannelDestroyed", "a1").await;
    probe.hears("ChannelDestroyed", "a2").await;
}

pub(crate) async fn a_far_end_that_never_answers_is_given_up(probe: &mut Probe) {
    probe
        .ask(
            "POST",
            "/channels/a1?endpoint=Local/ring@lab&app=lab&otherChannelId=a2&timeout=1",
        )
        .await;
    probe.hears("ChannelDestroyed", "a1").await;
    probe.hears("ChannelDestroyed", "a2").await;
}

pub(crate) async fn a_call_that_rings_is_taken_back(probe: &mut Probe) {
    probe
        .ask(
            "POST",
            "/channels/a1?endpoint=Local/ring@lab&app=lab&otherChannelId=a2",
        )
        .await;
    let events = probe.events();
    events
        .hears("the ringing", |event| event["dialstatus"] == "RINGING")
        .await;
    probe.ask("DELETE", "/channels/a1").await;
    probe.hears("ChannelDestroyed", "a1").await;
    probe.hears("ChannelDestroyed", "a2").await;
}

pub(crate) async fn requests_that_make_channels_are_refused_with_reason(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    let long = "x".repeat(200);
    for path in [
        "/channels/b1?app=lab",
        "/channels/b1?endpoint=Local/answer@lab",
        "/channels/b1?endpoint=oops&app=lab",
        "/channels/b1?endpoint=Oops/x&app=lab",
        "/channels/create?endpoint=Oops/x&app=lab&channelId=b1",
        "/channels/b1?endpoint=Local/answer@lab&app=lab&originator=nobody",
        "/channels/a1?endpoint=Local/answer@lab&app=lab",
        "/channels?endpoint=Local/answer@lab&app=lab&channelId=a1",
        "/channels/create?endpoint=Local/answer@lab&app=lab&channelId=a1",
        "/channels/create?app=lab&channelId=b1",
        &format!("/channels/{long}?endpoint=Local/answer@lab&app=lab"),
    ] {
        probe.ask("POST", path).await;
    }
    probe.ends("a").await;
}

pub(crate) async fn hang_ups_take_a_reason_or_a_number(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe.ask("DELETE", "/channels/a1?reason=oops").await;
    probe
        .ask("DELETE", "/channels/a1?reason=busy&reason_code=17")
        .await;
    probe.ask("DELETE", "/channels/a1?reason_code=17").await;
    for reason in [
        "busy",
        "congestion",
        "no_answer",
        "rejected",
        "answered_elsewhere",
    ] {
        probe.hears("ChannelDestroyed", "a1").await;
        let id = reason.replace('_', "-");
        probe.calls(&id, "answer").await;
        probe
            .ask("DELETE", &format!("/channels/{id}1?reason={reason}"))
            .await;
        probe.hears("ChannelDestroyed", &format!("{id}1")).await;
        probe.hears("ChannelDestroyed", &format!("{id}2")).await;
    }
}

pub(crate) async fn a_created_channel_can_do_nothing_before_it_is_dialled(probe: &mut Probe) {
    probe
        .ask(
            "POST",
            "/channels/create?endpoint=Local/ring@lab&app=lab&appArgs=z&channelId=a1&otherChannelId=a2",
        )
        .await;
    probe.hears("StasisStart", "a1").await;
    for (method, verb) in [
        ("POST", "answer"),
        ("POST", "ring"),
        ("DELETE", "ring"),
        ("POST", "progress"),
        ("POST", "dtmf?dtmf=1"),
        ("POST", "mute"),
        ("DELETE", "mute"),
        ("POST", "hold"),
        ("DELETE", "hold"),
        ("POST", "moh"),
        ("DELETE", "moh"),
        ("POST", "silence"),
        ("DELETE", "silence"),
        ("POST", "play?media=sound:beep"),
        ("POST", "continue"),
        ("POST", "redirect?endpoint=Local/x"),
        ("GET", "rtp_statistics"),
    ] {
        probe.ask(method, &format!("/channels/a1/{verb}")).await;
    }
    probe.ask("DELETE", "/channels/a1").await;
    probe.hears("ChannelDestroyed", "a1").await;
}

pub(crate) async fn a_created_channel_is_bridged_and_dialled(probe: &mut Probe) {
    probe
        .ask(
            "POST",
            "/channels/create?endpoint=Local/answer@lab&app=lab&channelId=a1&otherChannelId=a2",
        )
        .await;
    probe.hears("StasisStart", "a1").await;
    probe.ask("POST", "/bridges/x").await;
    probe.ask("POST", "/bridges/x/addChannel?channel=a1").await;
    probe.ask("POST", "/channels/a1/dial").await;
    let events = probe.events();
    events
        .hears("the answer", |event| event["dialstatus"] == "ANSWER")
        .await;
    probe.ask("POST", "/channels/a1/dial").await;
    probe.ask("DELETE", "/channels/a1").await;
    probe.hears("ChannelDestroyed", "a1").await;
    probe.ask("DELETE", "/bridges/x").await;
    probe.hears("BridgeDestroyed", "x").await;
}

pub(crate) async fn a_dialled_channel_that_rings_out_ends(probe: &mut Probe) {
    probe
        .ask(
            "POST",
            "/channels/create?endpoint=Local/ring@lab&app=lab&channelId=a1&otherChannelId=a2",
        )
        .await;
    probe.hears("StasisStart", "a1").await;
    probe.ask("POST", "/channels/a1/dial?timeout=1").await;
    let events = probe.events();
    events
        .hears("the ringing", |event| event["dialstatus"] == "RINGING")
        .await;
    probe.ask("POST", "/channels/a1/answer").await;
    probe.hears("ChannelDestroyed", "a1").await;
}

pub(crate) async fn a_call_that_comes_in_rings_is_answered_and_refused(probe: &mut Probe) {
    let path =
        "/channels/a1?endpoint=Local/stasis@lab/n&extension=answer&context=lab&priority=1&otherChannelId=a2";
    probe.ask("POST", path).await;
    probe.hears("StasisStart", "a2").await;
    probe
        .ask("POST", "/applications/lab/subscription?eventSource=channel:a1")
        .await;
    probe
        .ask("POST", "/applications/lab/subscription?eventSource=channel:a2")
        .await;
    for verb in ["ring", "progress", "answer"] {
        probe.ask("POST", &format!("/channels/a2/{verb}")).await;
    }
    let events = probe.events();
    let is_up =
        |event: &serde_json::Value| event["channel"]["id"] == "a1" && event["channel"]["state"] == "Up";
    events.hears("the far end's answer", is_up).await;
    probe.ask("DELETE", "/channels/a2?reason=busy").await;
    probe.hears("ChannelDestroyed", "a1").await;
    probe.hears("ChannelDestroyed", "a2").await;
}

pub(crate) async fn a_channel_is_moved_and_continued(probe: &mut Probe) {
    probe.calls("a", "answer").await;
    probe.ask("POST", "/channels/a1/move?app=nobody&appArgs=x").await;
    probe.hears("ApplicationMoveFailed", "a1").await;
    probe.ask("POST", "/channels/a1/move?app=lab&appArgs=again").await;
    let events = probe.events();
    events
        .hears("the second start", |event| event["args"][0] == "again")
        .await;
    probe
        .ask(
            "POST",
            "/channels/a1/continue?context=lab&extension=stasis&priority=1",
        )
        .await;
    let events = probe.events();
    events
        .hears("the third start", |event| event["args"][0] == "in")
        .await;
    probe.ask("POST", "/channels/a1/continue").await;
    probe
        .until("/asterisk/variable?variable=FELL", |_, answer| {
            answer["value"] == "SUCCESS"
        })
        .await;
    for (method, verb) in [
        ("POST", "answer"),
        ("POST", "continue"),
        ("POST", "play?media=sound:beep"),
        ("POST", "move?app=lab"),
    ] {
        probe.ask(method, &format!("/channels/a1/{verb}")).await;
    }
    probe.shows("/channels/a1", &["state"]).await;
    probe.ends("a").await;
}

pub(crate) async fn a_snoop_ends_with_whom_it_hears(probe: &mut Probe) {
    probe.calls("a", "echo").await;
    for path in [
        "/channels/a1/snoop/s?spy=both&app=lab&appArgs=x",
        "/channels/a1/snoop/s?spy=both&app=lab",
        "/channels/a1/snoop/t?spy=oops&app=lab",
        "/channels/a1/snoop/t?app=lab",
        "/channels/a1/snoop/t?spy=in",
        "/channels/nobody/snoop/t?spy=in&app=lab",
        "/channels/a1/snoop?spy=in&app=lab&snoopId=u",
    ] {
        probe.ask("POST", path).await;
    }
    probe.hears("StasisStart", "s").await;
    probe.hears("StasisStart", "u").await;
    probe.ask("DELETE", "/channels/u").await;
    probe.hears("StasisEnd", "u").await;
    probe.ends("a").await;
    probe.hears("StasisEnd", "s").await;
    probe.until("/channels/s", |status, _| status == 404).await;
}

pub(crate) async fn a_redirect_must_fit(probe: &mut Probe) {
    probe.calls("a", "echo").await;
    for query in ["", "?endpoint=PJSIP/x", "?endpoint=Local/", "?endpoint=oops"] {
        probe.ask("POST", &format!("/channels/a1/redirect{query}")).await;
    }
    probe
        .ask("POST", "/channels/nobody/redirect?endpoint=Local/x")
        .await;
    probe.ask("POST", "/channels/a1/dtmf").await;
    probe.ask("POST", "/channels/a1/dtmf?dtmf=12").await;
    let events = probe.events();
    let is_echo = |event: &serde_json::Value| event["digit"] == "2" && event["channel"]["id"] == "a1";
    events.hears("the echo of the second digit", is_echo).await;
    probe.ends("a").await;
}
