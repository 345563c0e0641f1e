//! Classes of numbers: what a number costs and how often it is abused.

use crate::word::word_enum;

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
}
