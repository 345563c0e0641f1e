//! What the speaker of a file was asked.

use clap::ValueEnum;
use evatel_core::{
    dialogue::{OptionId, SlotKind},
    flow::{Expect, SpokenOption},
};

/// The questions of the flows and of dialogues, by the words of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Asked {
    /// Take or leave an announced call
    AcceptRefuse,
    /// A message, another attempt, or the end
    AfterFailure,
    /// An amount of money
    Amount,
    /// One of the options that `--option` gives
    Choice,
    /// An order to the assistant
    Command,
    /// A day
    Date,
    /// Digits
    Digits,
    /// A length of time
    Duration,
    /// A day and a time
    Moment,
    /// A name spoken freely
    Name,
    /// A telephone number
    Number,
    /// A time of the day
    Time,
    /// Yes or no
    YesNo,
}

impl Asked {
    /// The kind of answer, where a dialogue asks it.
    pub(super) fn slot(self) -> Option<SlotKind> {
        match self {
            Self::Amount => Some(SlotKind::Amount),
            Self::Choice => Some(SlotKind::Choice),
            Self::Date => Some(SlotKind::Date),
            Self::Digits => Some(SlotKind::Digits),
            Self::Duration => Some(SlotKind::Duration),
            Self::Moment => Some(SlotKind::Moment),
            Self::Number => Some(SlotKind::Number),
            Self::Time => Some(SlotKind::Time),
            Self::AcceptRefuse | Self::AfterFailure | Self::Command | Self::Name | Self::YesNo => None,
        }
    }
}

impl From<Asked> for Expect {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::AcceptRefuse => Self::AcceptRefuse,
            Asked::AfterFailure => Self::AfterFailure,
            Asked::Command => Self::Command,
            Asked::Name => Self::Name,
            Asked::YesNo => Self::YesNo,
            _ => asked.slot().map_or(Self::Command, Self::Slot),
        }
    }
}

/// How an option is said: one phrase or several, the first of which names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrases(Vec<String>);

impl std::str::FromStr for Phrases {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let phrases = text.split('|').map(|phrase| phrase.trim().to_owned());
        let phrases: Vec<String> = phrases.filter(|phrase| !phrase.is_empty()).collect();
        if phrases.is_empty() || text.len() > LONGEST {
            return Err(format!(
                "an option is one phrase, or several with | between, at most {LONGEST} bytes"
            ));
        }
        Ok(Self(phrases))
    }
}

/// Gives the options as a dialogue has them, each by its place.
pub(super) fn options(told: &[Phrases]) -> Vec<SpokenOption> {
    let ids = (0..).map(OptionId);
    let options = ids.zip(told).map(|(id, Phrases(phrases))| SpokenOption {
        id,
        phrases: phrases.clone(),
    });
    options.collect()
}

/// Longest option, in bytes.
const LONGEST: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_dialogue_understands_can_be_asked() {
        let asked: Vec<_> = Asked::value_variants()
            .iter()
            .filter_map(|asked| asked.slot())
            .collect();
        for (word, kind) in SlotKind::ALL {
            let elsewhere = kind.is_recorded() || *kind == SlotKind::YesNo;
            assert_eq!(asked.contains(kind), !elsewhere, "{word}");
        }
        for asked in Asked::value_variants() {
            let is_slot = matches!(Expect::from(*asked), Expect::Slot(_));
            assert_eq!(is_slot, asked.slot().is_some(), "{asked:?}");
        }
    }

    #[test]
    fn an_option_has_one_phrase_or_several() {
        let option: Phrases = "ventes | le service des ventes".parse().unwrap();
        assert_eq!(
            option,
            Phrases(vec!["ventes".into(), "le service des ventes".into()])
        );
        assert!(" | ".parse::<Phrases>().is_err());
    }
}
