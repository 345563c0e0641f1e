//! `evatel agent parse`

use clap::Args;
use evatel_core::{
    account::Language,
    money::Currency,
    number::{DialPlan, Dialled},
};
use evatel_voice::spoken::{self, Meaning};
use jiff::Zoned;
use serde::Serialize;

use super::super::{
    answer::{Answer, each_line, table},
    desk::Desk,
    failure::Failure,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent parse --lang fr \"demain à quinze heures trente\"
  evatel agent parse --lang en \"next Tuesday at half past nine\" --at \"2026-11-26T10:00[America/Toronto]\" --json
  printf 'oui\\ndeux piastres\\n' | evatel agent parse --lang fr -

What may mean two things is both: a dialogue would ask.")]
pub(in crate::cli) struct Parse {
    /// What was said; `-` reads one utterance a line and answers each with one JSON object
    text: String,
    /// When it was said, with its time zone [default: now, here]
    #[arg(long, value_name = "TIME[ZONE]", value_parser = moment)]
    at: Option<Zoned>,
}

/// What an utterance says, by type; what it does not say is left out.
#[derive(Debug, Serialize)]
struct Reading {
    input: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    yes: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    times: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dates: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moments: Vec<String>,
}

impl Parse {
    pub(super) fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let language = desk.texts.language();
        let now = self.at.unwrap_or_else(Zoned::now);
        if self.text == "-" {
            return each_line(|line| Ok(Reading::of(line, language, &now)));
        }
        let reading = Reading::of(&self.text, language, &now);
        let rows = reading.rows();
        let human = if rows.is_empty() {
            desk.say("agent-nothing-read", &[])
        } else {
            table(desk.texts.headings(["head-kind", "head-value"]), &rows)
        };
        Ok(Answer::new(reading, human))
    }
}

impl Reading {
    fn of(said: &str, language: Language, now: &Zoned) -> Self {
        let all = |candidates: Option<Vec<String>>| candidates.unwrap_or_default();
        let number = match spoken::number(said, language, &DialPlan::default()) {
            Some(Dialled::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        Self {
            input: said.to_owned(),
            yes: spoken::yes_no(said, language),
            digits: spoken::digits(said, language),
            number,
            amount: spoken::amount(said, language, Currency::CAD).map(|amount| amount.to_string()),
            seconds: spoken::duration(said, language).map(|length| length.as_secs()),
            times: all(spoken::time(said, language).map(|times| words(&times))),
            dates: all(spoken::date(said, language, now.date()).map(|dates| words(&dates))),
            moments: all(spoken::moment(said, language, now).map(|moments| words(&moments))),
        }
    }

    fn rows(&self) -> Vec<[String; 2]> {
        let mut rows: Vec<[String; 2]> = Vec::new();
        let mut row = |kind: &str, value: String| rows.push([kind.to_owned(), value]);
        if let Some(yes) = self.yes {
            row("yes", yes.to_string());
        }
        for (kind, value) in [
            ("digits", &self.digits),
            ("number", &self.number),
            ("amount", &self.amount),
        ] {
            if let Some(value) = value {
                row(kind, value.clone());
            }
        }
        if let Some(seconds) = self.seconds {
            row("seconds", seconds.to_string());
        }
        for (kind, values) in [
            ("time", &self.times),
            ("date", &self.dates),
            ("moment", &self.moments),
        ] {
            values.iter().for_each(|value| row(kind, value.clone()));
        }
        rows
    }
}

fn words<T: ToString + PartialEq>(meaning: &Meaning<T>) -> Vec<String> {
    meaning.candidates().iter().map(T::to_string).collect()
}

fn moment(text: &str) -> Result<Zoned, String> {
    text.parse()
        .map_err(|error| format!("{error}; write it as `2026-11-26T10:00[America/Toronto]`"))
}
