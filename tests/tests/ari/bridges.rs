//! Where channels hear each other, rows 40 to 44 and 46.

use evatel_ari::{
    BridgeId, ChannelId, Error, EventKind, EventName,
    model::{BridgeType, ChannelState},
    op::{self, bridges::NewBridge, sound::Recording},
};
use evatel_core::calls::HangupCause;

use super::{
    app::{any, of, of_bridge, refused},
    pbx::Pbx,
};

fn of_type(kind: BridgeType, name: &str) -> NewBridge {
    let mut bridge = NewBridge::from(name);
    bridge.types = vec![kind];
    bridge
}

#[tokio::test]
async fn row_40_a_bridge_is_made_filled_emptied_and_destroyed_with_its_events_in_order() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let (one, two) = (app.call("echo", "one").await, app.call("echo", "two").await);
    let id = BridgeId::from("room");
    let made = app
        .send(op::bridges::create(&id, of_type(BridgeType::Mixing, "the room")))
        .await;
    assert_eq!(
        (made.id, made.name.as_str(), made.bridge_type, made.channels.len()),
        (id.clone(), "the room", BridgeType::Mixing, 0)
    );
    // The subscription that came with the channels ends when the last one leaves: the bridge's end is heard by one of its own.
    app.send(op::applications::subscribe("row", &[(&id).into()]))
        .await;
    // The id may be left to Asterisk too.
    let other = app.send(op::bridges::create_any_id(None, "another")).await;
    app.send(op::bridges::add_channels(&id, &[&one, &two])).await;
    let shown = app.send(op::bridges::get(&id)).await;
    assert_eq!(shown.channels, [one.clone(), two.clone()]);
    let listed = app.send(op::bridges::list()).await;
    assert!(listed.iter().any(|bridge| bridge.id == id) && listed.iter().any(|bridge| bridge.id == other.id));
    app.send(op::bridges::remove_channels(&id, &[&one, &two])).await;
    assert!(app.send(op::bridges::get(&id)).await.channels.is_empty());
    app.send(op::bridges::destroy(&id)).await;
    app.in_order(
        &[
            EventName::ChannelEnteredBridge,
            EventName::ChannelEnteredBridge,
            EventName::ChannelLeftBridge,
            EventName::ChannelLeftBridge,
            EventName::BridgeDestroyed,
        ],
        of_bridge(&id),
    )
    .await;
    refused!(app, NotFound, op::bridges::get(&id), op::bridges::destroy(&id));
}

#[tokio::test]
async fn row_41_what_cannot_be_put_into_or_taken_from_a_bridge_is_refused_by_its_own_error() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("echo", "one").await;
    let room = app.bridge("room", &[]).await;
    let (nobody, nowhere) = (ChannelId::from("nobody"), BridgeId::from("nowhere"));
    // The far half runs in the dialplan.
    let far = app.far_half().await;
    refused!(
        app,
        NotFound,
        op::bridges::add_channels(&nowhere, &[&call]),
        op::bridges::remove_channels(&nowhere, &[&call]),
    );
    refused!(
        app,
        BadRequest,
        op::bridges::add_channels(&room, &[&nobody]),
        op::bridges::remove_channels(&room, &[&nobody]),
        op::bridges::add_channels(&room, &[]),
        op::bridges::remove_channels(&room, &[]),
    );
    refused!(
        app,
        Unprocessable,
        op::bridges::add_channels(&room, &[&far]),
        op::bridges::remove_channels(&room, &[&call]),
    );
}

#[tokio::test]
async fn row_42_a_bridge_id_that_is_taken_is_refused_whatever_else_is_asked_for() {
    let pbx = Pbx::start().await;
    let app = pbx.app("row").await;
    let id = BridgeId::from("room");
    let first = || of_type(BridgeType::Mixing, "first");
    app.send(op::bridges::create(&id, first())).await;
    // The very same is refused too: making a bridge is not idempotent in 22.10.
    for again in [
        first(),
        of_type(BridgeType::Mixing, "second"),
        of_type(BridgeType::Holding, "first"),
        NewBridge::default(),
    ] {
        refused!(
            app,
            Exists,
            op::bridges::create(&id, again.clone()),
            op::bridges::create_any_id(Some(&id), again),
        );
    }
    let kept = app.send(op::bridges::get(&id)).await;
    assert_eq!(
        (kept.name.as_str(), kept.bridge_type),
        ("first", BridgeType::Mixing)
    );
}

#[tokio::test]
async fn row_43_a_channel_moves_between_bridges_survives_their_end_and_leaves_by_hanging_up() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("echo", "one").await;
    let first = app.bridge("first", &[&call]).await;
    let second = app.bridge("second", &[]).await;
    app.forget();
    app.send(op::bridges::add_channels(&second, &[&call])).await;
    app.in_order(
        &[EventName::ChannelLeftBridge, EventName::ChannelEnteredBridge],
        of(&call),
    )
    .await;
    assert!(app.send(op::bridges::get(&first)).await.channels.is_empty());
    assert_eq!(
        app.send(op::bridges::get(&second)).await.channels,
        std::slice::from_ref(&call)
    );

    app.send(op::bridges::destroy(&second)).await;
    app.event(EventName::ChannelLeftBridge, of_bridge(&second)).await;
    assert_eq!(app.send(op::channels::get(&call)).await.state, ChannelState::Up);

    app.send(op::bridges::add_channels(&first, &[&call])).await;
    app.send(op::channels::hangup(&call, HangupCause::Normal)).await;
    app.in_order(
        &[
            EventName::ChannelHangupRequest,
            EventName::ChannelLeftBridge,
            EventName::StasisEnd,
            EventName::ChannelDestroyed,
        ],
        of(&call),
    )
    .await;
}

#[tokio::test]
async fn row_44_a_channel_that_is_recorded_cannot_enter_a_bridge() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("echo", "one").await;
    let room = app.bridge("room", &[]).await;
    let name = "tape".into();
    app.send(op::channels::record(&call, &Recording::new("tape".into(), "wav")))
        .await;
    app.event(EventName::RecordingStarted, any).await;
    let error = app.refused(op::bridges::add_channels(&room, &[&call])).await;
    assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
    assert!(error.to_string().contains("currently recording"), "{error}");
    app.steer(|| op::recordings::stop(&name)).await;
    app.event(EventName::RecordingFinished, any).await;
    // The recording lets go of its channel a moment after its end is told.
    app.steer(|| op::bridges::add_channels(&room, &[&call])).await;
}

#[tokio::test]
async fn row_46_the_video_source_of_a_bridge_is_chosen_and_a_third_party_makes_it_a_softmix() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let (one, two, three) = (
        app.call("echo", "one").await,
        app.call("echo", "two").await,
        app.call("echo", "three").await,
    );
    let id = BridgeId::from("room");
    let mut video = of_type(BridgeType::Mixing, "room");
    video.types.push(BridgeType::VideoSingle);
    app.send(op::bridges::create(&id, video)).await;
    app.send(op::bridges::add_channels(&id, &[&one, &two])).await;
    let technology = |bridge: evatel_ari::model::Bridge| bridge.technology;
    assert_eq!(technology(app.send(op::bridges::get(&id)).await), "simple_bridge");

    refused!(app, Unprocessable, op::bridges::set_video_source(&id, &three));
    app.send(op::bridges::set_video_source(&id, &one)).await;
    app.send(op::bridges::set_video_source(&id, &two)).await;
    let changed = app
        .event(EventName::BridgeVideoSourceChanged, |event| {
            matches!(event.kind(), EventKind::BridgeVideoSourceChanged { old_video_source_id: Some(old), .. } if old == "one")
        })
        .await;
    let EventKind::BridgeVideoSourceChanged { bridge, .. } = changed.kind() else {
        panic!("{changed:?}")
    };
    assert_eq!(bridge.video_source_id, Some(two.clone()));
    // 22.10 goes on showing the last source after this.
    app.send(op::bridges::clear_video_source(&id)).await;
    refused!(app, NotFound, op::bridges::clear_video_source(&"nowhere".into()));

    app.send(op::bridges::add_channels(&id, &[&three])).await;
    app.event(EventName::ChannelEnteredBridge, of(&three)).await;
    assert_eq!(technology(app.send(op::bridges::get(&id)).await), "softmix");
}
