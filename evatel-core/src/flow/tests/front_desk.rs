use jiff::Timestamp;
use rstest::rstest;

use super::bench::{Bench, records};
use crate::{
    caller::Caller,
    calls::{Answerer, HangupCause, LegCause},
    did::DidTarget,
    evaluation::{self, Outcome, Rung, RungLeg, Stage, evaluate},
    flow::*,
    intent::Intent,
    policy::{Destination, Rule},
};

fn ringing() -> Bench {
    let mut call = Bench::front_desk();
    assert_eq!(call.said(), ["greeting", "ask-name"]);
    call.record(2);
    call.hear(Intent::NotUnderstood);
    assert_eq!(call.said(), ["hold"]);
    call.finish_saying();
    call
}

#[test]
fn a_caller_says_his_name_is_announced_with_it_and_joined_when_accepted_by_key() {
    let mut call = ringing();
    assert_eq!(call.count(|action| matches!(action, Action::Ringback { .. })), 1);
    call.callee_answers();
    assert_eq!(call.said(), ["call-from", "(recording)", "accept-or-refuse"]);
    assert!(!call.bridged());
    call.key(Party::Callee, "1");
    assert!(call.bridged());
    call.callee_ends(HangupCause::Normal);
    assert!(call.hung_up());
}

#[test]
fn the_owner_may_accept_or_refuse_by_voice() {
    let mut call = ringing();
    call.callee_answers();
    call.hear(Intent::Accept);
    assert!(call.bridged());

    let mut call = ringing();
    call.callee_answers();
    call.hear(Intent::Refuse);
    assert_eq!(call.said(), ["outcome-declined", "after-failure-choices"]);
    assert_eq!(
        call.count(|action| matches!(action, Action::CancelRing { .. })),
        1
    );
}

#[test]
fn each_way_of_not_being_reached_is_said_and_followed_by_the_choice() {
    for (cause, said) in [
        (HangupCause::Busy, "outcome-busy"),
        (HangupCause::Rejected, "outcome-declined"),
        (HangupCause::Absent, "outcome-unreachable"),
        // A SIP 480 of a telephone that never rang: it is off, or wants no calls.
        (HangupCause::NoAnswer, "outcome-unreachable"),
    ] {
        let mut call = ringing();
        call.callee_ends(cause);
        assert_eq!(call.said(), [said, "after-failure-choices"]);
    }
    let mut call = ringing();
    let ring = call.ring_id();
    call.tell(Input::Ringing { ring });
    call.callee_ends(HangupCause::NoAnswer);
    assert_eq!(call.said(), ["outcome-no-answer", "after-failure-choices"]);
}

#[test]
fn of_two_who_are_joined_already_neither_stays_alone() {
    let cause = HangupCause::Normal;
    for leaves in [Party::Caller, Party::Callee] {
        let (flow, ring) = Flow::joined();
        let mut call = Bench::new(flow);
        call.key(Party::Caller, "1");
        assert_eq!(call.done.len(), 0);
        call.tell(match leaves {
            Party::Caller => Input::CallerHungUp { cause },
            Party::Callee => Input::CalleeEnded { ring, cause },
        });
        assert!(call.hung_up());
    }
}

#[test]
fn twenty_five_seconds_without_answer_take_the_leg_back() {
    let mut call = ringing();
    let began = call.now;
    assert_eq!(call.flow.next_timeout().unwrap().1, Timer::Ring);
    call.wait();
    assert_eq!(call.now - began, DEFAULT_RING_TIMEOUT);
    assert_eq!(call.said(), ["outcome-no-answer", "after-failure-choices"]);
    let ring = call.ring_id();
    call.tell(Input::CalleeAnswered { ring });
    assert!(
        !call.bridged(),
        "an answer after the leg was given up joined the two"
    );
}

#[test]
fn the_choice_after_a_failure_is_message_again_or_end() {
    let mut call = ringing();
    call.callee_ends(HangupCause::Busy);
    call.key(Party::Caller, "2");
    assert_eq!(call.rang(), 2);
    call.callee_ends(HangupCause::Busy);
    call.hear(Intent::Message);
    assert_eq!(call.said(), ["leave-message", "(beep)"]);
    call.finish_saying();
    call.key(Party::Caller, "#");
    call.record(5);
    assert_eq!(call.said(), ["message-kept", "goodbye"]);
    call.finish_saying();
    assert!(call.hung_up());
}

#[test]
fn a_callee_who_says_nothing_is_asked_three_times_then_counts_as_not_answering() {
    let mut call = ringing();
    call.callee_answers();
    for _ in 0..3 {
        call.finish_saying();
        call.wait();
    }
    assert_eq!(call.said(), ["outcome-no-answer", "after-failure-choices"]);
    assert!(!call.bridged());
}

#[test]
fn a_silent_caller_is_asked_three_times_and_announced_without_a_name() {
    let mut call = Bench::front_desk();
    for _ in 0..3 {
        assert_eq!(call.said().last(), Some(&"ask-name"));
        call.finish_saying();
        call.wait();
    }
    assert_eq!(call.said(), ["hold"]);
    call.callee_answers();
    assert_eq!(call.said(), ["call-from-unknown", "accept-or-refuse"]);
}

#[test]
fn an_outside_caller_who_orders_a_call_gets_no_leg_and_the_rule_is_decided_by_the_gate() {
    for intent in [
        Intent::CallContact("marie".parse().unwrap()),
        Intent::CallEmergency,
    ] {
        let mut call = Bench::front_desk();
        call.tell(Input::SpeechStarted { party: Party::Caller });
        call.hear(intent);
        let asked = call.count(|action| {
            matches!(
                action,
                Action::Decide {
                    authoriser: crate::policy::Authoriser::OutsideCaller,
                    ..
                }
            )
        });
        assert_eq!((asked, call.rang()), (1, 0));
        assert_eq!(call.said(), ["refused-no-authority", "ask-name"]);
    }
}

#[test]
fn a_caller_who_orders_again_and_again_is_left() {
    let mut call = Bench::front_desk();
    for _ in 0..4 {
        call.hear(Intent::CallContact("marie".parse().unwrap()));
    }
    assert_eq!(call.said(), ["refused-no-authority", "goodbye"]);
    call.finish_saying();
    assert!(call.hung_up());
}

fn pin_checked(call: &mut Bench, verdict: PinVerdict) {
    let id = call
        .done
        .iter()
        .rev()
        .find_map(|action| match action {
            Action::CheckPin { id, .. } => Some(*id),
            _ => None,
        })
        .expect("a PIN is checked");
    call.tell(Input::PinChecked { id, verdict });
}

#[test]
fn the_owner_with_his_pin_orders_from_anywhere_as_himself() {
    let mut call = Bench::front_desk();
    call.key(Party::Caller, "*");
    assert_eq!(call.said(), ["ask-pin"]);
    call.key(Party::Caller, "482913#");
    pin_checked(&mut call, PinVerdict::Right);
    assert_eq!(call.said(), ["assistant-greeting", "ask-command"]);
    call.hear(Intent::CallContact("marie".parse().unwrap()));
    call.hear(Intent::Yes);
    assert_eq!(call.rang(), 1);
    let told: Vec<_> = call
        .done
        .iter()
        .filter(|action| matches!(action, Action::Note(_)))
        .collect();
    assert!(
        !format!("{told:?} {:?}", call.done).contains("482913"),
        "the PIN can be read in {told:?}"
    );
}

#[test]
fn three_wrong_pins_or_a_locked_one_end_the_call() {
    let mut call = Bench::front_desk();
    call.key(Party::Caller, "*");
    for _ in 0..3 {
        call.key(Party::Caller, "000000#");
        pin_checked(&mut call, PinVerdict::Wrong);
    }
    assert_eq!(call.said(), ["pin-locked", "goodbye"]);
    call.finish_saying();
    assert!(call.hung_up());
    assert_eq!(call.rang(), 0);
}

#[test]
fn going_back_between_wrong_pins_gives_no_new_attempts() {
    let mut call = Bench::front_desk();
    for _ in 0..2 {
        call.key(Party::Caller, "*");
        call.key(Party::Caller, "000000#");
        pin_checked(&mut call, PinVerdict::Wrong);
        call.key(Party::Caller, "*");
        assert_eq!(call.said(), ["ask-name"]);
    }
    call.key(Party::Caller, "*");
    call.key(Party::Caller, "000000#");
    pin_checked(&mut call, PinVerdict::Wrong);
    assert_eq!(call.said(), ["pin-locked", "goodbye"]);
}

#[test]
fn a_recorded_call_is_announced_to_both_and_recorded_when_joined() {
    let mut call = Bench::new(Flow::front_desk(Bench::setting(true)));
    assert_eq!(call.said(), ["greeting", "recording-notice", "ask-name"]);
    call.record(1);
    call.hear(Intent::NotUnderstood);
    call.callee_answers();
    assert_eq!(
        call.said(),
        ["call-from", "(recording)", "recording-notice", "accept-or-refuse"]
    );
    call.key(Party::Callee, "1");
    assert_eq!(
        call.count(|action| matches!(action, Action::Bridge { record: true, .. })),
        1
    );
}

#[test]
fn with_the_ear_gone_the_recorded_name_still_leads_to_the_owner() {
    let mut call = Bench::front_desk();
    call.tell(Input::EarFailed { party: Party::Caller });
    call.record(1);
    assert_eq!(call.said(), ["hold"]);
}

#[test]
fn an_unassigned_number_is_rejected_before_answer() {
    let call = Bench::new(Flow::rejected(HangupCause::UnallocatedNumber));
    assert!(matches!(
        call.done[..],
        [Action::Reject {
            cause: HangupCause::UnallocatedNumber
        }]
    ));
}

#[test]
fn a_smart_number_without_a_telephone_says_that_its_owner_cannot_be_reached() {
    let mut rows = super::bench::records();
    rows.devices.clear();
    let mut call = Bench::front_desk();
    call.directory = Arc::new(Directory::new(rows, 2).unwrap());
    call.record(1);
    call.hear(Intent::NotUnderstood);
    assert_eq!(call.said(), ["outcome-unreachable", "after-failure-choices"]);
    assert!(
        call.done
            .iter()
            .all(|action| !matches!(action, Action::Ring { .. }))
    );
    assert_eq!(Rule::NoDevice.to_string(), "no-device");
}

fn mobile() -> Turn {
    Turn {
        destination: Destination::Dialled(Dialled::Number("+15145559999".parse().unwrap())),
        cause: LegCause::Forward,
        ..Turn::owner(&"luc".parse().unwrap())
    }
}

fn round(turns: Vec<Turn>, seconds: u64) -> Round {
    Round {
        turns,
        ring_timeout: Some(Duration::from_secs(seconds)),
    }
}

/// Luc's telephone for ten seconds, then his mobile for twenty.
fn two_rounds() -> Vec<Round> {
    let luc = Turn::owner(&"luc".parse().unwrap());
    vec![round(vec![luc], 10), round(vec![mobile()], 20)]
}

/// Luc's telephone and his mobile at once, for twenty seconds.
pub(super) fn at_once() -> Vec<Round> {
    vec![round(vec![Turn::owner(&"luc".parse().unwrap()), mobile()], 20)]
}

fn ringing_two() -> Bench {
    ringing_rounds(two_rounds())
}

fn ringing_rounds(rounds: Vec<Round>) -> Bench {
    let mut call = Bench::new(Flow::front_desk_ringing(rounds, Bench::setting(false)));
    call.record(2);
    call.hear(Intent::NotUnderstood);
    call.finish_saying();
    call
}

#[test]
fn who_does_not_answer_in_his_time_is_followed_by_the_next_and_the_caller_hears_no_word_of_it() {
    let mut call = ringing_two();
    let began = call.now;
    let said = |call: &Bench| call.count(|action| matches!(action, Action::Say { .. }));
    let before = said(&call);
    call.wait();
    assert_eq!(call.now - began, Duration::from_secs(10));
    assert_eq!(call.rang(), 2);
    assert_eq!(said(&call), before);
    call.wait();
    assert_eq!(call.now - began, Duration::from_secs(30));
    assert_eq!(call.said(), ["outcome-no-answer", "after-failure-choices"]);
}

#[test]
fn a_holiday_that_begins_while_the_receptionist_has_the_call_does_not_move_it() {
    let mut records = records();
    records.dids[0].target = DidTarget::Receptionist {
        operator: "luc".parse().unwrap(),
    };
    let office = r#"{"schedule": {"zone": "America/Toronto", "otherwise": "open",
            "holidays": {"calendar": {"province": "qc"}, "state": "closed"}},
        "open": {"forward": [{"ring_seconds": 20, "legs": [{"to": "devices"}]},
            {"ring_seconds": 20, "legs": [{"to": "+15145550142", "confirm": true}]}]}}"#;
    records.offices = vec![("a".parse().unwrap(), serde_json::from_str(office).unwrap())];
    let directory = Arc::new(Directory::new(records, 1).unwrap());
    let at = |instant: Timestamp| {
        let number = "+15145550199".parse().unwrap();
        evaluate(&number, &Caller::Anonymous, instant, &directory)
    };

    let ten_before_midnight: Timestamp = "2026-12-25T04:59:50Z".parse().unwrap();
    let Outcome::Ring { stages, .. } = at(ten_before_midnight).outcome else {
        panic!("the office is open on the eve");
    };
    let setting = Setting {
        directory: directory.clone(),
        ..Bench::setting(false)
    };
    let flow = Flow::front_desk_ringing(Round::of_stages(&stages), setting);
    let mut call = Bench::in_house(flow, directory.clone());
    let began = call.now;
    call.record(2);
    call.hear(Intent::NotUnderstood);
    call.finish_saying();
    call.wait();
    let now = ten_before_midnight + (call.now - began);
    assert_eq!(at(now).rule, evaluation::Rule::Holiday, "it is Christmas by now");
    assert_eq!(call.rang(), 2);
    call.callee_answers();
    call.key(Party::Callee, "1");
    assert!(call.bridged());
}

#[test]
fn a_number_outside_is_asked_like_anybody_before_it_has_the_call() {
    let mut call = ringing_two();
    call.callee_ends(HangupCause::Busy);
    call.callee_answers();
    assert_eq!(call.said(), ["call-from", "(recording)", "accept-or-refuse"]);
    assert!(!call.bridged());
    call.key(Party::Callee, "1");
    assert!(call.bridged());
}

#[test]
fn a_voicemail_that_answers_and_confirms_nothing_does_not_take_the_call() {
    let mut call = ringing_two();
    call.callee_answers();
    for _ in 0..3 {
        call.finish_saying();
        call.wait();
    }
    assert!(!call.bridged());
    assert_eq!(call.rang(), 2);
}

#[test]
fn who_refuses_ends_the_search() {
    let mut call = ringing_two();
    call.callee_answers();
    call.key(Party::Callee, "2");
    assert_eq!(call.said(), ["outcome-declined", "after-failure-choices"]);
    assert_eq!(call.rang(), 1);
}

#[test]
fn where_nobody_shall_be_rung_the_caller_leaves_a_message_at_once() {
    let mut call = Bench::new(Flow::front_desk_ringing(Vec::new(), Bench::setting(false)));
    call.record(2);
    call.hear(Intent::NotUnderstood);
    assert_eq!(call.said(), ["leave-message", "(beep)"]);
    assert_eq!(call.rang(), 0);
}

#[test]
fn who_shall_ring_at_once_does_and_the_first_who_answers_stops_the_others() {
    let mut call = ringing_rounds(at_once());
    assert_eq!(call.rang(), 2);
    let [telephone, mobile] = call.ring_ids()[..] else {
        panic!("two")
    };
    call.tell(Input::Ringing { ring: telephone });
    call.tell(Input::CalleeAnswered { ring: mobile });
    let given_up = call.count(|action| {
        matches!(action, Action::CancelRing { ring, cause: HangupCause::AnsweredElsewhere } if *ring == telephone)
    });
    assert_eq!(given_up, 1);
    assert_eq!(call.said(), ["call-from", "(recording)", "accept-or-refuse"]);
    // What is late of the one that was given up changes nothing.
    call.tell(Input::CalleeEnded {
        ring: telephone,
        cause: HangupCause::AnsweredElsewhere,
    });
    call.key(Party::Callee, "1");
    assert!(call.bridged());
    call.tell(Input::CalleeEnded {
        ring: mobile,
        cause: HangupCause::Normal,
    });
    assert!(call.hung_up());
}

#[test]
fn a_voicemail_that_answers_first_lets_the_others_ring_again() {
    let mut call = ringing_rounds(at_once());
    let rings = call.ring_ids();
    call.tell(Input::CalleeAnswered { ring: rings[1] });
    for _ in 0..3 {
        call.finish_saying();
        call.wait();
    }
    assert_eq!(call.rang(), 3);
    call.callee_answers();
    call.key(Party::Callee, "1");
    assert!(call.bridged());
}

#[test]
fn a_machine_is_asked_once_and_what_it_would_record_is_not_said() {
    let mut call = ringing();
    call.callee_answers();
    let ring = call.ring_id();
    assert_eq!(
        call.count(|action| matches!(action, Action::Identify { ring: asked } if *asked == ring)),
        1
    );
    call.tell(Input::AnsweredBy {
        ring,
        who: Answerer::Machine,
    });
    // A person who talks on can still take the call: he has heard the question.
    call.finish_saying();
    call.wait();
    assert_eq!(call.said(), ["outcome-no-answer", "after-failure-choices"]);

    let mut call = ringing();
    call.callee_answers();
    let ring = call.ring_id();
    call.tell(Input::Beeped { ring });
    assert_eq!(call.said(), ["outcome-no-answer", "after-failure-choices"]);
    assert!(!call.bridged());
}

#[test]
fn a_person_who_is_taken_for_a_machine_can_still_take_the_call() {
    let mut call = ringing();
    call.callee_answers();
    call.tell(Input::AnsweredBy {
        ring: call.ring_id(),
        who: Answerer::Machine,
    });
    call.key(Party::Callee, "1");
    assert!(call.bridged());
}

#[rstest]
#[case(Answerer::Busy, Some("outcome-busy"))]
#[case(Answerer::Congestion, Some("outcome-unreachable"))]
#[case(Answerer::Fax, Some("outcome-unreachable"))]
#[case(Answerer::Human, None)]
#[case(Answerer::Music, None)]
#[case(Answerer::Silence, None)]
fn what_answers_and_is_nobody_counts_as_what_it_is(
    #[case] who: Answerer,
    #[case] outcome: Option<&'static str>,
) {
    let mut call = ringing();
    call.callee_answers();
    let ring = call.ring_id();
    call.tell(Input::AnsweredBy { ring, who });
    let given_up =
        call.count(|action| matches!(action, Action::CancelRing { ring: gone, .. } if *gone == ring));
    match outcome {
        Some(outcome) => {
            assert_eq!(call.said(), [outcome, "after-failure-choices"]);
            assert_eq!(given_up, 1);
        }
        None => assert_eq!(given_up, 0),
    }
    // What is told of a leg that is gone, or of another, changes nothing.
    let before = call.done.len();
    call.tell(Input::Beeped {
        ring: ActionId(u64::MAX),
    });
    assert_eq!(call.done.len(), before);
}

#[test]
fn a_fax_that_answers_first_lets_the_others_ring_again() {
    let mut call = ringing_rounds(at_once());
    let rings = call.ring_ids();
    call.tell(Input::CalleeAnswered { ring: rings[1] });
    call.tell(Input::AnsweredBy {
        ring: rings[1],
        who: Answerer::Fax,
    });
    assert_eq!(call.rang(), 3);
}

#[test]
fn one_of_those_who_ring_at_once_fails_and_the_others_ring_on() {
    let mut call = ringing_rounds(at_once());
    let rings = call.ring_ids();
    call.tell(Input::CalleeEnded {
        ring: rings[0],
        cause: HangupCause::Busy,
    });
    assert_eq!(call.said(), ["hold"]);
    call.tell(Input::CalleeEnded {
        ring: rings[1],
        cause: HangupCause::Absent,
    });
    // Of several the caller is told what says most.
    assert_eq!(call.said(), ["outcome-busy", "after-failure-choices"]);
}

#[test]
fn those_who_ring_at_once_stop_together_when_their_time_is_up() {
    let mut call = ringing_rounds(at_once());
    let began = call.now;
    call.wait();
    assert_eq!(call.now - began, Duration::from_secs(20));
    let given_up = |action: &Action| {
        matches!(
            action,
            Action::CancelRing {
                cause: HangupCause::NoAnswer,
                ..
            }
        )
    };
    assert_eq!(call.count(given_up), 2);
    assert_eq!(call.said(), ["outcome-no-answer", "after-failure-choices"]);
}

#[test]
fn each_stage_is_a_round_until_the_time_is_up() {
    let leg = RungLeg {
        by: "luc".parse().unwrap(),
        rung: Rung::Number("+15145559999".parse().unwrap()),
        confirm: true,
    };
    let stage = Stage {
        ring_seconds: Some(40),
        legs: vec![leg; 2],
    };
    let rounds = Round::of_stages(&[stage.clone(), stage.clone(), stage.clone(), stage]);
    let seconds: Vec<_> = rounds
        .iter()
        .map(|round| (round.ring_timeout.unwrap().as_secs(), round.turns.len()))
        .collect();
    assert_eq!(seconds, [(40, 2), (40, 2), (10, 2)]);
}
