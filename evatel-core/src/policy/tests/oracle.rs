//! Restrictions against a naive oracle: every rule of everybody is tried, by the words of the model alone.

use proptest::{prelude::*, sample::select};

use super::*;
use crate::restriction::Level;

const NUMBERS: [&str; 7] = [
    "+33142764978",
    "+33612345678",
    "+3225551234",
    "+15145550142",
    "+18765550123",
    "+19005551234",
    "+4930123456",
];

/// Digits that a rule by class, country or prefix fixes, and whether it is about the number.
fn fixed_and_covers(matches: &str, number: &str) -> (usize, bool) {
    let digits = &number[1..];
    let (class, country) = match number {
        "+33142764978" | "+33612345678" => ("international", "FR"),
        "+3225551234" => ("international", "BE"),
        "+15145550142" => ("canada", "CA"),
        "+18765550123" => ("nanp-international", "JM"),
        "+19005551234" => ("premium", ""),
        _ => ("international", "DE"),
    };
    match matches.split_once(':').unwrap() {
        ("class", value) => (0, value == class),
        ("country", value) => (1, value == country),
        (_, value) => (value.len() + 1, digits.starts_with(value)),
    }
}

fn rank(level: &str) -> usize {
    ["system", "reseller", "account", "user", "device"]
        .iter()
        .position(|known| *known == level)
        .unwrap()
}

#[derive(Debug, Clone)]
struct Plain {
    holds_for: (&'static str, &'static str),
    set_by: &'static str,
    matches: &'static str,
    effect: &'static str,
}

fn strictness(effect: &str) -> usize {
    ["allow", "require-pin", "deny"]
        .iter()
        .position(|known| *known == effect)
        .unwrap()
}

/// What the model says of a leg from device `d-u` of user `u` of account `a` of reseller `r`.
fn oracle(rules: &[Plain], number: &str) -> &'static str {
    let ours = [
        ("system", ""),
        ("reseller", "r"),
        ("account", "a"),
        ("user", "u"),
        ("device", "d-u"),
    ];
    let mut open = matches!(number, "+15145550142");
    let (mut pin, mut deny) = (false, false);
    for rule in rules {
        let (fixed, covers) = fixed_and_covers(rule.matches, number);
        if !covers || !ours.contains(&rule.holds_for) {
            continue;
        }
        if rule.effect == "allow" {
            open |= rank(rule.set_by) <= 1;
            continue;
        }
        let excepted = rules.iter().any(|other| {
            let (other_fixed, other_covers) = fixed_and_covers(other.matches, number);
            let (scope, other_scope) = (rank(rule.holds_for.0), rank(other.holds_for.0));
            let closer = other_scope > scope && other_fixed >= fixed;
            let longer = other_scope == scope && other.set_by == rule.set_by && other_fixed > fixed;
            other_covers
                && ours.contains(&other.holds_for)
                && strictness(other.effect) < strictness(rule.effect)
                && rank(other.set_by) <= rank(rule.set_by)
                && (closer || longer)
        });
        deny |= rule.effect == "deny" && !excepted;
        pin |= rule.effect == "require-pin" && !excepted;
    }
    match (deny, open, pin) {
        (true, _, _) => "denied",
        (_, false, _) => "closed",
        (_, _, true) => "pin",
        _ => "allowed",
    }
}

fn restriction_of(rule: &Plain, id: usize) -> Restriction {
    let owner = match rule.holds_for {
        ("system", _) => RestrictionOwner::System,
        ("reseller", id) => RestrictionOwner::Reseller(id.parse().unwrap()),
        ("account", id) => RestrictionOwner::Account(id.parse().unwrap()),
        ("user", id) => RestrictionOwner::User(id.parse().unwrap()),
        (_, id) => RestrictionOwner::Device(id.parse().unwrap()),
    };
    Restriction {
        set_by: rule.set_by.parse().unwrap(),
        matches: rule.matches.parse().unwrap(),
        ..restriction(
            &format!("rule-{id}"),
            owner,
            NumberClass::Unknown,
            rule.effect.parse().unwrap(),
        )
    }
}

fn decided(rules: &[Plain], number: &str) -> &'static str {
    let rows = Records {
        restrictions: rules
            .iter()
            .zip(0..)
            .map(|(rule, id)| restriction_of(rule, id))
            .collect(),
        ..records()
    };
    let directory = Directory::new(rows, 1).unwrap();
    let destination = Destination::Dialled(Dialled::Number(number.parse().unwrap()));
    let authoriser = at_device();
    let request = LegRequest::new(&authoriser, &destination, LegCause::Dial, noon());
    let explained = explain_leg(&request, &directory);
    assert_eq!(explained.decision, authorize_leg(&request, &directory));
    match explained.decision.map_err(|refusal| refusal.rule) {
        Ok(_) => "allowed",
        Err(Rule::Restriction(_)) => "denied",
        Err(Rule::ClassClosed(_)) => "closed",
        Err(Rule::PinRequired(_)) => "pin",
        Err(other) => panic!("{other}"),
    }
}

fn rules() -> impl Strategy<Value = Vec<Plain>> {
    let holds_for = select(vec![
        ("system", ""),
        ("reseller", "r"),
        ("reseller", "other"),
        ("account", "a"),
        ("account", "b"),
        ("user", "u"),
        ("user", "v"),
        ("device", "d-u"),
        ("device", "d-v"),
    ]);
    let matches = select(vec![
        "class:international",
        "class:canada",
        "class:premium",
        "country:FR",
        "country:JM",
        "prefix:3",
        "prefix:33",
        "prefix:331",
        "prefix:1",
        "prefix:1514",
        "prefix:1876",
    ]);
    let rule = (
        holds_for,
        0..5_usize,
        matches,
        select(vec!["allow", "require-pin", "deny"]),
    );
    let rule = rule.prop_map(|(holds_for, up, matches, effect)| {
        // Who sets a rule stands at its owner's level or above.
        let levels = ["system", "reseller", "account", "user", "device"];
        let set_by = levels[rank(holds_for.0).min(up)];
        Plain {
            holds_for,
            set_by,
            matches,
            effect,
        }
    });
    prop::collection::vec(rule, 0..10)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_decision_is_the_oracles(rules in rules()) {
        for number in NUMBERS {
            prop_assert_eq!(decided(&rules, number), oracle(&rules, number), "{}", number);
        }
    }

    #[test]
    fn no_rule_set_below_opens_what_a_rule_set_above_closed(rules in rules(), more in rules()) {
        for number in NUMBERS {
            let closed_above: Vec<Plain> = rules.iter().filter(|rule| rank(rule.set_by) <= 1).cloned().collect();
            let from_below = more.iter().filter(|rule| rank(rule.set_by) > 1).cloned();
            let all: Vec<Plain> = closed_above.iter().cloned().chain(from_below).collect();
            if matches!(decided(&closed_above, number), "denied" | "closed") {
                prop_assert!(matches!(decided(&all, number), "denied" | "closed"), "{}", number);
            }
        }
    }
}

#[test]
fn levels_stand_in_the_order_of_their_power() {
    let levels: Vec<_> = Level::ALL.iter().map(|(word, level)| (*word, *level)).collect();
    assert!(levels.windows(2).all(|pair| pair[0].1 < pair[1].1));
    assert_eq!(levels.first().map(|(word, _)| *word), Some("system"));
}
