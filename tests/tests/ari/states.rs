//! Functions of the dialplan, devices and mailboxes, rows 62 to 64.

use evatel_ari::{
    Error, EventKind, EventName,
    model::DeviceStatus,
    op::{self, applications::EventSource},
};

use super::{
    app::{any, refused},
    pbx::Pbx,
};

const SHELL: &str = "SHELL(echo hello)";

#[tokio::test]
async fn row_62_dangerous_functions_give_nothing_unless_the_server_lives_dangerously() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    // A function that is refused looks empty where no channel is meant, and is an error of the server where one is.
    assert_eq!(app.send(op::asterisk::variable(SHELL)).await.value, "");
    let error = app.refused(op::channels::variable(&call, SHELL)).await;
    assert!(
        matches!(error, Error::Unexpected { status: 500, .. }),
        "{error:?}"
    );
    app.send(op::asterisk::set_variable("COLOUR", "red")).await;
    assert_eq!(app.send(op::asterisk::variable("COLOUR")).await.value, "red");

    let pbx = Pbx::start_with(|files| files.append("asterisk.conf", "live_dangerously = yes\n")).await;
    let mut app = pbx.app("row").await;
    let call = app.call("hold", "one").await;
    // Where no channel is meant, no function gives anything, dangerous or not.
    assert_eq!(app.send(op::asterisk::variable(SHELL)).await.value, "");
    assert_eq!(
        app.send(op::channels::variable(&call, SHELL)).await.value.trim(),
        "hello"
    );
}

#[tokio::test]
async fn row_63_devices_under_stasis_are_added_changed_listed_and_removed_and_no_others() {
    let pbx = Pbx::start().await;
    let mut app = pbx.app("row").await;
    let door = "Stasis:door";
    app.send(op::applications::subscribe(
        "row",
        &[EventSource::DeviceState(door.into())],
    ))
    .await;
    assert!(app.send(op::device_states::list()).await.is_empty());
    for status in [
        DeviceStatus::NotInUse,
        DeviceStatus::InUse,
        DeviceStatus::Busy,
        DeviceStatus::Invalid,
        DeviceStatus::Unavailable,
        DeviceStatus::Ringing,
        DeviceStatus::RingInUse,
        DeviceStatus::OnHold,
    ] {
        app.send(op::device_states::update(door, &status)).await;
        let event = app.event(EventName::DeviceStateChanged, any).await;
        let EventKind::DeviceStateChanged { device_state } = event.kind() else {
            panic!("{event:?}")
        };
        assert_eq!((device_state.name.as_str(), &device_state.state), (door, &status));
        assert_eq!(app.send(op::device_states::get(door)).await.state, status);
    }
    let listed = app.send(op::device_states::list()).await;
    assert_eq!(
        listed.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        [door]
    );
    app.send(op::device_states::delete(door)).await;
    assert!(app.send(op::device_states::list()).await.is_empty());
    // One that is not there is deleted just as well, and what nobody set is unknown.
    app.send(op::device_states::delete(door)).await;
    assert_eq!(
        app.send(op::device_states::get(door)).await.state,
        DeviceStatus::Unknown
    );
    for foreign in ["PJSIP:desk", "door"] {
        refused!(
            app,
            Conflict,
            op::device_states::update(foreign, &DeviceStatus::Busy),
            op::device_states::delete(foreign),
        );
    }
    // 22.10 has no better word for a state that is none.
    let error = app
        .refused(op::device_states::update(door, &"SLEEPING".into()))
        .await;
    assert!(
        matches!(error, Error::Unexpected { status: 500, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn row_64_mailboxes_are_not_found_on_a_server_that_was_built_without_them() {
    let pbx = Pbx::start().await;
    let app = pbx.app("row").await;
    refused!(
        app,
        NotFound,
        op::mailboxes::list(),
        op::mailboxes::get("1000@desk"),
        op::mailboxes::update("1000@desk", 2, 3),
        op::mailboxes::delete("1000@desk"),
    );
}
