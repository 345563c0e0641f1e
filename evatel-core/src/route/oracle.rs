//! Candidates against a naive oracle: every route is tried, by the words of the model alone.

use std::cmp::Reverse;

use proptest::{prelude::*, sample::select};

use super::*;
use crate::{class::NumberClass, numbering};

const NUMBERS: [&str; 8] = [
    "15145550199",
    "15149761234",
    "15140550199",
    "18765550123",
    "33142764978",
    "33612345678",
    "33899123456",
    "411",
];

/// Digits that some of the numbers begin with, and one digit more at times; at times for some lengths only.
fn prefixes() -> impl Strategy<Value = String> {
    let lengths = select(vec!["", "", "", "/9-12", "/11", "/12-15"]);
    (select(NUMBERS[..7].to_vec()), 1..9_usize, any::<bool>(), lengths).prop_map(
        |(number, digits, strays, lengths)| {
            let stray = if strays { "5" } else { "" };
            format!("prefix:{}{stray}{lengths}", &number[..digits])
        },
    )
}

fn routes() -> impl Strategy<Value = RouteRule> {
    let exact = vec![
        "class:canada",
        "class:international",
        "class:premium",
        "class:service-code",
        "country:CA",
        "country:FR",
        "code:411",
    ];
    let matches = prop_oneof![4 => prefixes(), 1 => select(exact).prop_map(str::to_owned)];
    let classes = select(vec![
        ClassSet::ordinary(),
        ClassSet::of([NumberClass::Canada, NumberClass::International]),
        ClassSet::of([NumberClass::Premium]),
        ClassSet::of(NumberClass::ALL.iter().map(|(_, class)| *class)),
    ]);
    let price = select(vec![None, Some(10_000), Some(20_000)]);
    (0..60_u8, 0..6_u8, matches, classes, 0..2_u16, price).prop_map(
        |(id, trunk, matches, classes, priority, price_micros)| RouteRule {
            id: format!("r{id:02}").parse().unwrap(),
            trunk: format!("t{trunk}").parse().unwrap(),
            matches: matches.parse().unwrap(),
            classes,
            priority,
            weight: 1,
            price_micros,
        },
    )
}

/// Of each trunk the most exact route that takes the number; then by priority, price and trunk, for all weigh the same.
fn expected<'a>(routes: &'a [RouteRule], called: Called<'_>, only: Option<&TrunkId>) -> Vec<&'a RouteRule> {
    let wanted = |rule: &&RouteRule| rule.takes(called) && only.is_none_or(|only| rule.trunk == *only);
    let mut taken: Vec<&RouteRule> = routes.iter().filter(wanted).collect();
    taken.sort_by_key(|rule| (Reverse(rule.matches.fixed_digits()), &rule.id));
    let mut of_each: Vec<&RouteRule> = Vec::new();
    for rule in taken {
        if of_each.iter().all(|known| known.trunk != rule.trunk) {
            of_each.push(rule);
        }
    }
    of_each.sort_by_key(|rule| (rule.priority, rule.price_micros.unwrap_or(i64::MAX), &rule.trunk));
    of_each.truncate(MAX_CANDIDATES);
    of_each
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn candidates_are_those_of_trying_every_route_after_any_changes(
        changes in prop::collection::vec((prop::collection::vec(routes(), 0..25), prop::collection::vec(0..60_u8, 0..6)), 1..5),
    ) {
        let mut table = RouteTable::default();
        let mut kept: Vec<RouteRule> = Vec::new();
        for (mut present, gone) in changes {
            present.sort_by(|a, b| a.id.cmp(&b.id));
            present.dedup_by(|a, b| a.id == b.id);
            let gone: Vec<RouteId> = gone.iter().map(|id| format!("r{id:02}").parse().unwrap()).collect();
            let gone: Vec<RouteId> = gone.into_iter().filter(|id| present.iter().all(|rule| rule.id != *id)).collect();
            kept.retain(|rule| !gone.contains(&rule.id) && present.iter().all(|new| new.id != rule.id));
            kept.extend(present.iter().cloned());
            table.change(present, &gone);
            for digits in NUMBERS {
                let called = match digits.len() {
                    3 => Called::code(digits),
                    _ => Called { digits, numbering: numbering::of_digits(digits) },
                };
                for only in [None, Some("t0".parse().unwrap()), Some("t9".parse().unwrap())] {
                    // All weigh 1 and the draw is 0, so the first of the equal ones stays the first.
                    let found: Vec<_> = table.candidates(called, 0, only.as_ref()).iter().cloned().collect();
                    let expected: Vec<_> = expected(&kept, called, only.as_ref()).into_iter().cloned().collect();
                    prop_assert_eq!(found, expected, "{}", digits);
                }
            }
            prop_assert_eq!(table.is_empty(), kept.is_empty());
        }
    }
}
