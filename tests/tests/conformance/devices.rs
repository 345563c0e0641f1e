//! Device states, and everything that can only be asked for.

use evatel_tests::conformance::Probe;

pub(crate) async fn a_device_state_is_set_told_and_deleted(probe: &mut Probe) {
    let name = "Stasis:one";
    probe
        .ask(
            "POST",
            &format!("/applications/lab/subscription?eventSource=deviceState:{name}"),
        )
        .await;
    probe.shows("/applications/lab", &["device_names"]).await;
    probe.shows(&format!("/deviceStates/{name}"), &["state"]).await;
    for state in ["INUSE", "RINGING"] {
        probe
            .ask("PUT", &format!("/deviceStates/{name}?deviceState={state}"))
            .await;
        let events = probe.events();
        events
            .hears("the state", |event| event["device_state"]["state"] == state)
            .await;
    }
    probe
        .ask("PUT", &format!("/deviceStates/{name}?deviceState=OOPS"))
        .await;
    probe.ask("PUT", "/deviceStates/oops?deviceState=INUSE").await;
    probe.ask("DELETE", "/deviceStates/oops").await;
    probe.shows("/deviceStates/oops", &["state"]).await;
    let listed = probe.ask("GET", "/deviceStates").await;
    probe.note(format!("{listed}"));
    // Twice, and the second is the one that must be told: subscribed twice, taken back once.
    for method in ["POST", "POST", "DELETE", "DELETE", "DELETE"] {
        probe
            .ask(
                method,
                &format!("/applications/lab/subscription?eventSource=deviceState:{name}"),
            )
            .await;
    }
    probe.ask("DELETE", &format!("/deviceStates/{name}")).await;
    probe.ask("DELETE", &format!("/deviceStates/{name}")).await;
}

pub(crate) async fn what_is_not_there_is_said(probe: &mut Probe) {
    for (method, path) in [
        ("GET", "/endpoints"),
        ("GET", "/endpoints/Oops"),
        ("GET", "/endpoints/PJSIP/x"),
        ("PUT", "/endpoints/PJSIP/x/sendMessage?from=sip:me"),
        ("GET", "/asterisk/modules/oops"),
        ("POST", "/asterisk/modules/oops"),
        ("POST", "/asterisk/modules/res_ari.so"),
        ("DELETE", "/asterisk/modules/oops"),
        ("PUT", "/asterisk/modules/oops"),
        ("DELETE", "/asterisk/logging/oops"),
        ("PUT", "/asterisk/logging/oops/rotate"),
        ("GET", "/asterisk/config/dynamic/a/b/c"),
        ("DELETE", "/asterisk/config/dynamic/a/b/c"),
        ("GET", "/sounds/oops"),
        ("GET", "/playbacks/oops"),
        ("DELETE", "/playbacks/oops"),
        ("POST", "/playbacks/oops/control?operation=pause"),
        ("GET", "/recordings/stored/oops"),
        ("DELETE", "/recordings/stored/oops"),
        ("GET", "/recordings/stored/oops/file"),
        ("POST", "/recordings/stored/oops/copy?destinationRecordingName=x"),
        ("GET", "/recordings/live/oops"),
        ("DELETE", "/recordings/live/oops"),
        ("POST", "/recordings/live/oops/stop"),
        ("POST", "/recordings/live/oops/pause"),
        ("POST", "/channels/oops/continue"),
        ("POST", "/channels/oops/move?app=lab"),
        ("POST", "/channels/oops/play?media=sound:beep"),
        ("POST", "/events"),
    ] {
        probe.ask(method, path).await;
    }
    probe.shows("/asterisk/ping", &["ping"]).await;
    let info = probe.ask("GET", "/asterisk/info?only=system,oops").await;
    let parts: Vec<_> = info
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    probe.note(parts.join(" "));
}
