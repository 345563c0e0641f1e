//! Classes of numbers: what a number costs and how often it is abused.
//!
//! The tables are versioned with the code. Area codes are those of the North American Numbering Plan as of
//! 2026; countries come from ITU-T E.164's list of assigned codes.

use crate::{account::word_enum, number::E164};

word_enum! {
    /// The class of a public number, seen from Canada.
    NumberClass ("number class") {
        /// Canada and the continental United States.
        Domestic = "domestic",
        /// Every other country.
        International = "international",
        /// Caribbean and other islands that look domestic (`1 876 …`) and are priced abroad.
        NanpInternational = "nanp-international",
        /// 900 and 976: charged per call to whoever calls.
        Premium = "premium",
        /// Satellites and international networks.
        Satellite = "satellite",
        /// 800, 833, 844, 855, 866, 877, 888.
        TollFree = "toll-free",
        /// No country or area that we know: refused.
        Unknown = "unknown",
    }
}

impl NumberClass {
    /// Says what holds where no restriction speaks: abroad, premium, satellite and unknown are closed.
    pub fn open_by_default(self) -> bool {
        matches!(self, Self::Domestic | Self::TollFree)
    }

    /// Finds the class of a number by its longest known prefix.
    pub fn of(number: &E164) -> Self {
        let digits = number.digits();
        if let Some(national) = digits.strip_prefix('1') {
            return Self::of_north_american(national);
        }
        if SATELLITE_PREFIXES.iter().any(|prefix| digits.starts_with(prefix)) {
            return Self::Satellite;
        }
        let country = |len: usize| digits.get(..len).and_then(|code| code.parse::<u16>().ok());
        let known = country(1).is_some_and(|code| code == 7)
            || country(2).is_some_and(|code| TWO_DIGIT_COUNTRIES.contains(&code))
            || country(3).is_some_and(|code| THREE_DIGIT_COUNTRIES.iter().any(|range| range.contains(&code)));
        if known { Self::International } else { Self::Unknown }
    }

    fn of_north_american(national: &str) -> Self {
        let (area, rest) = national.split_at(3);
        let area: u16 = area.parse().unwrap_or(0);
        match area {
            900 => Self::Premium,
            _ if rest.starts_with("976") => Self::Premium,
            800 | 833 | 844 | 855 | 866 | 877 | 888 => Self::TollFree,
            _ if ISLAND_AREAS.contains(&area) => Self::NanpInternational,
            // Personal, special and unassigned service codes: price unknown.
            500
            | 521..=529
            | 532
            | 533
            | 535
            | 538
            | 542..=547
            | 549
            | 550
            | 552..=554
            | 556
            | 566
            | 577
            | 578
            | 588
            | 589
            | 600
            | 622
            | 700
            | 710 => Self::Unknown,
            _ => Self::Domestic,
        }
    }
}

/// Areas outside Canada, the continental United States, Alaska and Hawaii (US territories included: priced apart).
const ISLAND_AREAS: [u16; 30] = [
    242, 246, 264, 268, 284, 340, 345, 441, 473, 649, 658, 664, 670, 671, 684, 721, 758, 767, 784, 787, 809,
    829, 849, 868, 869, 876, 939, 890, 891, 892,
];

const SATELLITE_PREFIXES: [&str; 5] = ["870", "881", "882", "883", "979"];

const TWO_DIGIT_COUNTRIES: [u16; 42] = [
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58,
    60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94,
];

const THREE_DIGIT_COUNTRIES: [std::ops::RangeInclusive<u16>; 15] = [
    211..=213,
    216..=218,
    220..=258,
    260..=269,
    290..=291,
    297..=299,
    350..=359,
    370..=387,
    389..=389,
    420..=423,
    500..=509,
    590..=599,
    670..=692,
    850..=856,
    880..=886,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_the_longest_prefix() {
        let expected = [
            ("+15145550199", NumberClass::Domestic),
            ("+12125551234", NumberClass::Domestic),
            ("+18765550123", NumberClass::NanpInternational),
            ("+16585550123", NumberClass::NanpInternational),
            ("+18095550123", NumberClass::NanpInternational),
            ("+19005551234", NumberClass::Premium),
            ("+15149761234", NumberClass::Premium),
            ("+18005551234", NumberClass::TollFree),
            ("+33142764978", NumberClass::International),
            ("+5215512345678", NumberClass::International),
            ("+88213123456", NumberClass::Satellite),
            ("+99912345678", NumberClass::Unknown),
            ("+17005551234", NumberClass::Unknown),
        ];
        for (text, class) in expected {
            assert_eq!(NumberClass::of(&text.parse().unwrap()), class, "{text}");
        }
    }

    #[test]
    fn only_domestic_and_toll_free_are_open_by_default() {
        let open: Vec<_> = NumberClass::ALL
            .iter()
            .filter(|(_, class)| class.open_by_default())
            .map(|(w, _)| *w)
            .collect();
        assert_eq!(open, ["domestic", "toll-free"]);
    }
}
