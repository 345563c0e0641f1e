//! Routes: which trunk takes which numbers, in which order.

mod candidates;
#[cfg(test)]
mod oracle;
mod others;
mod part;
mod table;
mod trunks;
mod way;

pub use candidates::{Candidates, MAX_CANDIDATES};
pub use table::RouteTable;
pub(crate) use way::TrunkSlot;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    class::NumberClass,
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

/// Some classes of numbers. Its text form is words with commas between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClassSet(u32);

impl ClassSet {
    /// What a route carries unless it says otherwise: everything but what is charged apart or abused.
    pub fn ordinary() -> Self {
        Self::of(NumberClass::ALL.iter().map(|(_, class)| *class).filter(|class| {
            !matches!(
                class,
                NumberClass::HighRisk
                    | NumberClass::Personal
                    | NumberClass::Premium
                    | NumberClass::Satellite
                    | NumberClass::Special
                    | NumberClass::Unknown
            )
        }))
    }

    /// Takes the classes together.
    pub fn of(classes: impl IntoIterator<Item = NumberClass>) -> Self {
        Self(classes.into_iter().fold(0, |bits, class| bits | bit(class)))
    }

    /// Says whether a class is among them.
    pub fn contains(self, class: NumberClass) -> bool {
        self.0 & bit(class) != 0
    }

    /// Adds a class.
    pub(crate) fn with(self, class: NumberClass) -> Self {
        Self(self.0 | bit(class))
    }

    /// Says whether all classes of another set are among them.
    pub(crate) fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

fn bit(class: NumberClass) -> u32 {
    1 << class as u32
}

impl fmt::Display for ClassSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = NumberClass::ALL.iter().filter(|(_, class)| self.contains(*class));
        f.write_str(&words.map(|(word, _)| *word).collect::<Vec<_>>().join(","))
    }
}

impl FromStr for ClassSet {
    type Err = crate::word::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words
            .map(str::parse)
            .collect::<Result<Vec<NumberClass>, _>>()
            .map(Self::of)
    }
}

impl TryFrom<String> for ClassSet {
    type Error = crate::word::UnknownWord;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ClassSet> for String {
    fn from(classes: ClassSet) -> String {
        classes.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbering;

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

    #[test]
    fn a_set_of_classes_is_words_with_commas() {
        let set: ClassSet = "canada, premium".parse().unwrap();
        assert_eq!(set.to_string(), "canada,premium");
        assert!("canada,abroad".parse::<ClassSet>().is_err());
    }
}
