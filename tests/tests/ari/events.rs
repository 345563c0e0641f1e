//! Events that programs raise, what events show of a channel, and calls that are offered to many, rows 19, 20 and 66.

use evatel_ari::{
    ChannelId, Event, EventKind, EventName,
    op::{
        self,
        applications::EventSource,
        channels::{DialplanPlace, Outgoing},
    },
};
use serde_json::json;

use super::{
    app::{any, local, of, refused},
    pbx::{Pbx, SOON},
};

#[tokio::test]
async fn row_19_a_user_event_tells_of_its_channel_bridge_and_endpoint_or_is_refused() {
    let pbx = Pbx::start_with(|files| {
        files.append("pjsip.conf", "[desk]\ntype=endpoint\ncontext=default\n");
    })
    .await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    let room = app.bridge("room", &[]).await;
    let raise = |sources: &[EventSource]| {
        op::events::raise("knock", "row", sources, &json!({ "colour": "red", "n": 1 }))
    };
    let sources = [
        EventSource::from(&call),
        EventSource::from(&room),
        EventSource::Endpoint("PJSIP/desk".into()),
    ];
    app.send(raise(&sources)).await;
    let event = app.event(EventName::ChannelUserevent, any).await;
    let EventKind::ChannelUserevent {
        eventname,
        channel: Some(channel),
        bridge: Some(bridge),
        endpoint: Some(endpoint),
        userevent,
    } = event.kind()
    else {
        panic!("{}", event.raw())
    };
    assert_eq!(
        (eventname.as_str(), &channel.id, &bridge.id),
        ("knock", &call, &room)
    );
    assert_eq!(endpoint.resource, "desk");
    assert_eq!(
        (&userevent["colour"], &userevent["n"]),
        (&json!("red"), &json!(1))
    );

    app.send(raise(&[])).await;
    app.event(EventName::ChannelUserevent, |event| {
        matches!(event.kind(), EventKind::ChannelUserevent { channel: None, .. })
    })
    .await;
    refused!(
        app,
        NotFound,
        op::events::raise("knock", "nobody", &[], &json!({}))
    );
    refused!(
        app,
        Unprocessable,
        raise(&[EventSource::Channel("nobody".into())]),
        raise(&[EventSource::Bridge("nowhere".into())]),
        raise(&[EventSource::Endpoint("PJSIP/nobody".into())]),
    );
    refused!(
        app,
        BadRequest,
        raise(&[EventSource::DeviceState("Stasis:door".into())])
    );
}

#[tokio::test]
async fn row_20_the_variables_of_channelvars_are_shown_in_each_event_of_a_channel() {
    let pbx = Pbx::start_with(|files| {
        files.replace(
            "ari.conf",
            "enabled=yes\n",
            "enabled=yes\nchannelvars=COLOUR,SIZE\n",
        );
    })
    .await;
    let mut app = pbx.app("row").await;
    let call = ChannelId::from("one");
    let mut outgoing = Outgoing::new(local("echo"), "row");
    for (name, value) in [("COLOUR", "red"), ("SIZE", "XL"), ("SECRET", "x")] {
        outgoing.variables.insert(name.into(), value.into());
    }
    app.send(op::channels::originate(&call, &outgoing)).await;
    let start = app.event(EventName::StasisStart, of(&call)).await;
    let room = op::bridges::create(&"room".into(), "");
    app.send(room).await;
    app.send(op::bridges::add_channels(&"room".into(), &[&call]))
        .await;
    app.send(op::bridges::remove_channels(&"room".into(), &[&call]))
        .await;
    app.send(op::channels::resume_dialplan(
        &call,
        &DialplanPlace::new("default", "hold"),
    ))
    .await;
    let mut events = vec![start];
    for name in [
        EventName::ChannelEnteredBridge,
        EventName::ChannelLeftBridge,
        EventName::StasisEnd,
    ] {
        events.push(app.event(name, of(&call)).await);
    }
    for event in events {
        let (EventKind::StasisStart { channel, .. }
        | EventKind::ChannelEnteredBridge {
            channel: Some(channel),
            ..
        }
        | EventKind::ChannelLeftBridge { channel, .. }
        | EventKind::StasisEnd { channel }) = event.kind()
        else {
            panic!("{}", event.raw())
        };
        assert_eq!(
            (
                channel.variable("COLOUR"),
                channel.variable("SIZE"),
                channel.variable("SECRET")
            ),
            (Some("red"), Some("XL"), None),
            "{event}"
        );
    }
}

/// Extensions that offer a call: to all for a long time, to some, and for a moment.
const OFFERS: &str = "\
exten => offer,1,Answer()
 same => n,StasisBroadcast(60000,,sales:priority-high,yes)
 same => n,UserEvent(Left,Status: ${STASISSTATUS})
exten => offer-some,1,Answer()
 same => n,StasisBroadcast(60000,^win.*)
 same => n,UserEvent(Left,Status: ${STASISSTATUS})
exten => offer-shortly,1,Answer()
 same => n,StasisBroadcast(100)
 same => n,UserEvent(Left,Status: ${STASISSTATUS})
";

fn offered(event: &Event) -> ChannelId {
    match event.kind() {
        EventKind::CallBroadcast { channel, .. } => channel.id.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn row_66_the_first_to_claim_an_offered_call_gets_it_and_the_second_is_told_that_it_has_gone() {
    let pbx = Pbx::start_with(|files| files.append("extensions.conf", OFFERS)).await;
    let (mut caller, mut winner, mut loser) = (
        pbx.app("caller").await,
        pbx.app("winner").await,
        pbx.app("loser").await,
    );
    caller.call("offer", "one").await;
    let call = offered(&*winner.event(EventName::CallBroadcast, any).await);
    assert_eq!(offered(&*loser.event(EventName::CallBroadcast, any).await), call);
    winner.send(op::events::claim(&call, "winner")).await;
    let error = loser.refused(op::events::claim(&call, "loser")).await;
    assert!(
        matches!(
            error,
            evatel_ari::Error::Exists { .. } | evatel_ari::Error::Conflict { .. }
        ),
        "{error:?}"
    );
    let start = winner.event(EventName::StasisStart, of(&call)).await;
    let EventKind::StasisStart { args, .. } = start.kind() else {
        panic!("{start:?}")
    };
    assert_eq!(*args, ["sales", "priority-high"]);
    let told = loser.event(EventName::CallClaimed, of(&call)).await;
    assert!(
        matches!(told.kind(), EventKind::CallClaimed { winner_app, .. } if winner_app == "winner"),
        "{}",
        told.raw()
    );
    refused!(loser, NotFound, op::events::claim(&"nobody".into(), "loser"));
}

#[tokio::test]
async fn row_66_a_filter_offers_the_call_to_the_applications_whose_names_match() {
    let pbx = Pbx::start_with(|files| files.append("extensions.conf", OFFERS)).await;
    let (mut caller, mut winner, mut loser) = (
        pbx.app("caller").await,
        pbx.app("winner").await,
        pbx.app("loser").await,
    );
    caller.call("offer-some", "one").await;
    let call = offered(&*winner.event(EventName::CallBroadcast, any).await);
    winner.send(op::events::claim(&call, "winner")).await;
    winner.event(EventName::StasisStart, of(&call)).await;
    let own = loser.call("hold", "own").await;
    loser.fence(EventSource::Channel(own)).await;
    loser.never(EventName::CallBroadcast, any);
}

#[tokio::test]
async fn row_66_a_call_that_nobody_claims_in_time_goes_on_in_the_dialplan() {
    let pbx = Pbx::start_with(|files| files.append("extensions.conf", OFFERS)).await;
    let mut app = pbx.app("row").await;
    app.send(op::applications::subscribe("row", &[EventSource::AllChannels]))
        .await;
    let begun = tokio::time::Instant::now();
    app.call("offer-shortly", "one").await;
    let call = offered(&*app.event(EventName::CallBroadcast, any).await);
    app.event(EventName::ChannelUserevent, |event| {
        matches!(event.kind(), EventKind::ChannelUserevent { userevent, .. } if userevent["Status"] == "TIMEOUT")
    })
    .await;
    assert!(begun.elapsed() < SOON);
    refused!(app, NotFound, op::events::claim(&call, "row"));
}
