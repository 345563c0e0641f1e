//! Classes of numbers: what a number costs and how often it is abused.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::word::{UnknownWord, word_enum};

word_enum! {
    /// The class of a public number or short code, seen from Canada.
    NumberClass ("number class") {
        /// Alaska and Hawaii: in the United States, often priced apart.
        AlaskaHawaii = "alaska-hawaii",
        /// Canada.
        Canada = "canada",
        /// Countries that frauds are pumped to.
        HighRisk = "high-risk",
        /// Every other country.
        International = "international",
        /// Caribbean and other islands that look domestic (`1 876 …`) and are priced abroad.
        NanpInternational = "nanp-international",
        /// Personal numbers, 500 and other 5xx: whoever they follow, the caller pays the way.
        Personal = "personal",
        /// 900 and 976, and their like abroad: charged per call to whoever calls.
        Premium = "premium",
        /// Satellites and international networks.
        Satellite = "satellite",
        /// 211, 311, 411 and the like.
        ServiceCode = "service-code",
        /// 600, 700, 710 and the like: services of carriers and of governments.
        Special = "special",
        /// 800, 833, 844, 855, 866, 877, 888, and +800.
        TollFree = "toll-free",
        /// No country or area that we know: refused.
        Unknown = "unknown",
        /// The forty-eight continental states and the District of Columbia.
        Us48 = "us48",
        /// Puerto Rico, the Virgin Islands, Guam, American Samoa and the Northern Marianas.
        UsTerritory = "us-territory",
    }
}

impl NumberClass {
    /// Says what holds where no restriction speaks: Canada, the United States' fifty states, toll-free numbers and
    /// service codes are open, all else is closed.
    pub fn open_by_default(self) -> bool {
        matches!(
            self,
            Self::AlaskaHawaii | Self::Canada | Self::ServiceCode | Self::TollFree | Self::Us48
        )
    }

    /// Says whether a leg there counts as toll: whatever may cost its account more than nothing.
    pub fn is_toll(self) -> bool {
        !matches!(self, Self::ServiceCode | Self::TollFree)
    }
}

/// Some classes of numbers. Its text form is words with commas between.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

    /// Adds the classes of another set.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
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
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words
            .map(str::parse)
            .collect::<Result<Vec<NumberClass>, _>>()
            .map(Self::of)
    }
}

impl TryFrom<String> for ClassSet {
    type Error = UnknownWord;
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

    #[test]
    fn only_home_classes_are_open_by_default() {
        let open: Vec<_> = NumberClass::ALL
            .iter()
            .filter(|(_, class)| class.open_by_default())
            .map(|(word, _)| *word)
            .collect();
        assert_eq!(
            open,
            ["alaska-hawaii", "canada", "service-code", "toll-free", "us48"]
        );
    }

    #[test]
    fn a_set_of_classes_is_words_with_commas() {
        let set: ClassSet = "canada, premium".parse().unwrap();
        assert_eq!(set.to_string(), "canada,premium");
        assert!("canada,abroad".parse::<ClassSet>().is_err());
    }
}
