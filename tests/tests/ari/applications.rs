//! What an application is told, rows 7 to 18.

use evatel_ari::{
    ChannelId, Error, EventKind, EventName,
    model::{DeviceStatus, EventType},
    op::{
        self, VariableValue,
        applications::{EventFilter, EventSource},
        channels::{DialplanPlace, Outgoing},
    },
};
use evatel_core::calls::HangupCause;

use super::{
    app::{any, local, of, of_bridge, refused},
    pbx::Pbx,
    socket::Socket,
};

fn device(name: &str) -> EventSource {
    EventSource::DeviceState(name.into())
}

#[tokio::test]
async fn row_07_an_unknown_application_or_source_is_refused_by_its_own_error() {
    let pbx = Pbx::start().await;
    let app = pbx.app("row").await;
    let unknown = [EventSource::Channel("nobody".into())];
    refused!(
        app,
        NotFound,
        op::applications::get("nobody"),
        op::applications::subscribe("nobody", &unknown),
        op::applications::unsubscribe("nobody", &unknown),
        op::applications::filter("nobody", &EventFilter::default()),
    );
    refused!(
        app,
        Unprocessable,
        op::applications::subscribe("row", &unknown),
        op::applications::unsubscribe("row", &unknown),
        op::applications::subscribe("row", &[EventSource::Bridge("nobody".into())]),
    );
    // No source, and one of a scheme that is none: only by hand.
    let path = ["applications", "row", "subscription"];
    let scheme = [("eventSource", "telephone:1")];
    for query in [&[][..], &scheme[..]] {
        let url = pbx.url(&format!("/ari/{}", path.join("/")));
        for method in [reqwest::Method::POST, reqwest::Method::DELETE] {
            let answer = pbx
                .http()
                .request(method, &url)
                .query(query)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 400, "{query:?}");
        }
    }
}

/// Sets three variables on a channel of a filtered application; what of `ChannelVarset` and `ChannelUserevent` came?
async fn filtered(filter: EventFilter) -> [bool; 2] {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let shown = app.send(op::applications::filter("row", &filter)).await;
    let names = |types: &Option<Vec<EventType>>| types.clone().unwrap_or_default();
    assert_eq!(shown.events_allowed, names(&filter.allowed));
    assert_eq!(shown.events_disallowed, names(&filter.disallowed));
    let call = app.call("hold", "one").await;
    app.send(op::channels::set_variable(&call, "COLOUR", "red")).await;
    let source = [EventSource::Channel(call.clone())];
    app.send(op::events::raise(
        "painted",
        "row",
        &source,
        &serde_json::json!({}),
    ))
    .await;
    app.send(op::channels::resume_dialplan(
        &call,
        &DialplanPlace::new("default", "hold"),
    ))
    .await;
    // What happened to the channel before its end has come when its end comes.
    app.event(EventName::StasisEnd, of(&call)).await;
    [EventName::ChannelVarset, EventName::ChannelUserevent].map(|name| app.has(&name))
}

#[tokio::test]
async fn row_08_only_allowed_events_come() {
    let filter = EventFilter::only([
        EventName::StasisStart,
        EventName::StasisEnd,
        EventName::ChannelVarset,
    ]);
    assert_eq!(filtered(filter).await, [true, false]);
}

#[tokio::test]
async fn row_09_disallowed_events_do_not_come_and_all_others_do() {
    let filter = EventFilter::without([EventName::ChannelVarset]);
    assert_eq!(filtered(filter).await, [false, true]);
}

#[tokio::test]
async fn row_10_what_is_allowed_and_disallowed_does_not_come() {
    let mut filter = EventFilter::only([
        EventName::StasisStart,
        EventName::StasisEnd,
        EventName::ChannelVarset,
        EventName::ChannelUserevent,
    ]);
    filter.disallowed = EventFilter::without([EventName::ChannelVarset]).disallowed;
    assert_eq!(filtered(filter).await, [false, true]);
}

#[tokio::test]
async fn row_11_the_wildcards_of_channels_bridges_endpoints_and_devices_bring_those_of_others() {
    let pbx = Pbx::start_with(|files| {
        files.append("pjsip.conf", "[desk]\ntype=endpoint\ncontext=default\n");
    })
    .await;
    let mut watcher = pbx.app("watcher").await;
    let mut other = pbx.app("other").await;
    let all = [
        EventSource::AllBridges,
        EventSource::AllChannels,
        EventSource::AllDeviceStates,
        EventSource::AllEndpoints,
    ];
    let shown = watcher.send(op::applications::subscribe("watcher", &all)).await;
    assert_eq!(
        [
            shown.bridge_ids.len(),
            shown.channel_ids.len(),
            shown.device_names.len(),
            shown.endpoint_ids.len()
        ],
        [1; 4]
    );
    let call = other.call("echo", "theirs").await;
    let bridge = other.bridge("shared", &[&call]).await;
    other
        .send(op::device_states::update("Stasis:door", &DeviceStatus::Busy))
        .await;
    watcher.event(EventName::ChannelCreated, of(&call)).await;
    watcher.event(EventName::BridgeCreated, of_bridge(&bridge)).await;
    watcher.event(EventName::ChannelEnteredBridge, of(&call)).await;
    let door = |event: &evatel_ari::Event| matches!(event.kind(), EventKind::DeviceStateChanged { device_state } if device_state.name == "Stasis:door");
    watcher.event(EventName::DeviceStateChanged, door).await;
    // A user event about an endpoint is an event of the endpoint.
    let desk = EventSource::Endpoint("PJSIP/desk".into());
    other
        .send(op::events::raise(
            "knock",
            "watcher",
            &[desk],
            &serde_json::json!({}),
        ))
        .await;
    watcher.event(EventName::ChannelUserevent, any).await;
    // Asterisk 22.10 takes back only the wildcard of devices; for the others it says 501.
    watcher
        .send(op::applications::unsubscribe(
            "watcher",
            &[EventSource::AllDeviceStates],
        ))
        .await;
    for kept in [
        EventSource::AllBridges,
        EventSource::AllChannels,
        EventSource::AllEndpoints,
    ] {
        let error = watcher
            .refused(op::applications::unsubscribe("watcher", &[kept]))
            .await;
        assert!(
            matches!(error, Error::Unexpected { status: 501, .. }),
            "{error:?}"
        );
    }
    other
        .send(op::device_states::update("Stasis:door", &DeviceStatus::InUse))
        .await;
    other.send(op::bridges::destroy(&bridge)).await;
    watcher
        .event(EventName::BridgeDestroyed, of_bridge(&bridge))
        .await;
    watcher.fence(EventSource::Channel(call)).await;
    watcher.never(EventName::DeviceStateChanged, door);
}

#[tokio::test]
async fn row_12_a_bridges_events_stop_with_the_subscription() {
    let pbx = Pbx::start().await;
    let mut watcher = pbx.app("watcher").await;
    let mut other = pbx.app("other").await;
    let call = other.call("echo", "theirs").await;
    let bridge = other.bridge("shared", &[]).await;
    let source = [EventSource::Bridge(bridge.clone())];
    let shown = watcher
        .send(op::applications::subscribe("watcher", &source))
        .await;
    assert_eq!(shown.bridge_ids, std::slice::from_ref(&bridge));
    other.send(op::bridges::add_channels(&bridge, &[&call])).await;
    watcher
        .event(EventName::ChannelEnteredBridge, of_bridge(&bridge))
        .await;
    let shown = watcher
        .send(op::applications::unsubscribe("watcher", &source))
        .await;
    assert!(shown.bridge_ids.is_empty());
    other.send(op::bridges::remove_channels(&bridge, &[&call])).await;
    other.event(EventName::ChannelLeftBridge, of(&call)).await;
    // Its own channel's end comes after, and nothing of the bridge before it.
    let own = watcher.call("hold", "own").await;
    watcher.fence(EventSource::Channel(own)).await;
    watcher.never(EventName::ChannelLeftBridge, any);
}

#[tokio::test]
async fn row_13_two_subscriptions_to_a_device_are_one_and_end_with_one_call() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let source = [device("Stasis:door")];
    for _ in 0..2 {
        let shown = app.send(op::applications::subscribe("row", &source)).await;
        assert_eq!(shown.device_names, ["Stasis:door".into()]);
    }
    let update = |status| op::device_states::update("Stasis:door", &status);
    app.send(update(DeviceStatus::Busy)).await;
    let event = app.event(EventName::DeviceStateChanged, any).await;
    let EventKind::DeviceStateChanged { device_state } = event.kind() else {
        panic!("{event:?}")
    };
    assert_eq!(
        (device_state.name.as_str(), &device_state.state),
        ("Stasis:door", &DeviceStatus::Busy)
    );
    let shown = app.send(op::applications::unsubscribe("row", &source)).await;
    assert!(shown.device_names.is_empty());
    refused!(app, Unprocessable, op::applications::unsubscribe("row", &source));
    app.send(update(DeviceStatus::InUse)).await;
    let own = app.call("hold", "own").await;
    app.fence(EventSource::Channel(own)).await;
    app.never(EventName::DeviceStateChanged, any);
}

#[tokio::test]
async fn row_14_an_endpoint_of_an_unknown_technology_or_resource_cannot_be_subscribed_to() {
    let pbx = Pbx::start_with(|files| {
        files.append("pjsip.conf", "[desk]\ntype=endpoint\ncontext=default\n");
    })
    .await;
    let app = pbx.app("row").await;
    for unknown in [
        EventSource::Technology("Pigeon".into()),
        EventSource::Endpoint("Pigeon/desk".into()),
        EventSource::Endpoint("PJSIP/nobody".into()),
    ] {
        refused!(app, Unprocessable, op::applications::subscribe("row", &[unknown]));
    }
    for known in [
        EventSource::Technology("PJSIP".into()),
        EventSource::Endpoint("PJSIP/desk".into()),
    ] {
        app.send(op::applications::subscribe("row", &[known])).await;
    }
}

#[tokio::test]
async fn row_15_a_subscribed_channel_is_heard_after_it_went_on_in_the_dialplan() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    let source = [EventSource::Channel(call.clone())];
    app.send(op::applications::subscribe("row", &source)).await;
    app.send(op::channels::resume_dialplan(
        &call,
        &DialplanPlace::new("default", "echo"),
    ))
    .await;
    app.event(EventName::StasisEnd, of(&call)).await;
    app.event(EventName::ChannelDialplan, of(&call)).await;
    app.send(op::channels::hangup(&call, HangupCause::Normal)).await;
    app.event(EventName::ChannelDestroyed, of(&call)).await;
}

#[tokio::test]
async fn row_16_both_halves_of_an_originated_local_channel_are_subscribed_to() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let (near, far) = (ChannelId::from("near"), ChannelId::from("far"));
    let mut outgoing = Outgoing::new(local("hold"), "row");
    outgoing.other_id = Some(far.clone());
    app.send(op::channels::originate(&near, &outgoing)).await;
    app.event(EventName::StasisStart, of(&near)).await;
    let shown = app.send(op::applications::get("row")).await;
    assert!(
        shown.channel_ids.contains(&near) && shown.channel_ids.contains(&far),
        "{shown:?}"
    );
    app.send(op::channels::hangup(&near, HangupCause::Normal)).await;
    app.event(EventName::ChannelDestroyed, of(&near)).await;
    app.event(EventName::ChannelDestroyed, of(&far)).await;
}

#[tokio::test]
async fn row_17_the_dialplan_learns_whether_the_application_took_the_call() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let status = |value: &'static str| move |event: &evatel_ari::Event| matches!(event.kind(), EventKind::ChannelUserevent { userevent, .. } if userevent["Status"] == value);
    // The far half enters `Stasis` by its dialplan; its user event is heard through a subscription to all channels.
    app.send(op::applications::subscribe("row", &[EventSource::AllChannels]))
        .await;
    let (near, far) = (ChannelId::from("near"), ChannelId::from("far"));
    let mut outgoing = Outgoing::new(local("torow"), "row");
    outgoing.other_id = Some(far.clone());
    app.send(op::channels::originate(&near, &outgoing)).await;
    app.event(EventName::StasisStart, of(&far)).await;
    let next = DialplanPlace::default();
    app.send(op::channels::resume_dialplan(&far, &next)).await;
    app.event(EventName::ChannelUserevent, status("SUCCESS")).await;

    // An application that never was, and one whose program has gone.
    app.call("tonowhere", "two").await;
    app.event(EventName::ChannelUserevent, status("FAILED")).await;
    drop(pbx.app("gone").await);
    app.until_gone(|| op::applications::get("gone")).await;
    app.call("togone", "three").await;
    app.event(EventName::ChannelUserevent, status("FAILED")).await;
}

#[tokio::test]
async fn row_18_a_socket_that_subscribes_to_all_hears_of_other_applications() {
    let pbx = Pbx::start().await;
    let mut all = Socket::events(&pbx, "app=watcher&subscribeAll=true").await;
    let mut other = pbx.app("other").await;
    let mut outgoing = Outgoing::new(local("hold"), "other");
    outgoing
        .variables
        .insert("COLOUR".into(), VariableValue::from("red"));
    let call = ChannelId::from("theirs");
    other.send(op::channels::originate(&call, &outgoing)).await;
    other.event(EventName::StasisStart, of(&call)).await;
    all.event(&EventName::ChannelCreated, of(&call)).await;
    all.event(&EventName::ChannelVarset, of(&call)).await;
    other.send(op::bridges::create(&"shared".into(), "")).await;
    let created = all.event(&EventName::BridgeCreated, any).await;
    assert_eq!(created.header().application, "watcher");
}
