use super::bench::Bench;
use crate::{calls::HangupCause, dialogue::SoundId, flow::*, intent::Intent};

fn contact(id: &str) -> Intent {
    Intent::CallContact(id.parse().unwrap())
}

#[test]
fn an_order_is_confirmed_then_called_and_joined_without_announcement() {
    let mut call = Bench::assistant();
    assert_eq!(call.said(), ["assistant-greeting", "ask-command"]);
    call.hear(contact("marie"));
    assert_eq!(call.said(), ["confirm-call"]);
    assert_eq!(call.rang(), 0, "rang before the order was confirmed");
    call.hear(Intent::Yes);
    assert_eq!(call.said(), ["calling"]);
    call.finish_saying();
    call.callee_answers();
    assert!(call.bridged());
    call.callee_ends(HangupCause::Normal);
    assert!(call.hung_up());
}

#[test]
fn a_wrong_name_is_corrected_in_one_breath_or_asked_again() {
    let mut call = Bench::assistant();
    call.hear(contact("mario"));
    call.hear(Intent::NotThatBut("marie".parse().unwrap()));
    assert_eq!(call.said(), ["confirm-call"]);
    call.hear(Intent::No);
    assert_eq!(call.said(), ["ask-command"]);
}

#[test]
fn those_who_sound_alike_are_asked_about_one_by_one_with_their_numbers() {
    let mut call = Bench::assistant();
    let alike = || Intent::CallOneOf(["marie", "mario"].map(|id| id.parse().unwrap()).into());
    call.hear(alike());
    assert_eq!(call.said(), ["confirm-which"]);
    call.hear(Intent::No);
    assert_eq!(call.said(), ["confirm-which"]);
    call.hear(Intent::No);
    assert_eq!(call.said(), ["ask-command"]);
    call.hear(alike());
    call.key(Party::Caller, "2");
    call.hear(Intent::Yes);
    assert_eq!(call.said(), ["calling"]);
    assert_eq!(call.rang(), 1);
}

#[test]
fn who_says_the_name_again_is_not_asked_again_about_the_one_he_refused() {
    let mut call = Bench::assistant();
    let alike = || Intent::CallOneOf(["marie", "mario"].map(|id| id.parse().unwrap()).into());
    call.hear(alike());
    call.hear(alike());
    assert_eq!(call.said(), ["confirm-which"]);
    call.hear(Intent::No);
    assert_eq!(call.said(), ["ask-command"]);
}

#[test]
fn of_more_than_three_who_share_a_name_the_whole_name_is_asked_for_and_then_the_keypad() {
    let mut call = Bench::assistant();
    let many = || {
        Intent::CallOneOf(
            ["marie", "mario", "pierre", "marie-2"]
                .map(|id| id.parse().unwrap())
                .into(),
        )
    };
    for _ in 0..2 {
        call.hear(many());
        assert_eq!(call.said(), ["whole-name", "ask-command"]);
    }
    call.hear(many());
    assert_eq!(call.said(), ["keypad-menu"]);

    let mut call = Bench::assistant();
    call.hear(many());
    call.hear(contact("marie"));
    assert_eq!(call.said(), ["confirm-call"]);
    // Who answers a question with such a name is asked anew, too.
    let others = ["mario", "pierre", "marie-2", "marie-3"].map(|id| id.parse().unwrap());
    call.hear(Intent::CallOneOf(others.into()));
    assert_eq!(call.said(), ["whole-name", "ask-command"]);
}

#[test]
fn a_contact_abroad_is_refused_with_the_reason_and_the_assistant_stays() {
    let mut call = Bench::assistant();
    call.hear(contact("pierre"));
    call.key(Party::Caller, "1");
    assert_eq!(call.said(), ["refused-class", "ask-command"]);
    assert_eq!(call.rang(), 0);
    call.hear(contact("marie"));
    call.hear(Intent::Yes);
    assert_eq!(call.rang(), 1);
}

#[test]
fn not_understood_is_asked_twice_more_then_the_keypad_takes_over() {
    let mut call = Bench::assistant();
    for _ in 0..2 {
        call.hear(Intent::NotUnderstood);
        assert_eq!(call.said(), ["not-understood", "ask-command"]);
    }
    call.hear(Intent::NotUnderstood);
    assert_eq!(call.said(), ["keypad-menu"]);
}

#[test]
fn a_silent_user_gets_the_keypad_and_then_goodbye() {
    let mut call = Bench::assistant();
    for _ in 0..3 {
        call.finish_saying();
        call.wait();
    }
    assert_eq!(call.said(), ["keypad-menu"]);
    for _ in 0..3 {
        call.finish_saying();
        call.wait();
    }
    assert_eq!(call.said(), ["goodbye"]);
    call.finish_saying();
    assert!(call.hung_up());
}

#[test]
fn a_spelled_name_with_several_matches_is_picked_by_key() {
    let mut call = Bench::assistant();
    call.key(Party::Caller, "1");
    assert_eq!(call.said(), ["keypad-spell"]);
    call.key(Party::Caller, "627#");
    assert_eq!(call.said(), ["keypad-pick", "keypad-pick"]);
    call.key(Party::Caller, "2");
    assert_eq!(call.said(), ["confirm-call"]);
    call.key(Party::Caller, "1");
    assert_eq!(call.rang(), 1);
}

#[test]
fn a_last_name_is_spelled_too_and_a_pause_ends_it() {
    let mut call = Bench::assistant();
    call.key(Party::Caller, "1");
    call.key(Party::Caller, "873");
    call.wait();
    assert_eq!(call.said(), ["confirm-call"]);
}

#[test]
fn a_keyed_number_goes_through_the_same_gate() {
    let mut call = Bench::assistant();
    call.key(Party::Caller, "2");
    call.key(Party::Caller, "01133142764978#");
    assert_eq!(call.said(), ["refused-class", "ask-command"]);
    call.key(Party::Caller, "2");
    call.key(Party::Caller, "5145550142#");
    assert_eq!(call.rang(), 1);
}

#[test]
fn what_is_keyed_and_is_no_number_or_nobody_is_said_and_the_menu_comes_back() {
    let mut call = Bench::assistant();
    call.key(Party::Caller, "2");
    call.key(Party::Caller, "12345678#");
    assert_eq!(call.said(), ["keypad-no-number", "keypad-menu"]);
    call.key(Party::Caller, "1");
    call.key(Party::Caller, "999#");
    assert_eq!(call.said(), ["keypad-no-match", "keypad-menu"]);
    call.key(Party::Caller, "0");
    assert_eq!(call.said(), ["keypad-menu"]);
    call.key(Party::Caller, "*");
    assert_eq!(call.said(), ["ask-command"]);
}

#[test]
fn a_spoken_number_is_said_back_confirmed_and_goes_through_the_same_gate() {
    let mut call = Bench::assistant();
    call.hear(Intent::Digits("5145550142".into()));
    assert_eq!((call.said(), call.rang()), (vec!["confirm-number"], 0));
    assert!(matches!(
        call.last(|action| match action {
            Action::Say { pieces, .. } => pieces.first().cloned(),
            _ => None,
        }),
        Piece::Prompt(Prompt::ConfirmNumber { number }) if number == "5 1 4, 5 5 5, 0 1 4 2"
    ));
    call.hear(Intent::No);
    assert_eq!((call.said(), call.rang()), (vec!["ask-command"], 0));
    call.hear(Intent::Digits("+15145550142".into()));
    call.hear(Intent::Yes);
    assert_eq!(call.rang(), 1);

    let mut call = Bench::assistant();
    call.hear(Intent::Digits("19005551234".into()));
    call.hear(Intent::Yes);
    assert_eq!(
        (call.said(), call.rang()),
        (vec!["refused-class", "ask-command"], 0)
    );
}

#[test]
fn spoken_digits_that_are_no_number_are_asked_again_and_those_of_911_are_911() {
    let mut call = Bench::assistant();
    call.hear(Intent::Digits("12345678".into()));
    assert_eq!(call.said(), ["keypad-no-number", "ask-command"]);
    call.hear(Intent::Digits("911".into()));
    assert_eq!((call.said(), call.rang()), (vec!["confirm-emergency"], 0));
}

#[test]
fn spoken_911_is_confirmed_and_keyed_911_is_not() {
    let mut call = Bench::assistant();
    call.hear(Intent::CallEmergency);
    assert_eq!((call.said(), call.rang()), (vec!["confirm-emergency"], 0));
    call.hear(Intent::Yes);
    assert_eq!(call.rang(), 1);

    let mut call = Bench::assistant();
    call.key(Party::Caller, "2");
    call.key(Party::Caller, "911#");
    assert_eq!(call.rang(), 1);
}

#[test]
fn star_takes_a_ringing_leg_back_and_asks_again() {
    let mut call = Bench::assistant();
    call.hear(contact("marie"));
    call.hear(Intent::Yes);
    call.key(Party::Caller, "*");
    assert_eq!(
        call.count(|action| matches!(action, Action::CancelRing { .. })),
        1
    );
    assert_eq!(call.said(), ["ask-command"]);
}

#[test]
fn a_busy_contact_is_said_and_the_assistant_asks_what_next() {
    let mut call = Bench::assistant();
    call.hear(contact("marie"));
    call.hear(Intent::Yes);
    call.callee_ends(HangupCause::Busy);
    assert_eq!(call.said(), ["outcome-busy", "ask-command"]);
}

#[test]
fn with_recording_on_the_contact_is_told_before_he_is_joined() {
    let mut call = Bench::new(Flow::assistant("phone".parse().unwrap(), Bench::setting(true)));
    assert_eq!(
        call.said(),
        ["assistant-greeting", "recording-notice", "ask-command"]
    );
    call.hear(contact("marie"));
    call.hear(Intent::Yes);
    call.callee_answers();
    assert_eq!(call.said(), ["recording-notice"]);
    assert!(!call.bridged());
    call.finish_saying();
    assert!(call.bridged());
}

#[test]
fn with_the_ear_gone_the_keys_still_lead_to_a_call() {
    let mut call = Bench::assistant();
    call.tell(Input::EarFailed { party: Party::Caller });
    call.key(Party::Caller, "1");
    call.key(Party::Caller, "62743#");
    assert_eq!(call.said(), ["confirm-call", "confirm-keys"]);
    call.key(Party::Caller, "1");
    assert_eq!(call.rang(), 1);
}

#[test]
fn with_the_ear_gone_the_keypads_menu_follows_the_question_at_once() {
    let mut call = Bench::assistant();
    call.tell(Input::EarFailed { party: Party::Caller });
    assert_eq!(call.said(), ["assistant-greeting", "ask-command"]);
    call.finish_saying();
    assert_eq!(call.said(), ["keypad-menu"]);
}

#[test]
fn with_the_ear_gone_every_later_question_leads_to_the_keypad_too() {
    let mut call = Bench::assistant();
    call.tell(Input::EarFailed { party: Party::Caller });
    call.finish_saying();
    call.key(Party::Caller, "*");
    assert_eq!(call.said(), ["ask-command"]);
    call.finish_saying();
    assert_eq!(call.said(), ["keypad-menu"]);
}

#[test]
fn a_dialled_number_is_not_answered_before_the_callee_and_a_busy_one_gives_its_cause() {
    let direct = |digits: &str| {
        let dialled = crate::number::Dialled::parse(digits).unwrap();
        Bench::new(Flow::direct(
            "phone".parse().unwrap(),
            dialled,
            Bench::setting(false),
        ))
    };
    let mut call = direct("5145550142");
    assert_eq!(call.count(|action| matches!(action, Action::Answer { .. })), 0);
    call.callee_answers();
    assert!(call.bridged());

    let mut call = direct("5145550142");
    call.callee_ends(HangupCause::Busy);
    assert!(matches!(
        call.done.last(),
        Some(Action::HangUp {
            cause: HangupCause::Busy
        })
    ));

    let mut call = direct("19005551234");
    assert_eq!(call.said(), ["refused-class", "goodbye"]);
    call.finish_saying();
    assert!(call.hung_up());
}

#[test]
fn a_recorded_greeting_takes_the_place_of_our_words_and_the_notice_of_recording_stays() {
    let sound = |name| Some(Sound::new(name, SoundId(0)));
    let setting = || Setting {
        greetings: Greetings {
            assistant: sound("assistant.wav"),
            front_desk: sound("desk.wav"),
        },
        ..Bench::setting(true)
    };
    let greeted = |call: &Bench| {
        let said = call.done.iter().find_map(|action| match action {
            Action::Say { pieces, .. } => Some(pieces.clone()),
            _ => None,
        });
        let said = said.unwrap();
        let Piece::Sound(sound) = &said[0] else {
            panic!("{said:?}");
        };
        assert_eq!(said[1], Prompt::RecordingNotice.into());
        sound.name().to_owned()
    };
    let own = Bench::new(Flow::assistant("phone".parse().unwrap(), setting()));
    assert_eq!(greeted(&own), "assistant.wav");
    let desk = Bench::new(Flow::front_desk(setting()));
    assert_eq!(greeted(&desk), "desk.wav");
}
