//! Transfers that a SIP telephone asks for, while its calls are in applications, in bridges, or in the dialplan.

use evatel_ari::{
    ChannelId, Event, EventKind, EventName,
    event::kind::{AttendedTransfer, BlindTransfer, TransferDestination, TransferResult},
    model::TransferState,
    op::{self, applications::EventSource},
};
use evatel_tests::sipp::Outgoing;

use super::{
    app::{any, of},
    pbx::{Pbx, SOON},
    phones::{desk_calls, dial, exchange, started},
};

fn blind(event: &Event) -> &BlindTransfer {
    match event.kind() {
        EventKind::BridgeBlindTransfer(transfer) => transfer,
        other => panic!("{other:?}"),
    }
}

fn attended(event: &Event) -> &AttendedTransfer {
    match event.kind() {
        EventKind::BridgeAttendedTransfer(transfer) => transfer,
        other => panic!("{other:?}"),
    }
}

/// Asks for a transfer to this URI, which the server agrees to try.
async fn refer(phone: &Outgoing, to: &str) {
    assert_eq!(phone.refer(to, SOON).await.unwrap(), 202);
}

/// The URI of an extension.
fn extension(pbx: &Pbx, name: &str) -> String {
    format!("sip:{name}@{}", pbx.sip)
}

/// The telephone is told that its transfer succeeded.
async fn has_succeeded(phone: &Outgoing) {
    phone.notified("SIP/2.0 200", SOON).await.unwrap();
}

#[tokio::test]
async fn blind_transfer_of_a_bridged_call_to_an_extension_puts_a_channel_to_it_in_the_telephones_place() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let (phone, call) = desk_calls(&pbx, &mut app, "torow").await;
    let friend = app.call("echo", "friend").await;
    let room = app.bridge("room", &[&call, &friend]).await;
    refer(&phone, &extension(&pbx, "hold")).await;
    let event = app.event(EventName::BridgeBlindTransfer, any).await;
    let transfer = blind(&event);
    assert_eq!(
        (
            &transfer.channel.id,
            transfer.exten.as_str(),
            transfer.context.as_str()
        ),
        (&call, "hold", "default")
    );
    assert_eq!(
        (&transfer.result, transfer.is_external),
        (&TransferResult::Success, true)
    );
    assert_eq!(transfer.transferee.as_ref().map(|it| &it.id), Some(&friend));
    assert_eq!(transfer.bridge.as_ref().map(|it| &it.id), Some(&room));
    has_succeeded(&phone).await;
    // In a bridge of an application the other party stays: a channel that leads to the extension takes the telephone's place.
    let instead = app.event(EventName::StasisStart, in_place_of(&call)).await;
    let instead = started(instead.kind());
    assert_eq!(transfer.replace_channel.as_ref().map(|it| &it.id), Some(&instead));
    let there = app.send(op::bridges::get(&room)).await.channels;
    assert!(there.contains(&friend) && there.contains(&instead), "{there:?}");
    // No StasisEnd tells that the telephone went: who took its place goes on in its stay.
    app.event(EventName::ChannelLeftBridge, of(&call)).await;
}

#[tokio::test]
async fn blind_transfer_of_a_bridged_call_to_an_application_leads_the_other_party_there() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let mut other = pbx.app("other").await;
    let (phone, call) = desk_calls(&pbx, &mut app, "torow").await;
    let friend = app.call("echo", "friend").await;
    app.bridge("room", &[&call, &friend]).await;
    refer(&phone, &extension(&pbx, "toother")).await;
    let event = app.event(EventName::BridgeBlindTransfer, any).await;
    assert_eq!(blind(&event).result, TransferResult::Success);
    app.event(EventName::StasisStart, in_place_of(&call)).await;
    // The far half of that channel comes into the other application.
    other.event(EventName::StasisStart, any).await;
    // No StasisEnd tells that the telephone went: who took its place goes on in its stay.
    app.event(EventName::ChannelLeftBridge, of(&call)).await;
}

#[tokio::test]
async fn blind_transfer_of_a_call_of_the_dialplan_brings_the_other_party_into_the_application() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let phone = Outgoing::dial(&dial(&pbx, "dialled")).await.unwrap();
    phone.answered(SOON).await.unwrap();
    // In the application the bridge is heard by a subscription.
    let all = [EventSource::AllBridges];
    app.send(op::applications::subscribe("row", &all)).await;
    app.until(op::bridges::list, |bridges| {
        bridges.iter().any(|bridge| bridge.channels.len() == 2)
    })
    .await;
    refer(&phone, &extension(&pbx, "torow")).await;
    let event = app.event(EventName::BridgeBlindTransfer, any).await;
    let transferee = blind(&event).transferee.as_ref().unwrap().id.clone();
    app.event(EventName::StasisStart, of(&transferee)).await;
}

/// A start of who takes the place of a channel.
fn in_place_of(id: &ChannelId) -> impl Fn(&Event) -> bool + use<> {
    let id = id.clone();
    move |event| matches!(event.kind(), EventKind::StasisStart { replace_channel: Some(replaced), .. } if replaced.id == id)
}

#[tokio::test]
async fn attended_transfer_between_two_bridges_of_an_application_joins_the_far_parties() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let (first, one) = desk_calls(&pbx, &mut app, "torow").await;
    let (second, two) = desk_calls(&pbx, &mut app, "torow").await;
    let (alice, bob) = (app.call("echo", "alice").await, app.call("echo", "bob").await);
    let (left, right) = (
        app.bridge("left", &[&one, &alice]).await,
        app.bridge("right", &[&two, &bob]).await,
    );
    refer(&first, &second.replaces(pbx.sip).unwrap()).await;
    let event = app.event(EventName::BridgeAttendedTransfer, any).await;
    let transfer = attended(&event);
    assert_eq!(transfer.result, TransferResult::Success);
    assert_eq!(
        (
            &transfer.transferer_first_leg.id,
            &transfer.transferer_second_leg.id
        ),
        (&one, &two)
    );
    // Bridges of applications are never merged, they are linked.
    assert_eq!(transfer.destination_type, TransferDestination::Link);
    let bridge = |it: &Option<evatel_ari::model::Bridge>| it.as_ref().map(|bridge| bridge.id.clone());
    assert_eq!(bridge(&transfer.transferer_first_leg_bridge), Some(left));
    assert_eq!(bridge(&transfer.transferer_second_leg_bridge), Some(right));
    has_succeeded(&first).await;
    // A pair of channels that links the bridges takes the places of both.
    app.event(EventName::StasisStart, in_place_of(&one)).await;
    app.event(EventName::StasisStart, in_place_of(&two)).await;
}

#[tokio::test]
async fn attended_transfer_to_a_leg_that_stands_in_an_application_puts_the_other_party_there() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let (first, one) = desk_calls(&pbx, &mut app, "torow").await;
    let (second, two) = desk_calls(&pbx, &mut app, "torow").await;
    let alice = app.call("echo", "alice").await;
    app.bridge("left", &[&one, &alice]).await;
    refer(&first, &second.replaces(pbx.sip).unwrap()).await;
    let event = app.event(EventName::BridgeAttendedTransfer, any).await;
    let transfer = attended(&event);
    assert_eq!(
        (&transfer.result, &transfer.destination_type),
        (&TransferResult::Success, &TransferDestination::Application)
    );
    // The dialplan's application is named, not ours.
    assert_eq!(transfer.destination_application.as_deref(), Some("Stasis"));
    // Who takes the place of the second leg is told with the leg whose place it is.
    app.event(EventName::StasisStart, in_place_of(&two)).await;
    app.event(EventName::StasisEnd, of(&two)).await;
}

#[tokio::test]
async fn attended_transfer_that_is_left_to_the_application_is_told_and_its_progress_reaches_the_telephone() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let (first, one) = desk_calls(&pbx, &mut app, "ari-only").await;
    let (second, two) = desk_calls(&pbx, &mut app, "torow").await;
    let alice = app.call("echo", "alice").await;
    let room = app.bridge("room", &[&one, &alice]).await;
    refer(&first, &second.replaces(pbx.sip).unwrap()).await;
    let event = app.event(EventName::ChannelTransfer, any).await;
    let EventKind::ChannelTransfer {
        refer_to,
        referred_by,
        ..
    } = event.kind()
    else {
        panic!("{event:?}")
    };
    let id = |channel: &Option<evatel_ari::model::Channel>| channel.as_ref().map(|it| it.id.clone());
    assert_eq!(referred_by.source_channel.id, one);
    assert_eq!(id(&referred_by.connected_channel), Some(alice.clone()));
    assert_eq!(referred_by.bridge.as_ref().map(|it| &it.id), Some(&room));
    assert_eq!(id(&refer_to.destination_channel), Some(two.clone()));
    assert!(
        refer_to.requested_destination.protocol_id.is_some(),
        "{refer_to:?}"
    );
    // Nothing is done but what the application does.
    app.send(op::bridges::remove_channels(&room, &[&one])).await;
    app.send(op::bridges::add_channels(&room, &[&two])).await;
    app.send(op::channels::transfer_progress(&one, &TransferState::Answered))
        .await;
    has_succeeded(&first).await;
    let there = app.send(op::bridges::get(&room)).await.channels;
    assert!(
        there.contains(&alice) && there.contains(&two) && there.len() == 2,
        "{there:?}"
    );
}

#[tokio::test]
async fn blind_transfer_that_is_left_to_the_application_tells_the_number_and_may_be_declined() {
    let pbx = exchange(9).await;
    let mut app = pbx.app("row").await;
    let (phone, call) = desk_calls(&pbx, &mut app, "ari-only").await;
    refer(&phone, &extension(&pbx, "5145550199")).await;
    let event = app.event(EventName::ChannelTransfer, any).await;
    let EventKind::ChannelTransfer {
        refer_to,
        referred_by,
        ..
    } = event.kind()
    else {
        panic!("{event:?}")
    };
    assert_eq!(referred_by.source_channel.id, call);
    assert_eq!(
        refer_to.requested_destination.destination.as_deref(),
        Some("5145550199")
    );
    // Asterisk 22.10 tells of the transfer before it can be told how that goes, and crashes if it is: this answer comes after.
    app.send(op::channels::variable(&call, "CHANNEL(pjsip,call-id)"))
        .await;
    app.send(op::channels::transfer_progress(&call, &TransferState::Declined))
        .await;
    phone.notified("SIP/2.0 603", SOON).await.unwrap();
    let still: ChannelId = app.send(op::channels::get(&call)).await.id;
    assert_eq!(still, call);
}
