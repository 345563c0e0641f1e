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
use jiff::{SignedDuration, Zoned};
use serde::Serialize;
use tokio::{runtime::Handle, task::block_in_place};

use super::{
    super::{
        answer::{Answer, table},
        desk::Desk,
        failure::Failure,
        lines::{LineAnswer, each_line},
    },
    grammar, moment,
};
use crate::serve;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent parse --lang fr \"demain à quinze heures trente\"
  evatel agent parse --lang en \"next Tuesday at half past nine\" --at \"2026-11-26T10:00[America/Toronto]\" --json
  printf 'oui\\ndeux piastres\\n' | evatel agent parse --lang fr -
  evatel agent parse --lang fr \"à la revoyure\" --model models/phones --grammar phrases.toml
  printf 'oui\\naide\\n' | evatel agent parse --lang fr --model models/phones -

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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    digits: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amounts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    seconds: Vec<i64>,
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
            if self.text == "-" {
                let here = Handle::current();
                return each_line(desk.texts, |line| {
                    let reading = Reading::with_intents(line.text, language, &now, &grammar);
                    // Standard input holds this thread up anyway.
                    let read = block_in_place(|| here.block_on(reading));
                    read.unwrap_or_else(|failed| Reading::refused(line.text.to_owned(), failed.to_string()))
                });
            }
            let reading = Reading::with_intents(&self.text, language, &now, &grammar).await?;
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
        let rows = reading.rows(desk);
        let human = if rows.is_empty() {
            desk.say("agent-nothing-read", &[])
        } else {
            table(desk.texts.headings(["head-kind", "head-value"]), &rows)
        };
        Answer::new(reading, human)
    }

    fn of(said: &str, language: Language, now: &Zoned) -> Self {
        let number = |dialled: &Dialled| match dialled {
            Dialled::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let numbers = spoken::number(said, language, &DialPlan::default());
        let seconds = spoken::duration(said, language);
        Self {
            input: said.to_owned(),
            yes: spoken::yes_no(said, language),
            digits: words(spoken::digits(said, language)),
            numbers: all(numbers.as_ref()).filter_map(number).collect(),
            amounts: words(spoken::amount(said, language, Currency::CAD)),
            seconds: all(seconds.as_ref()).map(SignedDuration::as_secs).collect(),
            times: words(spoken::time(said, language)),
            dates: words(spoken::date(said, language, now.date())),
            moments: words(spoken::moment(said, language, now)),
            ..Self::default()
        }
    }

    async fn with_intents(
        said: &str,
        language: Language,
        now: &Zoned,
        grammar: &Grammar,
    ) -> Result<Self, Failure> {
        Ok(Self {
            intents: intents(said, language, grammar).await?,
            ..Self::of(said, language, now)
        })
    }

    fn rows(&self, desk: &Desk<'_>) -> Vec<[String; 2]> {
        let seconds: Vec<String> = self.seconds.iter().map(i64::to_string).collect();
        let yes = self.yes.map(|yes| desk.say(if yes { "yes" } else { "no" }, &[]));
        let yes: Vec<String> = yes.into_iter().collect();
        let intents = self.intents.iter();
        let intents: Vec<String> = intents
            .map(|meant| format!("{}: {}", meant.place, meant.intent))
            .collect();
        let mut rows = Vec::new();
        for (kind, values) in [
            ("parse-yes-no", &yes),
            ("parse-digits", &self.digits),
            ("parse-number", &self.numbers),
            ("parse-amount", &self.amounts),
            ("parse-seconds", &seconds),
            ("parse-time", &self.times),
            ("parse-date", &self.dates),
            ("parse-moment", &self.moments),
            ("parse-intent", &intents),
        ] {
            rows.extend(values.iter().map(|value| [desk.say(kind, &[]), value.clone()]));
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

fn all<T: PartialEq>(meaning: Option<&Meaning<T>>) -> impl Iterator<Item = &T> {
    meaning.into_iter().flat_map(Meaning::candidates)
}

fn words<T: ToString + PartialEq>(meaning: Option<Meaning<T>>) -> Vec<String> {
    all(meaning.as_ref()).map(T::to_string).collect()
}
