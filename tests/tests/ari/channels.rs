//! One party's connection, rows 48 to 51, 58 and 61.

use std::collections::BTreeMap;

use evatel_ari::{
    BridgeId, ChannelId, Error, EventKind, EventName,
    op::{
        self, VariableValue,
        bridges::NewBridge,
        channels::{Destination, DialplanPlace, NewChannel, Outgoing},
    },
};

use super::{
    app::{App, any, local, of, refused},
    pbx::Pbx,
};

/// A variable of a channel.
async fn value(app: &App, id: &ChannelId, name: &str) -> String {
    app.send(op::channels::variable(id, name)).await.value
}

#[tokio::test]
async fn row_47_variables_of_a_bridge_are_set_alone_and_together_and_shown_in_its_events_if_asked() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("echo", "one").await;
    let id = BridgeId::from("room");
    let mut room = NewBridge::default();
    room.variables
        .insert("BORN".into(), VariableValue::in_events("yes"));
    let made = app.send(op::bridges::create(&id, room)).await;
    assert_eq!(made.bridgevars["BORN"], "yes");
    app.send(op::bridges::set_variable(&id, "QUIET", "1")).await;
    app.send(op::bridges::set_variable(
        &id,
        "LOUD",
        VariableValue::in_events("2"),
    ))
    .await;
    assert_eq!(app.send(op::bridges::variable(&id, "QUIET")).await.value, "1");
    let both = BTreeMap::from([
        ("A".to_owned(), VariableValue::from("a")),
        ("B".to_owned(), VariableValue::in_events("b")),
    ]);
    app.send(op::bridges::set_variables(&id, &both)).await;
    let read = app.send(op::bridges::variables(&id, &["QUIET", "A", "B"])).await;
    assert_eq!(
        [
            read.variables["QUIET"].as_str(),
            read.variables["A"].as_str(),
            read.variables["B"].as_str()
        ],
        [Some("1"), Some("a"), Some("b")]
    );
    app.send(op::bridges::add_channels(&id, &[&call])).await;
    let event = app.event(EventName::ChannelEnteredBridge, of(&call)).await;
    let EventKind::ChannelEnteredBridge { bridge, .. } = event.kind() else {
        panic!("{event:?}")
    };
    let shown: Vec<_> = bridge.bridgevars.keys().map(String::as_str).collect();
    assert_eq!(shown, ["B", "BORN", "LOUD"]);
    refused!(app, NotFound, op::bridges::variable(&"nowhere".into(), "A"));
}

#[tokio::test]
async fn row_48_variables_of_a_channel_are_set_alone_and_together_and_shown_in_its_events_if_asked() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    app.send(op::channels::set_variable(&call, "QUIET", "1")).await;
    app.send(op::channels::set_variable(
        &call,
        "LOUD",
        VariableValue::in_events("2"),
    ))
    .await;
    let both = BTreeMap::from([
        ("A".to_owned(), VariableValue::from("a")),
        ("B".to_owned(), VariableValue::in_events("b")),
    ]);
    app.send(op::channels::set_variables(&call, &both)).await;
    let read = app
        .send(op::channels::variables(&call, &["QUIET", "LOUD", "A"]))
        .await;
    assert_eq!(
        [
            read.variables["QUIET"].as_str(),
            read.variables["LOUD"].as_str(),
            read.variables["A"].as_str()
        ],
        [Some("1"), Some("2"), Some("a")]
    );
    app.send(op::channels::resume_dialplan(
        &call,
        &DialplanPlace::new("default", "hold"),
    ))
    .await;
    let event = app.event(EventName::StasisEnd, of(&call)).await;
    let EventKind::StasisEnd { channel } = event.kind() else {
        panic!("{event:?}")
    };
    let shown: Vec<_> = channel.channelvars.keys().map(String::as_str).collect();
    assert_eq!(shown, ["B", "LOUD"]);
    refused!(app, NotFound, op::channels::variable(&"nobody".into(), "A"));
}

#[tokio::test]
async fn row_49_originated_channels_come_with_their_arguments_variables_and_the_originators_linked_id() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    for number in 0..5 {
        let id = ChannelId::from(format!("many-{number}"));
        let outgoing = Outgoing::new(local("hold"), "row").with_args(format!("leg,{number}"));
        app.send(op::channels::originate(&id, &outgoing)).await;
        let event = app.event(EventName::StasisStart, of(&id)).await;
        let EventKind::StasisStart { args, .. } = event.kind() else {
            panic!("{event:?}")
        };
        assert_eq!(*args, ["leg".to_owned(), number.to_string()]);
    }
    let first = ChannelId::from("many-0");
    let mut outgoing = Outgoing::new(local("hold"), "row");
    outgoing.originator = Some(first.clone());
    outgoing.caller_id = Some("\"Marie\" <5145550100>".into());
    outgoing.variables = BTreeMap::from([
        ("COLOUR".into(), "red".into()),
        ("CHANNEL(language)".into(), "fr".into()),
    ]);
    let id = ChannelId::from("with-variables");
    app.send(op::channels::originate(&id, &outgoing)).await;
    let event = app.event(EventName::StasisStart, of(&id)).await;
    let EventKind::StasisStart { channel, .. } = event.kind() else {
        panic!("{event:?}")
    };
    assert_eq!(channel.language, "fr");
    assert_eq!(value(&app, &id, "COLOUR").await, "red");
    let linked = value(&app, &id, "CHANNEL(linkedid)").await;
    assert_eq!(linked, value(&app, &first, "CHANNEL(linkedid)").await);
    let mut outgoing = Outgoing::new(local("hold"), "row");
    outgoing.originator = Some("nobody".into());
    refused!(app, BadRequest, op::channels::originate(&"x".into(), &outgoing));
}

#[tokio::test]
async fn row_50_ids_are_honoured_and_one_that_is_taken_is_refused() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let (near, far) = (ChannelId::from("near"), ChannelId::from("far"));
    let mut outgoing = Outgoing::new(local("hold"), "row");
    outgoing.other_id = Some(far.clone());
    let made = app.send(op::channels::originate(&near, &outgoing)).await;
    assert_eq!(made.id, near);
    app.event(EventName::StasisStart, of(&near)).await;
    assert_eq!(app.send(op::channels::get(&far)).await.id, far);

    let plain = Outgoing::new(local("hold"), "row");
    let mut taken = plain.clone();
    taken.other_id = Some(near.clone());
    let mut twice = plain.clone();
    twice.other_id = Some("new".into());
    refused!(
        app,
        Exists,
        op::channels::originate(&near, &plain),
        op::channels::originate_any_id(Some(&near), &plain),
        op::channels::originate(&"new".into(), &taken),
        op::channels::originate(&"new".into(), &twice),
        op::channels::create(&near, &NewChannel::new(local("hold"), "row")),
    );
    refused!(
        app,
        BadRequest,
        op::channels::originate(&"x".repeat(200).as_str().into(), &plain)
    );
}

#[tokio::test]
async fn row_51_a_channel_is_originated_to_and_continued_at_any_place_of_the_dialplan() {
    let pbx = Pbx::start_with(|files| {
        files.append(
            "extensions.conf",
            "[places]\n\
             exten => s,1,Stasis(row,first)\n same => n,Wait(600)\n\
             exten => door,1,Stasis(row,door)\n same => n(inside),Stasis(row,inside)\n same => n,Stasis(row,third)\n\
             same => n,Wait(600)\n",
        );
    })
    .await;
    let mut app = pbx.app("row").await;
    let place = |extension: Option<&str>, priority, label: Option<&str>| {
        let mut place = DialplanPlace::default();
        place.context = Some("places".into());
        place.extension = extension.map(Into::into);
        place.priority = priority;
        place.label = label.map(Into::into);
        place
    };
    let places = [
        (place(Some("s"), None, None), "first"),
        (place(Some("door"), None, None), "door"),
        (place(Some("door"), Some(1), None), "door"),
        (place(Some("door"), Some(3), None), "third"),
        (place(Some("door"), None, Some("inside")), "inside"),
    ];
    let arrived = |id: &ChannelId, argument: &'static str| {
        let of_it = of(id);
        move |event: &evatel_ari::Event| {
            of_it(event) && matches!(event.kind(), EventKind::StasisStart { args, .. } if args == &[argument])
        }
    };
    for (index, (place, argument)) in places.iter().enumerate() {
        let id = ChannelId::from(format!("to-{index}"));
        let outgoing = Outgoing::to(local("hold"), Destination::Dialplan(place.clone()));
        app.send(op::channels::originate(&id, &outgoing)).await;
        app.event(EventName::StasisStart, arrived(&id, argument)).await;
    }
    let call = app.call("hold", "continued").await;
    for (place, argument) in &places {
        app.send(op::channels::resume_dialplan(&call, place)).await;
        app.event(EventName::StasisEnd, of(&call)).await;
        app.event(EventName::StasisStart, arrived(&call, argument)).await;
    }
    refused!(
        app,
        NotFound,
        op::channels::resume_dialplan(&call, &place(Some("door"), None, Some("attic"))),
        op::channels::resume_dialplan(&"nobody".into(), &DialplanPlace::default()),
    );
}

#[tokio::test]
async fn row_58_a_redirect_elsewhere_than_to_the_channels_own_technology_is_refused() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    let to = |endpoint: &str| op::channels::redirect(&call, endpoint);
    refused!(app, BadRequest, to(""));
    refused!(
        app,
        Unprocessable,
        to("PJSIP/desk"),
        to("Local/"),
        to("Local"),
        to("/hold@default"),
    );
    refused!(
        app,
        NotFound,
        op::channels::redirect(&"nobody".into(), "Local/hold@default")
    );
    // Without an id no channel is meant, and Asterisk takes the path for another operation.
    let error = app
        .refused(op::channels::redirect(&"".into(), "Local/hold@default"))
        .await;
    assert!(
        matches!(error, Error::BadRequest { .. } | Error::NotFound { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn row_61_each_move_ends_one_stay_and_begins_the_next_and_an_unknown_application_keeps_the_call() {
    let pbx = Pbx::start().await;
    let mut first = pbx.app("first").await;
    let mut second = pbx.app("second").await;
    let call = first.call("hold", "one").await;
    for _ in 0..2 {
        for (from, to) in [("first", "second"), ("second", "first")] {
            let (from, to) = if from == "first" {
                (&mut first, (&mut second, to))
            } else {
                (&mut second, (&mut first, to))
            };
            let (arrives, name) = to;
            from.send(op::channels::move_to(&call, name, Some("moved,again")))
                .await;
            from.event(EventName::StasisEnd, of(&call)).await;
            let start = arrives.event(EventName::StasisStart, of(&call)).await;
            let EventKind::StasisStart { args, .. } = start.kind() else {
                panic!("{start:?}")
            };
            assert_eq!(*args, ["moved", "again"]);
        }
    }
    first
        .send(op::channels::move_to(&call, "nowhere", Some("x")))
        .await;
    let failed = first.event(EventName::ApplicationMoveFailed, any).await;
    let EventKind::ApplicationMoveFailed {
        destination, args, ..
    } = failed.kind()
    else {
        panic!("{failed:?}")
    };
    assert_eq!(
        (destination.as_str(), args.as_slice()),
        ("nowhere", &["x".to_owned()][..])
    );
    assert!(first.send(op::channels::get(&call)).await.is_in_app("first"));
    let far = first.far_half().await;
    refused!(
        first,
        NotFound,
        op::channels::move_to(&"nobody".into(), "first", None)
    );
    refused!(
        first,
        NotInStasis,
        op::channels::move_to(&far, "first", None),
        op::channels::resume_dialplan(&far, &DialplanPlace::default()),
    );
}
