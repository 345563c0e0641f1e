//! The legs of the recommended model's test vectors, cause by cause.

use super::*;
use crate::{
    id::{ReservationId, UserId},
    itsp::CapKind,
    limit::{ApprovedCountry, LimitOwner, Limits},
    number::E164,
    route::{ClassSet, RouteRule},
};

const PARIS: &str = "011 33 1 42 76 49 78";

fn user_u() -> UserId {
    "u".parse().unwrap()
}

fn by_rule() -> Authoriser {
    Authoriser::Rule { user: user_u() }
}

fn by_pin() -> Authoriser {
    Authoriser::Pin { user: user_u() }
}

fn dialled(text: &str) -> Destination {
    Destination::Dialled(Dialled::parse(text).unwrap())
}

fn said(authoriser: &Authoriser, to: &str, cause: LegCause, joined: Joined, records: Records) -> String {
    let directory = Directory::new(records, 1).unwrap();
    let destination = dialled(to);
    let request = LegRequest::new(authoriser, &destination, cause, noon()).joined_to(joined);
    match authorize_leg(&request, &directory) {
        Ok(plan) => plan.rule().to_string(),
        Err(refusal) => format!("no, {}", refusal.rule),
    }
}

fn opened(class: NumberClass) -> Records {
    let reseller = RestrictionOwner::Reseller("r".parse().unwrap());
    Records {
        restrictions: vec![restriction("opened", reseller, class, Effect::Allow)],
        ..records()
    }
}

#[test]
fn a_user_without_international_gets_abroad_by_no_way_at_all() {
    let device = at_device();
    for (authoriser, cause) in [
        (&device, LegCause::Dial),
        (&device, LegCause::VoiceAssistant),
        (&device, LegCause::TransferBlind),
        (&device, LegCause::TransferAttended),
        (&device, LegCause::ConferenceAdd),
        (&device, LegCause::ClickToCall),
        (&device, LegCause::FaxOut),
        (&device, LegCause::SmsOut),
        (&by_rule(), LegCause::Forward),
        (&by_rule(), LegCause::FindMe),
        (&by_rule(), LegCause::Callback),
        (&by_rule(), LegCause::Alert),
        (&by_pin(), LegCause::VoiceAssistant),
    ] {
        let answer = said(authoriser, PARIS, cause, Joined::Nobody, records());
        assert_eq!(answer, "no, class-closed:international", "{authoriser} {cause}");
        let answer = said(
            authoriser,
            PARIS,
            cause,
            Joined::Nobody,
            opened(NumberClass::International),
        );
        assert_eq!(answer, "restriction:opened", "{authoriser} {cause}");
    }
}

#[test]
fn who_may_cause_what_is_one_table() {
    // Columns: device, login, caller, pin, rule.
    let user = user_u();
    let authorisers = [
        at_device(),
        Authoriser::Login { user },
        Authoriser::OutsideCaller,
        by_pin(),
        by_rule(),
    ];
    let table = [
        (LegCause::Inbound, ". . . . ."),
        (LegCause::Assistant, ". . . . ."),
        (LegCause::Dial, "x . . x ."),
        (LegCause::VoiceAssistant, "x . . x ."),
        (LegCause::TransferBlind, "x . . x ."),
        (LegCause::TransferAttended, "x . . x ."),
        (LegCause::ConferenceAdd, "x x . x ."),
        (LegCause::ClickToCall, "x x . x ."),
        (LegCause::FaxOut, "x x . x ."),
        (LegCause::SmsOut, "x x . x ."),
        (LegCause::FindMe, ". . . . x"),
        (LegCause::Forward, ". . . . x"),
        (LegCause::Callback, ". . . . x"),
        (LegCause::Alert, ". . . . x"),
    ];
    assert_eq!(table.len(), LegCause::ALL.len());
    for (cause, row) in table {
        for (authoriser, cell) in authorisers.iter().zip(row.split(' ')) {
            assert_eq!(authoriser.may_cause(cause), cell == "x", "{authoriser} {cause}");
        }
    }
}

#[test]
fn a_contact_abroad_is_refused_to_the_assistant_too() {
    let mut rows = records();
    rows.contacts = vec![crate::contact::Contact::new(
        "marie".parse().unwrap(),
        crate::contact::ContactOwner::User(user_u()),
        "Marie".parse().unwrap(),
        "+33142764978".parse().unwrap(),
    )];
    let directory = Directory::new(rows, 1).unwrap();
    let (device, marie) = (at_device(), Destination::Contact("marie".parse().unwrap()));
    let request = LegRequest::new(&device, &marie, LegCause::VoiceAssistant, noon());
    let refusal = authorize_leg(&request, &directory).unwrap_err();
    assert_eq!(refusal.rule, Rule::ClassClosed(NumberClass::International));
    assert_eq!(refusal.number, "+33142764978");
}

#[test]
fn a_suspended_account_reaches_911_and_988_only_and_so_does_one_that_is_closed() {
    for status in [
        AccountStatus::Suspended,
        AccountStatus::Pending,
        AccountStatus::Closed,
    ] {
        let mut rows = records();
        rows.accounts[0].status = status;
        let ask = |to| said(&at_device(), to, LegCause::Dial, Joined::Nobody, rows.clone());
        assert_eq!(ask("911"), "emergency-always");
        assert_eq!(ask("988"), "emergency-always");
        assert_eq!(ask("5145550142"), "no, account-suspended");
        assert_eq!(ask("411"), "no, account-suspended");
    }
}

#[test]
fn a_party_outside_is_not_joined_to_toll_outside_unless_somebody_above_lets_the_account() {
    let transfer =
        |rows: Records, joined| said(&at_device(), "5145550142", LegCause::TransferBlind, joined, rows);
    assert_eq!(transfer(records(), Joined::Outside), "no, outside-to-outside");
    assert_eq!(transfer(records(), Joined::Inside), "class-open:canada");
    let toll_free = said(
        &at_device(),
        "18005551234",
        LegCause::TransferBlind,
        Joined::Outside,
        records(),
    );
    assert_eq!(toll_free, "class-open:toll-free");
    let limits = |owner, joins_outside| Limits {
        joins_outside,
        ..Limits::none(owner)
    };
    let account = LimitOwner::Account("a".parse().unwrap());
    let mut rows = records();
    rows.limits = vec![limits(account, Some(true))];
    assert_eq!(transfer(rows.clone(), Joined::Outside), "class-open:canada");
    rows.limits.push(limits(LimitOwner::System, Some(false)));
    assert_eq!(transfer(rows, Joined::Outside), "no, outside-to-outside");
}

#[test]
fn forwards_end_after_five_and_never_come_back() {
    let directory = Directory::new(records(), 1).unwrap();
    let rule = by_rule();
    let number = |last: u8| format!("+1514555014{last}").parse::<E164>().unwrap();
    let forward = |to: &E164, through: &[E164]| {
        let destination = Destination::Dialled(Dialled::Number(to.clone()));
        let request =
            LegRequest::new(&rule, &destination, LegCause::Forward, noon()).forwarded_through(through);
        authorize_leg(&request, &directory).map_err(|refusal| refusal.rule)
    };
    let through: Vec<E164> = (0..5).map(number).collect();
    assert!(forward(&number(9), &through[..4]).is_ok());
    assert_eq!(forward(&number(9), &through).unwrap_err(), Rule::TooManyForwards);
    assert_eq!(forward(&number(2), &through[..4]).unwrap_err(), Rule::ForwardLoop);
    // His own Smart Number, when saved as when dialled.
    assert_eq!(
        forward(&"+15145550199".parse().unwrap(), &[]).unwrap_err(),
        Rule::ForwardLoop
    );
}

#[test]
fn over_dialled_digits_keep_their_class_and_are_then_refused() {
    let answer = |to, rows| said(&at_device(), to, LegCause::Dial, Joined::Nobody, rows);
    let rows = opened(NumberClass::International);
    assert_eq!(answer("011 33 1 42 76 49 78", rows.clone()), "restriction:opened");
    assert_eq!(answer("011 33 1 42 76 49 78 1", rows), "no, over-dialled");
}

#[test]
fn toll_to_islands_premium_satellites_and_nowhere_is_closed() {
    for (to, class) in [
        ("18765550123", "nanp-international"),
        ("16585550123", "nanp-international"),
        ("18095550123", "nanp-international"),
        ("17875550123", "us-territory"),
        ("19005551234", "premium"),
        ("15149761234", "premium"),
        ("+88213123456", "satellite"),
        ("+99912345678", "unknown"),
    ] {
        let answer = said(&at_device(), to, LegCause::Dial, Joined::Nobody, records());
        assert_eq!(answer, format!("no, class-closed:{class}"), "{to}");
    }
}

#[test]
fn service_codes_pass_and_211_711_and_811_are_closed_by_the_system_only() {
    let close = |code: &str, owner: RestrictionOwner| Records {
        restrictions: vec![Restriction {
            matches: format!("code:{code}").parse().unwrap(),
            ..restriction("closed", owner, NumberClass::ServiceCode, Effect::Deny)
        }],
        ..records()
    };
    let ask = |code, rows| said(&at_device(), code, LegCause::Dial, Joined::Nobody, rows);
    let account = || RestrictionOwner::Account("a".parse().unwrap());
    assert_eq!(ask("411", records()), "service-code");
    assert_eq!(ask("411", close("411", account())), "no, restriction:closed");
    assert_eq!(ask("811", close("811", account())), "service-code");
    assert_eq!(
        ask("811", close("811", RestrictionOwner::System)),
        "no, restriction:closed"
    );
}

#[test]
fn a_pin_opens_what_a_rule_asks_it_for_and_a_forward_has_none() {
    let account = RestrictionOwner::Account("a".parse().unwrap());
    let rows = Records {
        restrictions: vec![restriction(
            "ask",
            account,
            NumberClass::Canada,
            Effect::RequirePin,
        )],
        ..records()
    };
    let ask =
        |authoriser: &Authoriser, cause| said(authoriser, "5145550142", cause, Joined::Nobody, rows.clone());
    assert_eq!(ask(&at_device(), LegCause::Dial), "no, pin-required:ask");
    assert_eq!(ask(&by_pin(), LegCause::VoiceAssistant), "restriction:ask");
    assert_eq!(ask(&by_rule(), LegCause::Forward), "no, pin-required:ask");
}

#[test]
fn a_rule_holds_in_its_hours_on_its_own_clock() {
    let mut rule = restriction(
        "night",
        RestrictionOwner::System,
        NumberClass::Canada,
        Effect::Deny,
    );
    rule.hours = Some(crate::restriction::RuleHours {
        hours: "daily 22:00-06:00".parse().unwrap(),
        zone: "America/Toronto".parse().unwrap(),
    });
    let directory = Directory::new(
        Records {
            restrictions: vec![rule],
            ..records()
        },
        1,
    )
    .unwrap();
    let (device, destination) = (at_device(), dialled("5145550142"));
    for (at, allowed) in [
        ("2026-11-26T17:00:00Z", true),  // 12:00
        ("2026-11-27T02:59:59Z", true),  // 21:59:59
        ("2026-11-27T03:00:00Z", false), // 22:00
        ("2026-11-27T10:59:59Z", false), // 05:59:59
        ("2026-11-27T11:00:00Z", true),  // 06:00
    ] {
        let request = LegRequest::new(&device, &destination, LegCause::Dial, at.parse().unwrap());
        assert_eq!(authorize_leg(&request, &directory).is_ok(), allowed, "{at}");
    }
}

#[test]
fn a_country_that_was_never_approved_is_refused_where_limits_ask_for_approval() {
    let mut rows = opened(NumberClass::International);
    rows.limits = vec![Limits {
        approves_countries: true,
        ..Limits::none(LimitOwner::Reseller("r".parse().unwrap()))
    }];
    let ask = |to, rows| said(&at_device(), to, LegCause::Dial, Joined::Nobody, rows);
    assert_eq!(ask(PARIS, rows.clone()), "no, country-not-approved:FR");
    assert_eq!(ask("5145550142", rows.clone()), "class-open:canada");
    rows.approved_countries = vec![ApprovedCountry {
        account: "a".parse().unwrap(),
        country: "FR".parse().unwrap(),
    }];
    assert_eq!(ask(PARIS, rows.clone()), "restriction:opened");
    assert_eq!(ask("011 32 2 555 12 34", rows), "no, country-not-approved:BE");
}

fn trunk(id: &str, peer: &str) -> Trunk {
    Trunk {
        id: id.parse().unwrap(),
        peer: peer.parse().unwrap(),
        ..records().trunks.remove(0)
    }
}

fn route(id: &str, trunk: &str, matches: &str, priority: u16) -> RouteRule {
    RouteRule {
        id: id.parse().unwrap(),
        trunk: trunk.parse().unwrap(),
        matches: matches.parse().unwrap(),
        classes: ClassSet::ordinary(),
        priority,
        weight: 1,
        price_micros: Some(10_000),
    }
}

fn ways(plan: &LegPlan) -> Vec<String> {
    let all = std::iter::once(plan.route().clone()).chain(plan.failover());
    all.map(|route| match route {
        Route::Trunk { trunk, .. } => trunk.to_string(),
        Route::Device { device } => device.to_string(),
    })
    .collect()
}

/// A ledger at which some trunks are full.
struct FullLines(&'static [&'static str]);

impl Ledger for FullLines {
    async fn reserve(&self, plan: &LegPlan) -> Result<ReservationId, LedgerError> {
        match plan.trunk() {
            Some(trunk) if self.0.contains(&trunk.as_str()) => Err(LedgerError::TrunkFull {
                cap: CapKind::Calls,
                trunk: trunk.clone(),
            }),
            _ => Ok("res".parse().unwrap()),
        }
    }

    async fn release(&self, _: &ReservationId) {}
}

#[test]
fn a_full_trunk_is_passed_over_and_only_with_all_full_the_leg_is_refused() {
    let mut rows = records();
    rows.trunks = vec![
        trunk("t", "192.0.2.1"),
        trunk("t2", "192.0.2.2"),
        trunk("t3", "192.0.2.3"),
    ];
    rows.routes = vec![
        route("r1", "t", "prefix:1", 1),
        route("r2", "t2", "prefix:1", 2),
        route("r3", "t3", "prefix:1", 3),
    ];
    let now = std::time::Instant::now();
    let reserve = |dialled: &str, full| {
        let plan = ask(&at_device(), dialled, rows.clone()).unwrap();
        at_once(plan.reserve(&FullLines(full), now))
    };
    for (full, taken) in [
        (&[][..], "t"),
        (&["t"], "t2"),
        (&["t", "t2"], "t3"),
        (&["t2"], "t"),
    ] {
        let permit = reserve("5145550142", full).unwrap();
        assert_eq!(permit.plan().trunk().unwrap().as_str(), taken, "{full:?}");
        let passed: Vec<_> = permit.full().iter().map(|full| full.trunk.as_str()).collect();
        let before: Vec<_> = full.iter().copied().filter(|trunk| *trunk < taken).collect();
        assert_eq!(passed, before, "{full:?}");
    }
    let all = &["t", "t2", "t3"];
    let refusal = reserve("5145550142", all).unwrap_err();
    assert_eq!(refusal.rule.to_string(), "trunk-full:calls:t3");
    assert_eq!(refusal.cause(), crate::calls::HangupCause::NoCircuit);
    // What stays inside needs no line, and nothing counts what calls for help.
    assert!(reserve("102", all).is_ok());
    assert!(reserve("911", all).unwrap().full().is_empty());
}

#[test]
fn routes_give_a_first_way_and_others_to_fall_back_on_and_a_rule_may_choose_the_only_trunk() {
    let mut rows = opened(NumberClass::Premium);
    rows.trunks = vec![trunk("t", "192.0.2.1"), trunk("t2", "192.0.2.2")];
    rows.routes = vec![
        route("r1", "t2", "class:canada", 1),
        route("r2", "t", "class:canada", 2),
        route("r3", "t", "prefix:1", 1),
    ];
    let plan = ask(&at_device(), "5145550142", rows.clone()).unwrap();
    // `prefix:1` names Canada more exactly than `class:canada` does, so it stands for its trunk.
    assert_eq!(ways(&plan), ["t", "t2"]);
    // The next way has what is left, and after the last there is none.
    let next = plan.over_next_way().unwrap();
    assert_eq!(
        (ways(&next), next.number()),
        (vec!["t2".to_owned()], plan.number())
    );
    assert!(next.over_next_way().is_none());
    assert_eq!(plan.price_micros(), 10_000);
    // No route says that it takes premium numbers, and none leaks one.
    assert_eq!(
        ask(&at_device(), "19005551234", rows.clone()).unwrap_err(),
        "no-route"
    );
    rows.restrictions.push(Restriction {
        trunk: Some("t2".parse().unwrap()),
        ..restriction(
            "over-t2",
            RestrictionOwner::System,
            NumberClass::Canada,
            Effect::Allow,
        )
    });
    assert_eq!(ways(&ask(&at_device(), "5145550142", rows).unwrap()), ["t2"]);
}

#[test]
fn a_plan_carries_the_limits_of_all_owners_above_it_and_the_shortest_length() {
    let mut rows = records();
    let limits = |owner, toll_legs, max_length_s| Limits {
        toll_legs,
        max_length_s,
        ..Limits::none(owner)
    };
    rows.limits = vec![
        limits(LimitOwner::User("u".parse().unwrap()), Some(1), Some(600)),
        limits(LimitOwner::Account("b".parse().unwrap()), Some(1), Some(1)),
        limits(LimitOwner::System, Some(100), Some(3600)),
    ];
    let plan = ask(&at_device(), "5145550142", rows.clone()).unwrap();
    let owners: Vec<_> = plan
        .limits()
        .iter()
        .map(|limits| limits.owner.to_string())
        .collect();
    assert_eq!(owners, ["system", "user:u"]);
    assert_eq!(plan.max_length(), Duration::from_secs(600));
    // Toll-free legs, internal ones and 911 count towards none.
    for to in ["18005551234", "102", "911"] {
        assert!(
            ask(&at_device(), to, rows.clone()).unwrap().limits().is_empty(),
            "{to}"
        );
    }
}

#[test]
fn an_explanation_tells_every_rule_and_agrees_with_the_decision() {
    let account = RestrictionOwner::Account("a".parse().unwrap());
    let rows = Records {
        restrictions: vec![
            restriction(
                "opened",
                RestrictionOwner::System,
                NumberClass::International,
                Effect::Allow,
            ),
            restriction(
                "islands",
                account.clone(),
                NumberClass::NanpInternational,
                Effect::Deny,
            ),
            restriction("closed", account, NumberClass::International, Effect::Deny),
        ],
        ..records()
    };
    let directory = Directory::new(rows, 1).unwrap();
    let (device, destination) = (at_device(), dialled(PARIS));
    let request = LegRequest::new(&device, &destination, LegCause::Dial, noon());
    let explained = explain_leg(&request, &directory);
    assert_eq!(explained.decision, authorize_leg(&request, &directory));
    let told: Vec<_> = explained
        .trace
        .iter()
        .map(|step| format!("{} {}", step.rule, step.outcome))
        .collect();
    assert_eq!(
        told,
        [
            "account-state passed",
            "class passed",
            "restriction:opened passed",
            "restriction:closed decided",
            "restriction:islands other-numbers",
        ]
    );
}
