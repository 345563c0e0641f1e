//! Answers as people say them.

use evatel_core::{
    account::Language,
    dialogue::{Bit, Value},
    money::MICROS_PER_UNIT,
    skill::{Argument, Errand},
};
use jiff::{
    SignedDuration,
    civil::{Date, Time},
};

use crate::{
    catalogue::Catalogue,
    spoken,
    synth::ssml::{BadSsml, Filling, Ssml},
};

impl Catalogue {
    /// Gives the words of a sentence with answers in it.
    #[must_use]
    pub fn sentence(&self, language: Language, bits: &[Bit]) -> String {
        bits.iter()
            .map(|bit| match bit {
                Bit::Option(text) | Bit::Text(text) => text.clone(),
                Bit::Value(value) => self.aloud(language, value),
            })
            .collect()
    }

    /// Gives a sentence whose texts have marks, with answers in it that have none.
    ///
    /// # Errors
    /// Where a text is not marked as it should be; [`crate::dialogue::read`] refuses it before.
    pub fn marked(&self, language: Language, bits: &[Bit]) -> Result<Ssml, BadSsml> {
        let parts = bits.iter().map(|bit| match bit {
            Bit::Option(text) => Filling::Plain(text.clone()),
            Bit::Text(marks) => Filling::Marks(marks),
            Bit::Value(value) => Filling::Plain(self.aloud(language, value)),
        });
        Ssml::filled(&parts.collect::<Vec<_>>(), language)
    }

    /// Gives the words for an answer.
    #[must_use]
    pub fn aloud(&self, language: Language, value: &Value) -> String {
        match value {
            Value::Amount(amount) => {
                let cents = amount.micros() / (MICROS_PER_UNIT / 100);
                let (dollars, cents) = (cents / 100, cents % 100);
                self.counted(
                    language,
                    "value-amount",
                    &[("dollars", dollars), ("cents", cents)],
                )
            }
            Value::Date(date) => self.day(language, *date),
            Value::Digits(digits) => evatel_core::number::one_by_one(digits),
            Value::Duration(length) => self.length(language, *length),
            Value::Moment(then) => {
                let (date, time) = (self.day(language, then.date()), self.clock(language, then.time()));
                self.worded(language, "value-moment", &[("date", date), ("time", time)])
            }
            Value::Number(number) => number.aloud(),
            Value::Time(time) => self.clock(language, *time),
            Value::YesNo(yes) => self.worded(language, if *yes { "value-yes" } else { "value-no" }, &[]),
            // An option is said by the words that the dialogue has for it.
            _ => String::new(),
        }
    }

    /// Gives what a skill does, as a call's story has it: its name, and what it is told.
    #[must_use]
    pub fn errand(&self, language: Language, errand: &Errand) -> String {
        let told = errand.arguments().filter_map(|(name, argument)| {
            let words = match argument? {
                Argument::Choice(option) => option.clone(),
                Argument::Value(value) => self.aloud(language, value),
            };
            Some(format!("{name}: {words}"))
        });
        let price = errand.price().map(|price| price.to_string());
        let told: Vec<String> = told.chain(price).collect();
        match told.is_empty() {
            true => errand.skill().to_owned(),
            false => format!("{} ({})", errand.skill(), told.join(", ")),
        }
    }

    fn day(&self, language: Language, date: Date) -> String {
        let (weekday, month) = spoken::names(date, language);
        let day = i64::from(date.day());
        let values = [("weekday", weekday), ("month", month)];
        self.mixed(language, "value-date", &values, &[("day", day)])
    }

    /// Gives a date with its year as it is said.
    pub(crate) fn date(&self, language: Language, date: Date) -> String {
        let (_, month) = spoken::names(date, language);
        let (day, year) = (i64::from(date.day()), date.year().to_string());
        let values = [("month", month), ("year", year)];
        self.mixed(language, "value-date-of-year", &values, &[("day", day)])
    }

    /// Gives a time of day as it is said, to the minute.
    pub(crate) fn clock(&self, language: Language, time: Time) -> String {
        let hour = i64::from(time.hour());
        let values = [
            ("hour", hour),
            ("twelve", (hour + 11) % 12 + 1),
            ("minute", i64::from(time.minute())),
            ("afternoon", i64::from(hour >= 12)),
        ];
        let minutes = [("minutes", format!("{:02}", time.minute()))];
        self.mixed(language, "value-time", &minutes, &values)
    }

    fn length(&self, language: Language, length: SignedDuration) -> String {
        let minutes = length.as_mins();
        let parts = [
            ("value-days", minutes / (24 * 60)),
            ("value-hours", minutes / 60 % 24),
            ("value-minutes", minutes % 60),
        ];
        let said: Vec<String> = parts
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(key, count)| self.counted(language, key, &[("count", count)]))
            .collect();
        if said.is_empty() {
            return self.counted(language, "value-seconds", &[("count", length.as_secs())]);
        }
        said.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evatel_core::money::{Currency, Money};

    #[test]
    fn answers_are_said_as_people_say_them() {
        let catalogue = Catalogue::new();
        let moment = "2026-12-01T15:30[America/Toronto]".parse().unwrap();
        let dollars = |micros| Value::Amount(Money::from_micros(micros, Currency::CAD));
        for (value, french, english) in [
            (
                Value::Moment(moment),
                "mardi 1er décembre à 15 heures 30",
                "Tuesday, December 1 at 3 30 p.m.",
            ),
            (Value::Time("09:00".parse().unwrap()), "9 heures", "9 a.m."),
            (Value::Time("00:00".parse().unwrap()), "minuit", "midnight"),
            (Value::Time("12:00".parse().unwrap()), "midi", "noon"),
            (Value::Time("12:05".parse().unwrap()), "12 heures 5", "12 05 p.m."),
            (
                Value::Date("2027-03-03".parse().unwrap()),
                "mercredi 3 mars",
                "Wednesday, March 3",
            ),
            (
                Value::Duration(SignedDuration::from_mins(90)),
                "1 heure 30 minutes",
                "1 hour 30 minutes",
            ),
            (
                Value::Duration(SignedDuration::from_secs(45)),
                "45 secondes",
                "45 seconds",
            ),
            (
                dollars(25_500_000),
                "25 dollars et 50 cents",
                "25 dollars and 50 cents",
            ),
            (dollars(1_000_000), "1 dollar", "1 dollar"),
            (
                Value::Number("+15145550123".parse().unwrap()),
                "5 1 4, 5 5 5, 0 1 2 3",
                "5 1 4, 5 5 5, 0 1 2 3",
            ),
            (Value::Digits("042".into()), "0 4 2", "0 4 2"),
            (Value::YesNo(true), "oui", "yes"),
        ] {
            assert_eq!(catalogue.aloud(Language::Fr, &value), french);
            assert_eq!(catalogue.aloud(Language::En, &value), english);
        }
    }
}
