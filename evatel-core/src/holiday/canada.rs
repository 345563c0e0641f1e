//! The public holidays of Canada's provinces and territories.
//!
//! The days that employment standards law gives as general or statutory holidays, as of 2026. Days that only some
//! employers give (Easter Monday, Boxing Day outside Ontario, a civic holiday) are not in a province's list; a
//! calendar adds them with `also`.

use jiff::civil::Weekday;

use super::rule::HolidayRule;
use crate::word::word_enum;

word_enum! {
    /// A province or territory, by its two letters of the post (ISO 3166-2:CA).
    Province ("province or territory") {
        /// Alberta.
        Alberta = "ab",
        /// British Columbia.
        BritishColumbia = "bc",
        /// Manitoba.
        Manitoba = "mb",
        /// New Brunswick.
        NewBrunswick = "nb",
        /// Newfoundland and Labrador.
        Newfoundland = "nl",
        /// Northwest Territories.
        NorthwestTerritories = "nt",
        /// Nova Scotia.
        NovaScotia = "ns",
        /// Nunavut.
        Nunavut = "nu",
        /// Ontario.
        Ontario = "on",
        /// Prince Edward Island.
        PrinceEdwardIsland = "pe",
        /// Québec.
        Quebec = "qc",
        /// Saskatchewan.
        Saskatchewan = "sk",
        /// Yukon.
        Yukon = "yt",
    }
}

word_enum! {
    /// A public holiday somewhere in Canada.
    Holiday ("holiday") {
        /// 26 December.
        BoxingDay = "boxing-day",
        /// 1 July, 2 July where that is a Sunday (Holidays Act, R.S.C. 1985, c. H-5); Memorial Day in Newfoundland.
        CanadaDay = "canada-day",
        /// 25 December.
        Christmas = "christmas",
        /// First Monday in August, under a name of each province.
        CivicHoliday = "civic-holiday",
        /// Yukon, third Monday in August.
        DiscoveryDay = "discovery-day",
        /// The day after Easter.
        EasterMonday = "easter-monday",
        /// Third Monday in February; Louis Riel Day, Heritage Day, Islander Day.
        FamilyDay = "family-day",
        /// Two days before Easter.
        GoodFriday = "good-friday",
        /// 21 June.
        IndigenousPeoplesDay = "indigenous-peoples-day",
        /// First Monday in September.
        LabourDay = "labour-day",
        /// 1 January.
        NewYear = "new-year",
        /// Nunavut, 9 July.
        NunavutDay = "nunavut-day",
        /// 11 November.
        RemembranceDay = "remembrance-day",
        /// Québec's national holiday, 24 June.
        SaintJean = "saint-jean",
        /// Second Monday in October.
        Thanksgiving = "thanksgiving",
        /// 30 September.
        TruthAndReconciliation = "truth-and-reconciliation",
        /// The Monday before 25 May; in Québec the Journée nationale des patriotes.
        VictoriaDay = "victoria-day",
    }
}

impl Holiday {
    /// Gives the rule for its day.
    pub fn rule(self) -> HolidayRule {
        let fixed = |month, day| HolidayRule::Fixed { month, day };
        let monday = |nth, month| HolidayRule::Nth {
            nth,
            weekday: Weekday::Monday,
            month,
        };
        match self {
            Self::BoxingDay => fixed(12, 26),
            Self::CanadaDay => HolidayRule::FixedNotSunday { month: 7, day: 1 },
            Self::Christmas => fixed(12, 25),
            Self::CivicHoliday => monday(1, 8),
            Self::DiscoveryDay => monday(3, 8),
            Self::EasterMonday => HolidayRule::Easter(1),
            Self::FamilyDay => monday(3, 2),
            Self::GoodFriday => HolidayRule::Easter(-2),
            Self::IndigenousPeoplesDay => fixed(6, 21),
            Self::LabourDay => monday(1, 9),
            Self::NewYear => fixed(1, 1),
            Self::NunavutDay => fixed(7, 9),
            Self::RemembranceDay => fixed(11, 11),
            Self::SaintJean => fixed(6, 24),
            Self::Thanksgiving => monday(2, 10),
            Self::TruthAndReconciliation => fixed(9, 30),
            Self::VictoriaDay => HolidayRule::Before {
                weekday: Weekday::Monday,
                month: 5,
                day: 25,
            },
        }
    }
}

impl Province {
    /// Lists its public holidays in the order of the year.
    ///
    /// Québec leaves the employer Good Friday or Easter Monday; the list has Good Friday. Remembrance Day in Manitoba and
    /// Nova Scotia has an act of its own and is no general holiday there.
    pub fn holidays(self) -> &'static [Holiday] {
        use Holiday as H;
        match self {
            Self::Alberta => &[
                H::NewYear,
                H::FamilyDay,
                H::GoodFriday,
                H::VictoriaDay,
                H::CanadaDay,
                H::LabourDay,
                H::Thanksgiving,
                H::RemembranceDay,
                H::Christmas,
            ],
            Self::BritishColumbia => &[
                H::NewYear,
                H::FamilyDay,
                H::GoodFriday,
                H::VictoriaDay,
                H::CanadaDay,
                H::CivicHoliday,
                H::LabourDay,
                H::TruthAndReconciliation,
                H::Thanksgiving,
                H::RemembranceDay,
                H::Christmas,
            ],
            Self::Manitoba => &[
                H::NewYear,
                H::FamilyDay,
                H::GoodFriday,
                H::VictoriaDay,
                H::CanadaDay,
                H::LabourDay,
                H::TruthAndReconciliation,
                H::Thanksgiving,
                H::Christmas,
            ],
            Self::NewBrunswick => &[
                H::NewYear,
                H::FamilyDay,
                H::GoodFriday,
                H::CanadaDay,
                H::CivicHoliday,
                H::LabourDay,
                H::RemembranceDay,
                H::Christmas,
            ],
            Self::Newfoundland => &[
                H::NewYear,
                H::GoodFriday,
                H::CanadaDay,
                H::LabourDay,
                H::RemembranceDay,
                H::Christmas,
            ],
            Self::NorthwestTerritories => &[
                H::NewYear,
                H::GoodFriday,
                H::VictoriaDay,
                H::IndigenousPeoplesDay,
                H::CanadaDay,
                H::CivicHoliday,
                H::LabourDay,
                H::TruthAndReconciliation,
                H::Thanksgiving,
                H::RemembranceDay,
                H::Christmas,
            ],
            Self::NovaScotia => &[
                H::NewYear,
                H::FamilyDay,
                H::GoodFriday,
                H::CanadaDay,
                H::LabourDay,
                H::Christmas,
            ],
            Self::Nunavut => &[
                H::NewYear,
                H::GoodFriday,
                H::VictoriaDay,
                H::CanadaDay,
                H::NunavutDay,
                H::CivicHoliday,
                H::LabourDay,
                H::TruthAndReconciliation,
                H::Thanksgiving,
                H::RemembranceDay,
                H::Christmas,
            ],
            Self::Ontario => &[
                H::NewYear,
                H::FamilyDay,
                H::GoodFriday,
                H::VictoriaDay,
                H::CanadaDay,
                H::LabourDay,
                H::Thanksgiving,
                H::Christmas,
                H::BoxingDay,
            ],
            Self::PrinceEdwardIsland => &[
                H::NewYear,
                H::FamilyDay,
                H::GoodFriday,
                H::CanadaDay,
                H::LabourDay,
                H::TruthAndReconciliation,
                H::RemembranceDay,
                H::Christmas,
            ],
            Self::Quebec => &[
                H::NewYear,
                H::GoodFriday,
                H::VictoriaDay,
                H::SaintJean,
                H::CanadaDay,
                H::LabourDay,
                H::Thanksgiving,
                H::Christmas,
            ],
            Self::Saskatchewan => &[
                H::NewYear,
                H::FamilyDay,
                H::GoodFriday,
                H::VictoriaDay,
                H::CanadaDay,
                H::CivicHoliday,
                H::LabourDay,
                H::Thanksgiving,
                H::RemembranceDay,
                H::Christmas,
            ],
            Self::Yukon => &[
                H::NewYear,
                H::GoodFriday,
                H::VictoriaDay,
                H::IndigenousPeoplesDay,
                H::CanadaDay,
                H::DiscoveryDay,
                H::LabourDay,
                H::TruthAndReconciliation,
                H::Thanksgiving,
                H::RemembranceDay,
                H::Christmas,
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holiday::HolidayCalendar;

    fn named(province: Province, day: &str) -> Option<String> {
        HolidayCalendar::of(province)
            .on(day.parse().unwrap())
            .map(|name| name.to_string())
    }

    #[test]
    fn quebec_closes_on_its_holidays_of_three_years() {
        for (day, holiday) in [
            ("2026-05-18", "victoria-day"),
            ("2027-05-24", "victoria-day"),
            ("2028-05-22", "victoria-day"),
            ("2026-06-24", "saint-jean"),
            ("2027-06-24", "saint-jean"),
            ("2028-07-01", "canada-day"),
            ("2026-09-07", "labour-day"),
            ("2027-09-06", "labour-day"),
            ("2026-10-12", "thanksgiving"),
            ("2027-10-11", "thanksgiving"),
            ("2026-04-03", "good-friday"),
            ("2027-03-26", "good-friday"),
            ("2028-04-14", "good-friday"),
        ] {
            assert_eq!(named(Province::Quebec, day).as_deref(), Some(holiday), "{day}");
        }
        for day in [
            "2026-05-25",
            "2027-05-17",
            "2026-02-16",
            "2026-11-11",
            "2026-12-26",
            "2026-04-06",
        ] {
            assert_eq!(named(Province::Quebec, day), None, "{day}");
        }
    }

    #[test]
    fn canada_day_on_a_sunday_is_kept_on_monday() {
        assert_eq!(
            named(Province::Ontario, "2029-07-02").as_deref(),
            Some("canada-day")
        );
        assert_eq!(named(Province::Ontario, "2029-07-01"), None);
    }

    #[test]
    fn each_province_and_territory_has_its_own_days() {
        let counts: Vec<usize> = Province::ALL
            .iter()
            .map(|(_, province)| HolidayCalendar::of(*province).of_year(2026).len())
            .collect();
        // ab bc mb nb nl nt ns nu on pe qc sk yt
        assert_eq!(counts, [9, 11, 9, 8, 6, 11, 6, 11, 9, 8, 8, 10, 11]);
        assert_eq!(
            named(Province::Yukon, "2026-08-17").as_deref(),
            Some("discovery-day")
        );
        assert_eq!(
            named(Province::Nunavut, "2026-07-09").as_deref(),
            Some("nunavut-day")
        );
        assert_eq!(
            named(Province::Saskatchewan, "2026-08-03").as_deref(),
            Some("civic-holiday")
        );
        assert_eq!(
            named(Province::Ontario, "2026-12-26").as_deref(),
            Some("boxing-day")
        );
        assert_eq!(
            named(Province::Alberta, "2026-02-16").as_deref(),
            Some("family-day")
        );
        for (_, province) in Province::ALL {
            let days: Vec<_> = province
                .holidays()
                .iter()
                .filter_map(|day| day.rule().in_year(2026))
                .collect();
            assert!(days.is_sorted(), "{province}");
        }
    }
}
