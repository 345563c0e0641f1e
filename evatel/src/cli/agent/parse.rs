//! `evatel agent parse`

use std::path::PathBuf;

use clap::Args;
use evatel_core::{
    account::Language,
    flow::Expect,
    intent::Intent,
    money::Currency,
    number::{DialPlan, Dialled},
};
use evatel_voice::{
    brain::Understood,
    grammar::Grammar,
    lexicon::Contacts,
    spoken::{self, Meaning},
    transcribe::PhoneToken,
};
use jiff::Zoned;
use serde::Serialize;

use super::{
    super::{
        answer::{Answer, table},
        desk::Desk,
        failure::Failure,
        lines::{LineAnswer, each_line},
    },
    grammar,
};
use crate::serve;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent parse --lang fr \"demain à quinze heures trente\"
  evatel agent parse --lang en \"next Tuesday at half past nine\" --at \"2026-11-26T10:00[America/Toronto]\" --json
  printf 'oui\\ndeux piastres\\n' | evatel agent parse --lang fr -
  evatel agent parse --lang fr \"à la revoyure\" --model models/phones --grammar phrases.toml

With --model, its sound is compared with what can be said to the assistant, too. What may mean two things is both: a dialogue would ask.")]
pub(in crate::cli) struct Parse {
    /// What was said; `-` reads one utterance a line and answers each with one JSON object
    text: String,
    /// When it was said, with its time zone [default: now, here]
    #[arg(long, value_name = "TIME[ZONE]", value_parser = moment)]
    at: Option<Zoned>,
    /// The recogniser's model, to compare what was said with what can be said to the assistant
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
    /// A file of phrases that add to what can be said [default: `speech.grammar` of the settings]
    #[arg(long, value_name = "FILE.toml", requires = "model")]
    grammar: Option<PathBuf>,
}

/// What an utterance says, by type; what it does not say is left out.
#[derive(Debug, Default, Serialize)]
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    intents: Vec<Meant>,
    /// Why it cannot be read at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// What it means to the assistant at a place of a call.
#[derive(Debug, Serialize)]
struct Meant {
    /// The place, as `agent hear --expect` names it.
    place: &'static str,
    intent: &'static str,
    distance: f32,
    margin: f32,
}

impl Parse {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let language = desk.texts.language();
        let now = self.at.unwrap_or_else(Zoned::now);
        if let Some(model) = self.model {
            let added = self.grammar.or_else(|| desk.settings.speech.grammar.clone());
            let files = added.iter().map(grammar::read).collect::<Result<_, _>>()?;
            let grammar = grammar::load(Some(model), files, desk).await?;
            let mut reading = Reading::of(&self.text, language, &now);
            reading.intents = intents(&self.text, language, &grammar).await?;
            return Ok(reading.answer(desk));
        }
        if self.text == "-" {
            return each_line(desk.texts, |line| Reading::of(line.text, language, &now));
        }
        Ok(Reading::of(&self.text, language, &now).answer(desk))
    }
}

impl Reading {
    fn answer(self, desk: &Desk<'_>) -> Answer {
        let reading = self;
        let rows = reading.rows();
        let human = if rows.is_empty() {
            desk.say("agent-nothing-read", &[])
        } else {
            table(desk.texts.headings(["head-kind", "head-value"]), &rows)
        };
        Answer::new(reading, human)
    }

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
            ..Self::default()
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
        for meant in &self.intents {
            row("intent", format!("{}: {}", meant.place, meant.intent));
        }
        rows
    }
}

impl LineAnswer for Reading {
    fn refused(input: String, why: String) -> Self {
        Self {
            input,
            refused: Some(why),
            ..Self::default()
        }
    }
}

/// What a text means wherever something can be said to the assistant.
async fn intents(said: &str, language: Language, grammar: &Grammar) -> Result<Vec<Meant>, Failure> {
    let sound = grammar.lexicon().pronounce(said, language).await;
    let sound = sound.map_err(serve::Error::from)?;
    let spelled = grammar
        .lexicon()
        .phones()
        .spelled(sound.phones().unwrap_or_default());
    let heard: Vec<PhoneToken> = spelled
        .split_whitespace()
        .map(|phone| PhoneToken::new(phone, 0))
        .collect();
    let nobody = Contacts::default();
    let places = [
        Expect::AcceptRefuse,
        Expect::AfterFailure,
        Expect::Command,
        Expect::YesNo,
    ];
    let meant = places.into_iter().filter_map(|expect| {
        let Understood { intent, score, .. } = grammar.interpret(&heard, language, expect, &nobody);
        let score = score.filter(|_| intent != Intent::NotUnderstood)?;
        Some(Meant {
            place: grammar::place(expect),
            intent: intent.word(),
            distance: score.distance,
            margin: score.margin,
        })
    });
    Ok(meant.collect())
}

fn words<T: ToString + PartialEq>(meaning: &Meaning<T>) -> Vec<String> {
    meaning.candidates().iter().map(T::to_string).collect()
}

fn moment(text: &str) -> Result<Zoned, String> {
    text.parse()
        .map_err(|error| format!("{error}; write it as `2026-11-26T10:00[America/Toronto]`"))
}
