//! How a sentence is to be spoken: in which language, how fast.

use std::fmt;

use evatel_core::account::Language;

/// How a sentence is to be spoken. A [`Language`] alone is that language at the voice's usual pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Manner {
    /// In which language.
    pub language: Language,
    /// How fast.
    pub pace: Pace,
}

impl Manner {
    /// Speaks so much faster or slower.
    #[must_use]
    pub fn at(self, pace: Pace) -> Self {
        let pace = self.pace.times(pace);
        Self { pace, ..self }
    }
}

impl From<Language> for Manner {
    fn from(language: Language) -> Self {
        Self {
            language,
            pace: Pace::USUAL,
        }
    }
}

/// How fast, in percent of a voice's usual pace: 50 to 200. As text, `80%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pace(u8);

impl Pace {
    /// As the voice speaks by itself.
    pub const USUAL: Self = Self(100);
    /// For who asks to be spoken to more slowly.
    pub const SLOW: Self = Self(75);

    /// Takes the nearest pace that there is.
    #[must_use]
    pub fn of_percent(percent: u16) -> Self {
        Self(percent.clamp(50, 200) as u8)
    }

    /// Gives the percent of the usual pace.
    #[must_use]
    pub fn percent(self) -> u8 {
        self.0
    }

    /// Gives this pace's share of another.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self::of_percent(u16::from(self.0) * u16::from(other.0) / 100)
    }

    /// Gives so many percent of a rate.
    pub(super) fn of(self, rate: u16) -> u16 {
        (u32::from(rate) * u32::from(self.0) / 100) as u16
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::USUAL
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_stays_one_that_people_can_follow() {
        assert_eq!(Pace::of_percent(10).percent(), 50);
        assert_eq!(Pace::of_percent(900).percent(), 200);
        assert_eq!(Pace::SLOW.times(Pace::SLOW).to_string(), "56%");
        assert_eq!(
            Pace::SLOW.times(Pace::SLOW).times(Pace::SLOW),
            Pace::of_percent(50)
        );
        let slowly = Manner::from(Language::Fr).at(Pace::SLOW);
        assert_eq!((slowly.language, slowly.pace), (Language::Fr, Pace::SLOW));
    }
}
