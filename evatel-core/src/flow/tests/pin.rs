//! A number that needs the PIN, dialled by a person at his own device.

use super::bench::{Bench, records};
use crate::{
    calls::HangupCause,
    flow::*,
    intent::Intent,
    policy::Authoriser,
    restriction::{Effect, Level, Restriction, RestrictionOwner},
};

const NEW_YORK: &str = "+12125551234";

/// Calls to the United States need the PIN; at the telephone, those to 212-555-9 are closed.
fn setting() -> Setting {
    let restriction = |id: &str, owner, effect, matches: &str| Restriction {
        id: id.parse().unwrap(),
        name: id.parse().unwrap(),
        owner,
        set_by: Level::Account,
        matches: matches.parse().unwrap(),
        effect,
        hours: None,
        trunk: None,
    };
    let account = RestrictionOwner::Account("a".parse().unwrap());
    let telephone = RestrictionOwner::Device("phone".parse().unwrap());
    let mut records = records();
    records.restrictions = vec![
        restriction("pin", account, Effect::RequirePin, "class:us48"),
        restriction("closed", telephone, Effect::Deny, "prefix:12125559"),
    ];
    records.contacts[0].number = NEW_YORK.parse().unwrap();
    let directory = Arc::new(Directory::new(records, 1).unwrap());
    Setting {
        directory,
        ..Bench::setting(false)
    }
}

fn dialling(number: &str) -> Bench {
    let setting = setting();
    let (directory, dialled) = (
        setting.directory.clone(),
        Dialled::Number(number.parse().unwrap()),
    );
    Bench::in_house(
        Flow::direct("phone".parse().unwrap(), dialled, setting),
        directory,
    )
}

fn key_pin(call: &mut Bench, verdict: PinVerdict) {
    assert!(call.said().contains(&"ask-pin"), "{:?}", call.said());
    call.key(Party::Caller, "2580#");
    let id = call.pin_id();
    call.tell(Input::PinChecked { id, verdict });
}

#[test]
fn who_keys_such_a_number_is_asked_for_his_pin_and_then_joined() {
    let mut call = dialling(NEW_YORK);
    assert_eq!(call.rang(), 0);
    key_pin(&mut call, PinVerdict::Wrong);
    key_pin(&mut call, PinVerdict::Right);
    assert_eq!(call.rang(), 1);
    let answers = call.count(|action| matches!(action, Action::Answer { .. }));
    let by_pin = call.count(|action| {
        matches!(action, Action::Decide { authoriser: Authoriser::DevicePin { device, .. }, .. } if device.as_str() == "phone")
    });
    assert_eq!((answers, by_pin), (1, 1));
    call.callee_answers();
    assert!(call.bridged());
    call.callee_ends(HangupCause::Normal);
    assert!(call.hung_up());
}

#[test]
fn who_does_not_know_the_pin_is_told_so_and_nothing_rings() {
    let mut call = dialling(NEW_YORK);
    for _ in 0..3 {
        key_pin(&mut call, PinVerdict::Wrong);
    }
    assert_eq!(call.said(), ["pin-locked", "goodbye"]);
    call.finish_saying();
    assert!(call.hung_up());
    assert_eq!(call.rang(), 0);
}

#[test]
fn who_keys_nothing_for_the_pin_is_let_go() {
    let mut call = dialling(NEW_YORK);
    call.finish_saying();
    call.wait();
    assert_eq!(call.said(), ["goodbye"]);
}

#[test]
fn a_callee_who_cannot_be_reached_after_the_pin_is_told_in_words() {
    let mut call = dialling(NEW_YORK);
    key_pin(&mut call, PinVerdict::Right);
    call.callee_ends(HangupCause::Busy);
    assert_eq!(call.said(), ["outcome-busy", "goodbye"]);
}

#[test]
fn the_pin_opens_nothing_that_is_closed_at_this_very_telephone() {
    let call = dialling("+12125559123");
    assert_eq!(call.said(), ["refused-class", "goodbye"]);
    assert_eq!(call.rang(), 0);
}

#[test]
fn the_assistant_asks_for_the_pin_once_a_call() {
    let setting = setting();
    let directory = setting.directory.clone();
    let flow = Flow::assistant("phone".parse().unwrap(), setting);
    let mut call = Bench::in_house(flow, directory);
    for asks in [true, false] {
        call.hear(Intent::CallContact("marie".parse().unwrap()));
        call.hear(Intent::Yes);
        if asks {
            key_pin(&mut call, PinVerdict::Right);
        }
        call.callee_ends(HangupCause::Busy);
    }
    assert_eq!(call.rang(), 2);
    let asked = call.count(|action| matches!(action, Action::CheckPin { .. }));
    assert_eq!(asked, 1);
}
