//! The order of the rules, forwards among colleagues, and what is refused when a forward is saved.

use proptest::{prelude::*, sample::select};

use super::*;
use crate::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, UserNo,
    },
    contact::{Contact, ContactOwner},
    device::Device,
    did::Did,
    directory::Records,
    office::Office,
    presence::{Presence, PresenceForm},
    restriction::{Effect, NumberMatch, Restriction, RestrictionOwner},
    screening::ScreeningEntry,
    trunk::Trunk,
};

const MONDAY_10: &str = "2026-11-23T15:00:00Z";
const MONDAY_20: &str = "2026-11-24T01:00:00Z";
const CHRISTMAS_10: &str = "2026-12-25T15:00:00Z";
const ANN: &str = "+15145550101";
const BOB: &str = "+15145550102";
const MAIN: &str = "+15145550100";
const MOBILE: &str = "+15145559999";

/// A company: Ann and Bob with telephones, Cat without; Zed is somebody else's.
fn records() -> Records {
    let account = |id: &str| Account {
        id: id.parse().unwrap(),
        reseller: "r".parse().unwrap(),
        name: id.parse().unwrap(),
        kind: AccountKind::Company,
        status: AccountStatus::Active,
        language: Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
        records_calls: false,
        is_default: false,
    };
    let user = |id: &str, account: &str, extension: &str| User {
        id: id.parse().unwrap(),
        account: account.parse().unwrap(),
        name: id.parse().unwrap(),
        extension: extension.parse().unwrap(),
        number: UserNo::FIRST,
        roles: Roles::NONE,
        language: None,
        zone: None,
        has_pin: false,
    };
    let device = |user: &str| Device {
        id: format!("d-{user}").parse().unwrap(),
        user: user.parse().unwrap(),
        name: "Bureau".parse().unwrap(),
    };
    let did = |number: &str, account: &str, target: DidTarget| Did {
        id: format!("n{number}").replace('+', "-").parse().unwrap(),
        number: number.parse().unwrap(),
        trunk: "t".parse().unwrap(),
        account: account.parse().unwrap(),
        target,
    };
    let smart = |user: &str| DidTarget::SmartNumber {
        user: user.parse().unwrap(),
    };
    Records {
        resellers: vec![Reseller {
            id: "r".parse().unwrap(),
            name: "R".parse().unwrap(),
            billing: BillingMode::Delegated,
            status: ResellerStatus::Active,
            is_default: true,
        }],
        accounts: vec![account("a"), account("b")],
        users: vec![
            user("ann", "a", "101"),
            user("bob", "a", "102"),
            user("cat", "a", "103"),
            user("zed", "b", "101"),
        ],
        devices: vec![device("ann"), device("bob"), device("zed")],
        trunks: vec![Trunk {
            id: "t".parse().unwrap(),
            name: "Carrier".parse().unwrap(),
            peer: "192.0.2.1".parse().unwrap(),
            format: crate::number::NumberFormat::National10,
        }],
        dids: vec![
            did(ANN, "a", smart("ann")),
            did(BOB, "a", smart("bob")),
            did("+15145550109", "b", smart("zed")),
            did(
                MAIN,
                "a",
                DidTarget::Receptionist {
                    operator: "bob".parse().unwrap(),
                },
            ),
        ],
        ..Records::default()
    }
}

/// Ann works from nine to five; she has a rule for the evening of her own.
fn presence(rules_at_work: &str) -> Presence {
    let text = format!(
        r#"{{"schedule": {{"zone": "America/Toronto", "otherwise": "after-hours",
              "holidays": {{"calendar": {{"province": "qc"}}, "state": "vacation"}},
              "weekly": [{{"when": "mon-fri 09:00-17:00", "state": "working"}}]}},
            "statuses": [{{"status": "working", "rules": {rules_at_work}}}]}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn forward(legs: &[&str]) -> String {
    let legs: Vec<String> = legs
        .iter()
        .map(|to| format!(r#"{{"to": "{to}", "confirm": true}}"#))
        .collect();
    format!(
        r#"{{"forward": [{{"ring_seconds": 20, "legs": [{}]}}]}}"#,
        legs.join(",")
    )
}

fn everybody(then: &str) -> String {
    format!(r#"[{{"who": "everybody", "then": {then}}}]"#)
}

fn with(presences: &[(&str, Presence)]) -> Records {
    let presences = presences
        .iter()
        .map(|(user, presence)| (user.parse().unwrap(), presence.clone()));
    Records {
        presences: presences.collect(),
        ..records()
    }
}

fn screening(owner: ScreeningOwner, list: ScreeningList, caller: &str) -> ScreeningEntry {
    ScreeningEntry {
        id: "s".parse().unwrap(),
        owner,
        list,
        caller: caller.parse().unwrap(),
    }
}

fn of_user(user: &str) -> ScreeningOwner {
    ScreeningOwner::User(user.parse().unwrap())
}

fn test(number: &str, caller: &str, at: &str, records: Records) -> Evaluation {
    let directory = Directory::new(records, 1).unwrap();
    evaluate(
        &number.parse().unwrap(),
        &caller.parse().unwrap(),
        at.parse().unwrap(),
        &directory,
    )
}

/// Whom an evaluation rings, stage by stage, as `d:USER` and numbers.
fn rung(evaluation: &Evaluation) -> Vec<Vec<String>> {
    let Outcome::Ring { stages, .. } = &evaluation.outcome else {
        panic!("{evaluation:?}")
    };
    let leg = |leg: &RungLeg| match &leg.rung {
        Rung::DeviceOf(user) => format!("d:{user}"),
        Rung::Number(number) => number.to_string(),
    };
    stages
        .iter()
        .map(|stage| stage.legs.iter().map(leg).collect())
        .collect()
}

fn voicemail_of(user: &str) -> Outcome {
    Outcome::Voicemail {
        owner: user.parse().unwrap(),
    }
}

fn rules_tried(evaluation: &Evaluation) -> Vec<(Rule, bool)> {
    evaluation
        .trace
        .iter()
        .map(|tried| (tried.rule, tried.held))
        .collect()
}

#[test]
fn a_number_of_nobody_is_not_in_service_and_one_without_rules_rings() {
    let nobody = test("+15145550000", "anonymous", MONDAY_10, records());
    assert_eq!(
        (nobody.outcome, nobody.rule),
        (Outcome::NotInService, Rule::Number)
    );
    let plain = test(ANN, "5145551234", MONDAY_10, records());
    assert_eq!(rung(&plain), [["d:ann"]]);
    assert_eq!(plain.rule, Rule::NoRules);
}

#[test]
fn every_rule_before_the_one_that_holds_is_in_the_trace() {
    let records = with(&[("ann", presence(&everybody(&forward(&["devices"]))))]);
    let at_work = test(ANN, "5145551234", MONDAY_10, records);
    assert_eq!(rung(&at_work), [["d:ann"]]);
    assert_eq!(
        rules_tried(&at_work),
        [
            (Rule::Number, true),
            (Rule::BlockList, false),
            (Rule::BlockList, false),
            (Rule::BlockList, false),
            (Rule::AllowList, false),
            (Rule::AllowList, false),
            (Rule::Override, false),
            (Rule::Holiday, false),
            (Rule::SpecialPeriod, false),
            (Rule::WeeklyHours, true),
            (Rule::CallerRule, true),
        ]
    );
    let window = &at_work.trace[9];
    assert_eq!(window.about, "mon-fri 09:00-17:00 → working");
    assert_eq!(at_work.trace[10].about, "working 1: everybody");
}

#[test]
fn evenings_and_holidays_do_what_their_status_does_by_default() {
    let records = with(&[("ann", presence(&everybody(&forward(&["devices"]))))]);
    let evening = test(ANN, "5145551234", MONDAY_20, records.clone());
    assert_eq!(
        (evening.outcome, evening.rule),
        (voicemail_of("ann"), Rule::StatusDefault)
    );
    let holiday = test(ANN, "5145551234", CHRISTMAS_10, records);
    assert_eq!(holiday.outcome, voicemail_of("ann"));
    assert!(
        holiday
            .trace
            .iter()
            .any(|tried| tried.rule == Rule::Holiday && tried.held && tried.about == "christmas → vacation")
    );
}

#[test]
fn a_status_set_by_hand_holds_until_its_end_even_on_a_holiday() {
    let mut form: PresenceForm = presence(&everybody(&forward(&["devices"]))).into_form();
    let mut schedule = form.schedule.into_form();
    schedule.manual = Some(crate::schedule::Override {
        state: "working".parse().unwrap(),
        since: None,
        until: Some("2026-12-25T16:00:00Z".parse().unwrap()),
    });
    form.schedule = Schedule::new(schedule).unwrap();
    let records = with(&[("ann", Presence::new(form).unwrap())]);
    assert_eq!(
        rung(&test(ANN, "anonymous", CHRISTMAS_10, records.clone())),
        [["d:ann"]]
    );
    let later = test(ANN, "anonymous", "2026-12-25T16:00:00Z", records);
    assert_eq!(later.outcome, voicemail_of("ann"));
}

#[test]
fn block_lists_go_before_the_allow_list_and_that_before_the_status() {
    let mut records = with(&[("ann", presence(&everybody(r#""voicemail""#)))]);
    let account = ScreeningOwner::Account("a".parse().unwrap());
    records.screening = vec![
        screening(of_user("ann"), ScreeningList::Allow, "+1514*"),
        screening(account.clone(), ScreeningList::Block, "+15145556666"),
        screening(of_user("ann"), ScreeningList::Block, "anonymous"),
        screening(of_user("bob"), ScreeningList::Block, "+15145551234"),
        screening(
            ScreeningOwner::Account("b".parse().unwrap()),
            ScreeningList::Block,
            "+15145551234",
        ),
    ];
    let call = |caller: &str| test(ANN, caller, MONDAY_10, records.clone());
    assert_eq!(rung(&call("5145551234")), [["d:ann"]]);
    assert_eq!(call("5145551234").rule, Rule::AllowList);
    assert_eq!(call("5145556666").outcome, Outcome::Rejected);
    assert_eq!(call("Restricted").outcome, Outcome::Rejected);
    assert_eq!(call("4185551234").outcome, voicemail_of("ann"));
}

#[test]
fn the_first_rule_whose_filter_fits_the_caller_decides() {
    let rules = format!(
        r#"[{{"who": "anonymous", "then": "reject"}},
            {{"who": "vip", "then": {}}},
            {{"who": "contact:marie", "then": {}}},
            {{"who": "+1418*", "then": "reject"}},
            {{"who": "contacts", "then": "voicemail"}}]"#,
        forward(&["devices", MOBILE]),
        forward(&["devices"])
    );
    let mut records = with(&[("ann", presence(&rules))]);
    let contact = |id: &str, owner: ContactOwner, number: &str| {
        Contact::new(
            id.parse().unwrap(),
            owner,
            id.parse().unwrap(),
            number.parse().unwrap(),
        )
    };
    let mut marie = contact(
        "marie",
        ContactOwner::Account("a".parse().unwrap()),
        "+15145550001",
    );
    marie.other_numbers = vec!["+14385550001".parse().unwrap()];
    records.contacts = vec![
        marie,
        contact("paul", ContactOwner::User("ann".parse().unwrap()), "+15145550002"),
        contact("luc", ContactOwner::User("bob".parse().unwrap()), "+15145550003"),
    ];
    records.screening = vec![screening(of_user("ann"), ScreeningList::Vip, "+15145557777")];
    let call = |caller: &str| test(ANN, caller, MONDAY_10, records.clone());
    assert_eq!(call("anonymous").outcome, Outcome::Rejected);
    assert_eq!(rung(&call("5145557777")), [["d:ann", MOBILE]]);
    assert_eq!(rung(&call("4385550001")), [["d:ann"]]);
    assert_eq!(call("4185550001").outcome, Outcome::Rejected);
    assert_eq!(call("5145550002").outcome, voicemail_of("ann"));
    // Bob's contact is not Ann's: no rule fits.
    let stranger = call("5145550003");
    assert_eq!(
        (stranger.outcome, stranger.rule),
        (voicemail_of("ann"), Rule::CallerRule)
    );
    assert_eq!(
        stranger
            .trace
            .iter()
            .filter(|tried| tried.rule == Rule::CallerRule)
            .count(),
        5
    );
}

#[test]
fn two_users_who_forward_to_each_other_end_in_the_voicemail_of_the_first() {
    let to = |user: &str| presence(&everybody(&forward(&[&format!("user:{user}")])));
    let both = with(&[("ann", to("bob")), ("bob", to("ann"))]);
    let call = test(ANN, "5145551234", MONDAY_10, both);
    assert_eq!(
        (call.outcome.clone(), call.rule),
        (voicemail_of("ann"), Rule::Voicemail)
    );
    let round = call
        .trace
        .iter()
        .find(|tried| tried.rule == Rule::ForwardLoop)
        .unwrap();
    assert_eq!(
        (round.user.as_ref().unwrap().as_str(), round.about.as_str()),
        ("bob", "user:ann")
    );
}

#[test]
fn a_colleague_rings_as_his_own_status_wants_it_and_answers_for_his_own_legs() {
    let records = with(&[
        (
            "ann",
            presence(&everybody(&forward(&[
                "devices", "user:bob", "user:cat", "user:zed",
            ]))),
        ),
        ("bob", presence(&everybody(&forward(&["devices", MOBILE])))),
    ]);
    let call = test(ANN, "5145551234", MONDAY_10, records.clone());
    assert_eq!(rung(&call), [["d:ann", "d:bob", MOBILE]]);
    let Outcome::Ring { stages, .. } = &call.outcome else {
        unreachable!()
    };
    assert_eq!(stages[0].legs[2].by.as_str(), "bob");
    let missing: Vec<&str> = call
        .trace
        .iter()
        .filter(|tried| tried.rule == Rule::NobodyThere)
        .map(|tried| tried.about.as_str())
        .collect();
    assert_eq!(missing, ["devices", "user:zed"]);
    // In the evening Bob would take messages; for Ann's callers he is just not there.
    let mut late = records;
    late.presences[0].1 = presence(&everybody(&forward(&["user:bob"])));
    let mut form = late.presences[0].1.clone().into_form();
    form.statuses[0].status = "after-hours".parse().unwrap();
    late.presences[0].1 = Presence::new(form).unwrap();
    assert_eq!(
        test(ANN, "5145551234", MONDAY_20, late).outcome,
        voicemail_of("ann")
    );
}

#[test]
fn a_caller_whom_a_colleague_blocked_does_not_ring_him_by_way_of_another() {
    let mut records = with(&[("ann", presence(&everybody(&forward(&["devices", "user:bob"]))))]);
    records.screening = vec![screening(of_user("bob"), ScreeningList::Block, "+15145556666")];
    assert_eq!(
        rung(&test(ANN, "5145556666", MONDAY_10, records.clone())),
        [["d:ann"]]
    );
    assert_eq!(
        rung(&test(ANN, "5145556667", MONDAY_10, records)),
        [["d:ann", "d:bob"]]
    );
}

#[test]
fn a_chain_of_forwards_has_at_most_five_users() {
    let mut records = records();
    for at in 0..8 {
        let mut user = records.users[0].clone();
        user.id = format!("u{at}").parse().unwrap();
        user.extension = format!("20{at}").parse().unwrap();
        records.devices.push(Device {
            id: format!("d-u{at}").parse().unwrap(),
            user: user.id.clone(),
            name: "Bureau".parse().unwrap(),
        });
        let next = presence(&everybody(&forward(&["devices", &format!("user:u{}", at + 1)])));
        records.presences.push((user.id.clone(), next));
        records.users.push(user);
    }
    records.presences.push((
        "ann".parse().unwrap(),
        presence(&everybody(&forward(&["user:u0"]))),
    ));
    let call = test(ANN, "5145551234", MONDAY_10, records);
    assert_eq!(rung(&call), [["d:u0", "d:u1", "d:u2", "d:u3"]]);
    assert!(call.trace.iter().any(|tried| tried.rule == Rule::HopLimit));
}

#[test]
fn a_colleagues_number_is_taken_for_him_so_that_no_call_goes_round_outside() {
    let records = with(&[
        ("ann", presence(&everybody(&forward(&[BOB, MAIN])))),
        ("bob", presence(&everybody(&forward(&[ANN, "devices"])))),
    ]);
    let call = test(ANN, "5145551234", MONDAY_10, records);
    assert_eq!(rung(&call), [["d:bob"]]);
    let loops: Vec<&str> = call
        .trace
        .iter()
        .filter(|tried| tried.rule == Rule::ForwardLoop)
        .map(|tried| tried.about.as_str())
        .collect();
    assert_eq!(loops, ["user:ann", MAIN]);
}

#[test]
fn a_number_that_leads_back_is_left_out_and_so_is_one_that_the_gate_refuses() {
    let records = with(&[(
        "ann",
        presence(&everybody(&forward(&[ANN, "+33142764978", "devices"]))),
    )]);
    let call = test(ANN, "5145551234", MONDAY_10, records.clone());
    assert_eq!(rung(&call), [["d:ann"]]);
    let about = |rule: Rule| {
        let found = call.trace.iter().find(|tried| tried.rule == rule);
        found.map(|tried| (tried.about.clone(), tried.held))
    };
    assert_eq!(about(Rule::ForwardLoop), Some(("user:ann".to_owned(), true)));
    assert_eq!(about(Rule::Gate).map(|(_, held)| held), Some(false));
    // Opened by the system, the same forward rings.
    let mut opened = records;
    opened.restrictions = vec![Restriction {
        id: "open".parse().unwrap(),
        name: "open".parse().unwrap(),
        owner: RestrictionOwner::System,
        set_by: crate::restriction::Level::System,
        hours: None,
        trunk: None,
        matches: NumberMatch::Class("+33142764978".parse::<E164>().unwrap().class()),
        effect: Effect::Allow,
    }];
    assert_eq!(
        rung(&test(ANN, "5145551234", MONDAY_10, opened)),
        [["+33142764978", "d:ann"]]
    );
}

#[test]
fn a_receptionist_goes_by_the_hours_of_the_office_and_its_override() {
    let office = |manual: &str| -> Office {
        let text = format!(
            r#"{{"schedule": {{"zone": "America/Toronto", {manual} "otherwise": "closed",
                 "holidays": {{"calendar": {{"province": "qc"}}, "state": "closed"}},
                 "weekly": [{{"when": "mon-fri 09:00-17:00", "state": "open"}}]}},
                "open": {}}}"#,
            forward(&["devices", "user:ann"])
        );
        serde_json::from_str(&text).unwrap()
    };
    let call = |manual: &str, at: &str| {
        let mut records = records();
        records.offices = vec![("a".parse().unwrap(), office(manual))];
        test(MAIN, "5145551234", at, records)
    };
    assert_eq!(rung(&call("", MONDAY_10)), [["d:bob", "d:ann"]]);
    assert_eq!(call("", MONDAY_20).outcome, voicemail_of("bob"));
    assert_eq!(call("", CHRISTMAS_10).rule, Rule::Holiday);
    let by_hand = r#""override": {"state": "closed", "until": "2026-11-23T16:00:00Z"},"#;
    assert_eq!(call(by_hand, MONDAY_10).rule, Rule::Override);
    assert_eq!(rung(&call(by_hand, "2026-11-23T16:00:00Z")), [["d:bob", "d:ann"]]);
    assert_eq!(test(MAIN, "5145551234", MONDAY_10, records()).rule, Rule::NoRules);
}

#[test]
fn a_forward_that_would_come_back_or_cost_what_one_may_not_is_refused_when_saved() {
    let directory = Directory::new(records(), 1).unwrap();
    let ann = directory.user(&"ann".parse().unwrap()).unwrap();
    let saved = |target: &str| check_presence(&presence(&everybody(&forward(&[target]))), ann, &directory);
    assert_eq!(saved("devices"), Ok(()));
    assert_eq!(saved(MOBILE), Ok(()));
    assert_eq!(saved("user:bob"), Ok(()));
    assert_eq!(saved("user:ann"), Err(ForwardRefused::Oneself));
    for (target, whose) in [(ANN, "the same user"), (BOB, "a colleague"), (MAIN, "the office")] {
        let number = target.parse().unwrap();
        assert_eq!(saved(target), Err(ForwardRefused::OwnNumber { number, whose }));
    }
    for target in ["user:zed", "user:nobody"] {
        assert!(
            matches!(saved(target), Err(ForwardRefused::UnknownUser(_))),
            "{target}"
        );
    }
    for target in ["+33142764978", "+19005551234", "+88213000000"] {
        assert!(matches!(saved(target), Err(ForwardRefused::Gate(_))), "{target}");
    }
}

proptest! {
    /// Whoever forwards to whomever: it ends, nobody rings twice at once, and only colleagues and let-through numbers do.
    #[test]
    fn any_web_of_forwards_ends_and_rings_colleagues_only(
        web in prop::collection::vec(prop::collection::vec(select(vec!["devices", "user:ann", "user:bob", "user:cat", "user:zed", ANN, BOB, MAIN, MOBILE, "+33142764978"]), 1..5), 3),
        number in select(vec![ANN, BOB, MAIN]),
    ) {
        let presences: Vec<(&str, Presence)> = ["ann", "bob", "cat"].into_iter().zip(&web).map(|(user, targets)| {
            let mut targets = targets.clone();
            targets.sort_unstable();
            targets.dedup();
            (user, presence(&everybody(&forward(&targets))))
        }).collect();
        let call = test(number, "5145551234", MONDAY_10, with(&presences));
        prop_assert!(call.trace.len() < 200);
        if let Outcome::Ring { stages, .. } = &call.outcome {
            for stage in stages {
                for (at, leg) in stage.legs.iter().enumerate() {
                    prop_assert!(stage.legs[..at].iter().all(|earlier| earlier.rung != leg.rung));
                    match &leg.rung {
                        Rung::DeviceOf(user) => prop_assert!(["ann", "bob"].contains(&user.as_str())),
                        Rung::Number(number) => prop_assert_eq!(number.as_str(), MOBILE),
                    }
                }
            }
        }
    }
}
