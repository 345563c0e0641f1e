//! `evatel schedule` and `evatel holiday`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use evatel_core::{
    holiday::{HolidayCalendar, HolidayName, Province},
    name::Name,
    schedule::Schedule,
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use serde::Serialize;

use super::{
    answer::{Answer, table},
    csv::{Form, Sheet},
    desk::Desk,
    failure::Failure,
    lines::{LineAnswer, each_line},
    moment,
    texts::Texts,
    values,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Says what a schedule's rules hold at an instant, and which of them decides
    Explain(Explain),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel schedule explain --file office.json
  evatel schedule explain --file office.json --at 2026-12-24T10:00:00-05:00
  printf '2026-12-24T15:00:00Z\\n' | evatel schedule explain --file office.json --at -

The file:
  { \"zone\": \"America/Toronto\",
    \"holidays\": { \"calendar\": { \"province\": \"qc\", \"also\": [\"easter-monday\"],
                                \"own\": [{ \"name\": \"Inventory\", \"when\": \"last fri nov\" }] }, \"state\": \"closed\" },
    \"special\": [{ \"name\": \"Summer\", \"first\": \"2026-06-25\", \"last\": \"2026-08-31\",
                  \"weekly\": [{ \"when\": \"mon-fri 08:00-13:00\", \"state\": \"open\" }], \"otherwise\": \"closed\" }],
    \"weekly\": [{ \"when\": \"mon-fri 09:00-17:00\", \"state\": \"open\" }, { \"when\": \"sat 22:00-06:00\", \"state\": \"night\" }],
    \"override\": { \"state\": \"closed\", \"until\": \"2026-12-01T00:00:00Z\" },
    \"otherwise\": \"closed\" }")]
pub(super) struct Explain {
    /// The schedule, a JSON document
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// The instant (RFC 3339); `-` reads one a line and answers each with one JSON object [default: now]
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
}

/// What a schedule says, or why an instant is none.
#[derive(Debug, Serialize)]
struct Said {
    /// What was asked about.
    input: String,
    at: Option<Timestamp>,
    local: Option<DateTime>,
    state: Option<String>,
    rule: Option<&'static str>,
    about: Option<String>,
    refused: Option<String>,
}

impl Verb {
    /// Runs without a database: all that counts is in the file.
    pub(super) fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let Self::Explain(Explain { file, at }) = self;
        let schedule: Schedule<Name> = desk.read_json(&file)?;
        let at = match at.as_deref() {
            Some("-") => return each_line(desk.texts, |line| Said::of(line.text, &schedule, desk.texts)),
            Some(text) => text.to_owned(),
            None => Timestamp::now().to_string(),
        };
        let said = Said::of(&at, &schedule, desk.texts);
        if let Some(reason) = said.refused {
            return Err(Failure::input(reason, "hint-instant"));
        }
        let human = said.show(desk);
        Ok(Answer::new(said, human))
    }
}

impl Said {
    fn of(text: &str, schedule: &Schedule<Name>, texts: &Texts) -> Self {
        let at = match moment::instant(text) {
            Ok(at) => at,
            Err(reason) => return Self::refused(text.to_owned(), texts.error(reason)),
        };
        let verdict = schedule.at(at);
        Self {
            input: text.to_owned(),
            at: Some(at),
            local: Some(schedule.zone().local(at)),
            state: Some(verdict.state.to_string()),
            rule: Some(verdict.reason.step().word()),
            about: Some(verdict.reason.to_string()),
            refused: None,
        }
    }

    fn show(&self, desk: &Desk<'_>) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let local = self.local.map(|local| local.to_string()).unwrap_or_default();
        let rule = desk.say(&format!("rule-{}", self.rule.unwrap_or_default()), &[]);
        [
            desk.say("schedule-local", &[("local", &local)]),
            desk.say("schedule-state", &[("state", &text(&self.state))]),
            desk.say(
                "schedule-rule",
                &[("rule", &rule), ("about", &desk.texts.about(&text(&self.about)))],
            ),
        ]
        .join("\n")
    }
}

impl LineAnswer for Said {
    fn refused(input: String, why: String) -> Self {
        Self {
            input,
            at: None,
            local: None,
            state: None,
            rule: None,
            about: None,
            refused: Some(why),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum HolidayVerb {
    /// Lists the public holidays of a province or territory
    #[command(after_help = "Examples:
  evatel holiday list --province qc --year 2027
  evatel holiday list --province on --year 2027 --csv > holidays.csv")]
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Two letters: ab bc mb nb nl ns nt nu on pe qc sk yt
    #[arg(long, value_parser = values::province)]
    province: Province,
    /// Of which year
    #[arg(long, value_parser = clap::value_parser!(i16).range(1900..=2199))]
    year: i16,
    #[command(flatten)]
    form: Form,
}

const HOLIDAYS: &Sheet<(Date, HolidayName)> = &[
    ("day", |(day, _)| day.to_string()),
    ("holiday", |(_, name)| name.to_string()),
];

impl HolidayVerb {
    pub(super) fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let Self::List(List { province, year, form }) = self;
        let days = HolidayCalendar::of(province).of_year(year);
        let rows: Vec<_> = days
            .iter()
            .map(|(day, name)| [day.to_string(), desk.say(&format!("holiday-{name}"), &[])])
            .collect();
        let json: Vec<_> = days
            .iter()
            .map(|(day, name)| serde_json::json!({ "day": day, "holiday": name.to_string() }))
            .collect();
        let headings = desk.texts.headings(["head-day", "head-name"]);
        let human = form.text(&days, HOLIDAYS, || table(headings, &rows));
        Ok(Answer::new(json, human))
    }
}
