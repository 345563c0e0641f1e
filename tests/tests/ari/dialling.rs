//! Channels that are made first and dialled then, rows 52 to 54.

use std::time::Duration;

use evatel_ari::{
    ChannelId, EventKind, EventName,
    event::kind::DialStatus,
    model::ChannelState,
    op::{
        self,
        channels::{DialplanPlace, MuteDirection, NewChannel},
        sound::Recording,
    },
};
use evatel_core::calls::HangupCause;

use super::{
    app::{App, any, local, of, of_bridge, refused},
    pbx::{Pbx, SOON},
};

/// Every operation that wants an answered channel is refused on this one.
async fn nothing_is_possible_yet(app: &App, id: &ChannelId) {
    let both = MuteDirection::Both;
    refused!(
        app,
        InvalidState,
        op::channels::resume_dialplan(id, &DialplanPlace::default()),
        op::channels::redirect(id, "Local/hold@default"),
        op::channels::answer(id),
        op::channels::ring(id),
        op::channels::ring_stop(id),
        op::channels::progress(id),
        op::channels::send_digits(id, "1"),
        op::channels::mute(id, &both),
        op::channels::unmute(id, &both),
        op::channels::hold(id),
        op::channels::unhold(id),
        op::channels::start_moh(id, None),
        op::channels::stop_moh(id),
        op::channels::start_silence(id),
        op::channels::stop_silence(id),
        op::channels::play(id, &"p".into(), "sound:beep"),
    );
}

/// Waits for a state of dialling.
async fn dialled(app: &mut App, id: &ChannelId, status: DialStatus) {
    let of_it = of(id);
    app.event(EventName::Dial, |event| {
        of_it(event) && matches!(event.kind(), EventKind::Dial { dialstatus, .. } if *dialstatus == status)
    })
    .await;
}

#[tokio::test]
async fn row_52_a_created_channel_enters_at_once_can_do_nothing_before_its_answer_and_is_gone_when_deleted() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let id = ChannelId::from("made");
    let mut channel = NewChannel::new(local("ring"), "row");
    channel.app_args = Some("x,y".into());
    channel.variables.insert("COLOUR".into(), "red".into());
    let made = app.send(op::channels::create(&id, &channel)).await;
    assert_eq!((made.id, made.state), (id.clone(), ChannelState::Down));
    let start = app.event(EventName::StasisStart, of(&id)).await;
    let EventKind::StasisStart { args, .. } = start.kind() else {
        panic!("{start:?}")
    };
    assert_eq!(*args, ["x", "y"]);
    nothing_is_possible_yet(&app, &id).await;
    // Variables can be read and set, and it can be moved to another application.
    assert_eq!(app.send(op::channels::variable(&id, "COLOUR")).await.value, "red");
    app.send(op::channels::move_to(&id, "row", None)).await;
    app.event(EventName::StasisStart, of(&id)).await;
    app.send(op::channels::hangup(&id, HangupCause::Normal)).await;
    app.event(EventName::ChannelDestroyed, of(&id)).await;
    refused!(
        app,
        NotFound,
        op::channels::get(&id),
        op::channels::hangup(&id, HangupCause::Normal),
        op::channels::dial(&id, SOON, None),
    );
    refused!(
        app,
        BadRequest,
        op::channels::create(&"x".into(), &NewChannel::new("", "row")),
        op::channels::create(&"x".into(), &NewChannel::new("no slash", "row")),
    );
}

#[tokio::test]
async fn row_53_dialling_tells_that_it_rings_and_is_answered_and_a_second_dial_is_refused() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let id = app.create("late", "made").await;
    app.send(op::channels::dial(&id, SOON, None)).await;
    dialled(&mut app, &id, DialStatus::Begun).await;
    dialled(&mut app, &id, DialStatus::Ringing).await;
    refused!(app, Conflict, op::channels::dial(&id, SOON, None));
    assert_eq!(
        app.send(op::channels::get(&id)).await.state,
        ChannelState::Ringing
    );
    nothing_is_possible_yet(&app, &id).await;
    pbx.let_it_answer(&app).await;
    dialled(&mut app, &id, DialStatus::Answer).await;
    // Once answered it can go on in the dialplan, and from there come back.
    app.send(op::channels::resume_dialplan(
        &id,
        &DialplanPlace::new("default", "torow"),
    ))
    .await;
    app.event(EventName::StasisEnd, of(&id)).await;
    app.event(EventName::StasisStart, of(&id)).await;
    let far = app.far_half().await;
    refused!(app, NotFound, op::channels::dial(&"nobody".into(), SOON, None));
    refused!(app, NotInStasis, op::channels::dial(&far, SOON, None));
}

#[tokio::test]
async fn row_53_a_dial_that_is_not_answered_in_time_ends_with_no_answer() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let id = app.create("ring", "made").await;
    app.send(op::channels::dial(&id, Duration::from_secs(1), None))
        .await;
    let event = app.event(EventName::ChannelDestroyed, of(&id)).await;
    let EventKind::ChannelDestroyed { cause, .. } = event.kind() else {
        panic!("{event:?}")
    };
    assert_eq!(*cause, 19);
}

#[tokio::test]
async fn row_54_a_channel_enters_a_bridge_before_it_is_dialled_while_it_rings_and_after_its_answer() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let caller = app.call("echo", "caller").await;

    let before = app.create("echo", "before").await;
    let room = app.bridge("room-before", &[&caller, &before]).await;
    app.send(op::channels::dial(&before, SOON, Some(&caller))).await;
    dialled(&mut app, &before, DialStatus::Answer).await;
    assert_eq!(app.send(op::bridges::get(&room)).await.channels.len(), 2);

    let during = app.create("ring", "during").await;
    app.send(op::channels::dial(&during, SOON, None)).await;
    dialled(&mut app, &during, DialStatus::Ringing).await;
    let room = app.bridge("room-during", &[&caller, &during]).await;
    assert_eq!(app.send(op::bridges::get(&room)).await.channels.len(), 2);

    let after = app.create("echo", "after").await;
    app.send(op::channels::dial(&after, SOON, None)).await;
    dialled(&mut app, &after, DialStatus::Answer).await;
    app.bridge("room-after", &[&caller, &after]).await;

    // Early media: what rings is in the bridge, its sound comes before the answer.
    let early = app.create("early", "early").await;
    app.send(op::channels::dial(&early, SOON, None)).await;
    dialled(&mut app, &early, DialStatus::Progress).await;
    let room = app.bridge("room-early", &[&caller, &early]).await;
    app.send(op::bridges::record(&room, Recording::new("early".into(), "wav")))
        .await;
    app.event(EventName::RecordingStarted, any).await;
    app.send(op::bridges::destroy(&room)).await;
    app.event(EventName::ChannelLeftBridge, of_bridge(&room)).await;
}
