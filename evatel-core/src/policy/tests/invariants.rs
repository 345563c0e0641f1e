//! Invariants 7, 8 and 12 of the recommended model.

use super::*;

fn by(owner: RestrictionOwner, set_by: &str, id: &str, matches: &str, effect: Effect) -> Restriction {
    Restriction {
        set_by: set_by.parse().unwrap(),
        matches: matches.parse().unwrap(),
        ..restriction(id, owner, NumberClass::International, effect)
    }
}

fn of_account() -> RestrictionOwner {
    RestrictionOwner::Account("a".parse().unwrap())
}

fn of_user() -> RestrictionOwner {
    RestrictionOwner::User("u".parse().unwrap())
}

fn paris(rules: Vec<Restriction>) -> Result<String, String> {
    let opened = by(
        RestrictionOwner::System,
        "system",
        "open",
        "class:international",
        Effect::Allow,
    );
    let rows = Records {
        restrictions: rules.into_iter().chain([opened]).collect(),
        ..records()
    };
    let plan = ask(&at_device(), "011 33 1 42 76 49 78", rows)?;
    Ok(plan.rule().to_string())
}

/// Invariant 7: a lower level can only tighten; only the owner's level or one above may grant an exception.
#[test]
fn an_exception_is_granted_by_the_level_that_closed_or_by_one_above_and_by_no_other() {
    let closed = || by(of_account(), "account", "closed", "country:FR", Effect::Deny);
    let denied = Err("restriction:closed".to_owned());
    assert_eq!(paris(vec![closed()]), denied);
    for (set_by, overrules) in [
        ("system", true),
        ("reseller", true),
        ("account", true),
        ("user", false),
    ] {
        let exception = by(of_user(), set_by, "luc-may", "country:FR", Effect::Allow);
        assert_eq!(paris(vec![closed(), exception]).is_ok(), overrules, "{set_by}");
    }
    // For the account itself nobody opens what it closed for itself, and an exception less exact than the rule is none.
    let above = by(of_account(), "reseller", "above", "country:FR", Effect::Allow);
    assert_eq!(paris(vec![closed(), above]), denied);
    let vague = by(
        of_user(),
        "account",
        "vague",
        "class:international",
        Effect::Allow,
    );
    assert_eq!(paris(vec![closed(), vague]), denied);
}

/// Invariant 2: what costs beside the plan is opened by whoever sells it, not by those who would call.
#[test]
fn toll_that_is_closed_to_all_is_opened_by_the_seller_and_by_nobody_of_the_account() {
    for (class, number) in [
        ("international", "011 33 1 42 76 49 78"),
        ("nanp-international", "1 876 555 0123"),
        ("premium", "1 900 555 1234"),
        ("satellite", "011 8821 555 0123"),
    ] {
        let matches = format!("class:{class}");
        for (set_by, opens) in [
            ("system", true),
            ("reseller", true),
            ("account", false),
            ("user", false),
        ] {
            for owner in [of_account(), of_user()] {
                let rows = Records {
                    restrictions: vec![by(owner, set_by, "open", &matches, Effect::Allow)],
                    ..records()
                };
                let asked = ask(&at_device(), number, rows);
                let closed = format!("class-closed:{class}");
                assert_eq!(
                    asked.is_err_and(|rule| rule == closed),
                    !opens,
                    "{class} {set_by}"
                );
            }
        }
    }
}

#[test]
fn within_a_level_the_longest_fixed_prefix_wins_and_a_tie_closes() {
    let rule = |id: &str, matches: &str, effect| by(of_account(), "account", id, matches, effect);
    let france = || rule("france", "prefix:33", Effect::Deny);
    assert!(paris(vec![france(), rule("paris", "prefix:331", Effect::Allow)]).is_ok());
    assert!(paris(vec![france(), rule("tie", "prefix:33", Effect::Allow)]).is_err());
    assert!(paris(vec![france(), rule("short", "prefix:3", Effect::Allow)]).is_err());
    assert_eq!(
        paris(vec![france(), rule("pin", "prefix:331", Effect::RequirePin)]),
        Err("pin-required:pin".to_owned())
    );
    assert!(
        paris(vec![
            rule("deny", "prefix:331", Effect::Deny),
            rule("pin", "prefix:33", Effect::RequirePin)
        ])
        .is_err()
    );
}

#[test]
fn a_rule_of_a_device_holds_at_that_device_only() {
    let lobby = RestrictionOwner::Device("d-u".parse().unwrap());
    let rows = Records {
        restrictions: vec![restriction("lobby", lobby, NumberClass::Canada, Effect::Deny)],
        ..records()
    };
    assert_eq!(
        ask(&at_device(), "5145550142", rows.clone()).unwrap_err(),
        "restriction:lobby"
    );
    let pin = Authoriser::Pin {
        user: "u".parse().unwrap(),
    };
    assert!(ask(&pin, "5145550142", rows).is_ok());
}

/// Invariant 8: the emergency path depends on nothing but a person at a device.
#[test]
fn nothing_that_anybody_can_set_keeps_a_person_at_a_device_from_911_and_988() {
    let closed_by_all: Vec<Restriction> = NumberClass::ALL
        .iter()
        .flat_map(|(word, class)| {
            [RestrictionOwner::System, of_account(), of_user()].map(|owner| {
                let id = format!("no-{word}-{}", owner.level());
                restriction(&id, owner, *class, Effect::Deny)
            })
        })
        .collect();
    for (_, status) in AccountStatus::ALL {
        let mut rows = records();
        rows.accounts[0].status = *status;
        rows.restrictions = closed_by_all.clone();
        rows.emergency_places.clear();
        rows.limits = vec![crate::limit::Limits {
            toll_legs: Some(0),
            legs_a_minute: Some(0),
            spend_a_day_micros: Some(0),
            approves_countries: true,
            ..crate::limit::Limits::none(crate::limit::LimitOwner::System)
        }];
        for code in ["911", "9911", "112", "933", "988"] {
            let plan = ask(&at_device(), code, rows.clone()).unwrap();
            let away = Answer(Err(LedgerError::Away("disk".into())));
            assert!(
                at_once(plan.reserve(&away, std::time::Instant::now())).is_ok(),
                "{status} {code}"
            );
        }
    }
}

#[test]
fn an_emergency_leg_tells_the_place_and_has_another_trunk_to_fall_back_on() {
    let mut rows = records();
    rows.trunks.push(Trunk {
        id: "t0".parse().unwrap(),
        peer: "192.0.2.9".parse().unwrap(),
        ..rows.trunks[0].clone()
    });
    rows.emergency_places[0].trunk = "t0".parse().unwrap();
    let plan = ask(&at_device(), "911", rows).unwrap();
    assert_eq!(leaves(&plan), ["t0", "5145550199", "911"]);
    assert_eq!(plan.failover().count(), 1);
}

/// Invariant 12: what was allowed when it was saved is asked again when it is dialled.
#[test]
fn a_forward_that_was_saved_is_refused_once_its_class_is_closed() {
    let rule = Authoriser::Rule {
        user: "u".parse().unwrap(),
    };
    let destination = Destination::Dialled(Dialled::parse("011 33 1 42 76 49 78").unwrap());
    let request = LegRequest::new(&rule, &destination, LegCause::Forward, noon());
    let opening = restriction(
        "opened",
        RestrictionOwner::System,
        NumberClass::International,
        Effect::Allow,
    );
    let when_saved = Records {
        restrictions: vec![opening],
        ..records()
    };
    assert!(authorize_leg(&request, &Directory::new(when_saved, 1).unwrap()).is_ok());
    let when_dialled = Directory::new(records(), 2).unwrap();
    assert_eq!(
        authorize_leg(&request, &when_dialled).unwrap_err().rule,
        Rule::ClassClosed(NumberClass::International)
    );
}
