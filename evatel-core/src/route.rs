//! Routes: which trunk takes which numbers, in which order.

mod candidates;
#[cfg(test)]
mod oracle;
mod others;
mod part;
mod table;
mod trunks;
mod way;

pub use crate::class::ClassSet;
pub use candidates::{Candidates, MAX_CANDIDATES};
pub use table::RouteTable;
pub(crate) use way::TrunkSlot;

use serde::{Deserialize, Serialize};

use crate::{
    id::{RouteId, TrunkId},
    restriction::{Called, NumberMatch},
};

/// One way out for some numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteRule {
    /// Its id.
    pub id: RouteId,
    /// The trunk that it leads to.
    pub trunk: TrunkId,
    /// For which numbers.
    pub matches: NumberMatch,
    /// Classes that it takes beside the one that it names: a route by first digits or country does not carry a premium
    /// number away with the rest.
    pub classes: ClassSet,
    /// Lower is tried first.
    pub priority: u16,
    /// Its share among routes of equal priority and price; 0 is taken only where the others are not there.
    pub weight: u16,
    /// Price of a minute in micro-units of the system's currency; of equal priority the cheaper goes first, and an
    /// unpriced one last.
    pub price_micros: Option<i64>,
}

impl RouteRule {
    /// Says whether it takes this number, by its class too.
    pub fn takes(&self, called: Called<'_>) -> bool {
        let class = called.numbering.class;
        let named = self.matches == NumberMatch::Class(class);
        self.matches.covers(called) && (named || self.classes.contains(class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{class::NumberClass, numbering};

    fn route(id: &str, matches: &str, priority: u16, weight: u16, price_micros: Option<i64>) -> RouteRule {
        RouteRule {
            id: id.parse().unwrap(),
            trunk: id.split('.').next().unwrap().parse().unwrap(),
            matches: matches.parse().unwrap(),
            classes: ClassSet::ordinary(),
            priority,
            weight,
            price_micros,
        }
    }

    fn tried(table: &RouteTable, digits: &str, draw: u64, only: Option<&str>) -> Vec<String> {
        let numbering = numbering::of_digits(digits);
        let only = only.map(|id| id.parse().unwrap());
        let found = table.candidates(Called { digits, numbering }, draw, only.as_ref());
        found.iter().map(|rule| rule.id.to_string()).collect()
    }

    #[test]
    fn routes_are_tried_by_priority_then_price_then_weight() {
        let table = RouteTable::new([
            route("dear", "class:international", 1, 1, Some(20_000)),
            route("cheap", "class:international", 1, 1, Some(10_000)),
            route("unpriced", "class:international", 1, 1, None),
            route("first", "country:FR", 0, 1, Some(90_000)),
        ]);
        assert_eq!(
            tried(&table, "33142764978", 0, None),
            ["first", "cheap", "dear", "unpriced"]
        );
        assert_eq!(
            tried(&table, "4930123456", 0, None),
            ["cheap", "dear", "unpriced"]
        );
        assert_eq!(tried(&table, "33142764978", 0, Some("dear")), ["dear"]);
        assert!(tried(&table, "15145550199", 0, None).is_empty());
    }

    #[test]
    fn a_trunk_is_priced_by_its_longest_prefix() {
        let table = RouteTable::new([
            route("a.1", "prefix:33", 1, 1, Some(10_000)),
            route("a.2", "prefix:336", 1, 1, Some(90_000)),
            route("b.1", "prefix:33", 1, 1, Some(20_000)),
        ]);
        assert_eq!(tried(&table, "33142764978", 0, None), ["a.1", "b.1"]);
        assert_eq!(tried(&table, "33612345678", 0, None), ["b.1", "a.2"]);
    }

    #[test]
    fn no_route_carries_away_a_class_that_it_does_not_take() {
        let mut premium = route("p", "prefix:33", 9, 1, None);
        premium.classes = ClassSet::of([NumberClass::Premium]);
        let table = RouteTable::new([
            route("a", "prefix:33", 1, 1, None),
            route("b", "country:FR", 2, 1, None),
            premium,
        ]);
        assert_eq!(tried(&table, "33899123456", 0, None), ["p"]);
        assert_eq!(tried(&table, "33142764978", 0, None), ["a", "b"]);
    }

    #[test]
    fn legs_spread_over_equal_routes_by_weight_and_each_has_the_others_to_fall_back_on() {
        let table = RouteTable::new([
            route("a", "class:canada", 1, 3, None),
            route("b", "class:canada", 1, 1, None),
            route("spare", "class:canada", 1, 0, None),
        ]);
        let firsts: Vec<_> = (0..8)
            .map(|draw| tried(&table, "15145550199", draw, None).remove(0))
            .collect();
        assert_eq!(firsts.iter().filter(|id| *id == "a").count(), 6);
        assert_eq!(firsts.iter().filter(|id| *id == "b").count(), 2);
        assert_eq!(tried(&table, "15145550199", 3, None), ["b", "a", "spare"]);
    }
}
