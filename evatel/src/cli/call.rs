//! `evatel call`

mod transcript;

use std::io::{self, Write};

use clap::{Args, Subcommand};
use evatel_core::{
    calls::{DecisionWord, Direction, LegEntry, TranscriptLine},
    id::CallId,
};
use evatel_store::{Acting, CallPeriod, CallStory, LegFilter, Target};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use super::{
    answer::{Answer, date, table},
    csv::{self, Form, Sheet},
    desk::Desk,
    failure::Failure,
    owner::Where,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Writes the call log out, oldest first, as CSV or as one JSON object a line
    Export(Export),
    /// Lists the legs of the call log, newest first
    List(List),
    /// Tells the story of one call: its legs and what was said
    Show(Show),
    /// Shows what was kept of one call: what was said and understood, to the ms, with scores, and its sound
    Transcript(transcript::Transcript),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel call list --limit 5
  evatel call list --refused --since 2026-11-23T00:00:00-05:00 --json")]
pub(super) struct List {
    #[command(flatten)]
    place: Where,
    /// At most so many
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Only those that have not ended
    #[arg(long)]
    open: bool,
    /// Only those that the gate refused
    #[arg(long)]
    refused: bool,
    /// Only those since then (RFC 3339)
    #[arg(long)]
    since: Option<Timestamp>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel call export --since 2026-11-01T00:00:00-04:00 --until 2026-12-01T00:00:00-05:00 > november.csv
  evatel call export --reseller res-06fk2x3n9s7m1q0c8v --format jsonl
  evatel call export --account acc-1m7c2k9q4x8v6t3r5y --enter

With --enter, as the account's administrator: recordings too. A cell that a spreadsheet would take for a formula is written with an \
apostrophe before it. Calls to 988 are never written.")]
pub(super) struct Export {
    #[command(flatten)]
    place: Where,
    /// Enter the account of --account first, and tell the audit so
    #[arg(long, requires = "account")]
    enter: bool,
    /// csv or jsonl
    #[arg(long, default_value = "csv")]
    format: Format,
    /// Only those since then (RFC 3339)
    #[arg(long)]
    since: Option<Timestamp>,
    /// Only those before then (RFC 3339)
    #[arg(long)]
    until: Option<Timestamp>,
}

/// How the call log is written out.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Comma-separated values (RFC 4180)
    Csv,
    /// One JSON object a line
    Jsonl,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel call show call-1m7c2k9q4x8v6t3r5y
  evatel call show call-1m7c2k9q4x8v6t3r5y --enter

With --enter, as the account's administrator: what was said and recorded, too.")]
pub(super) struct Show {
    /// The call
    call: CallId,
    /// Enter the call's account first, and tell the audit so
    #[arg(long)]
    enter: bool,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        match self {
            Self::Export(export) => {
                let target = export.place.target();
                let mut acting = desk.acting(&store);
                if export.enter {
                    acting = acting.enter(&target).await?;
                }
                let period = CallPeriod {
                    since: export.since,
                    until: export.until,
                };
                write_out(&acting, &target, &period, export.format).await
            }
            Self::List(list) => {
                let filter = LegFilter {
                    call: None,
                    decision: list.refused.then_some(DecisionWord::Deny),
                    limit: Some(list.limit),
                    only_open: list.open,
                    since: list.since,
                    rule: None,
                };
                let legs = desk.acting(&store).legs(&list.place.target(), &filter).await?;
                let human = list.form.text(&legs, SHEET, || show_list(&legs, desk));
                Ok(Answer::new(legs, human))
            }
            Self::Transcript(transcript) => transcript.run(&store, desk).await,
            Self::Show(Show { call, enter }) => {
                let story = tell(&call, enter, &desk.acting(&store)).await?;
                let mut human = story_of(&call, &story.legs, &story.transcript, desk);
                if !enter {
                    human = format!("{human}\n\n{}", desk.say("story-enter", &[]));
                }
                Ok(Answer::new(
                    json!({ "call": call, "legs": story.legs, "transcript": story.transcript }),
                    human,
                ))
            }
        }
    }
}

/// Reads a call from outside, or as the administrator of its account: what was said and recorded is his only.
async fn tell(call: &CallId, enters: bool, acting: &Acting) -> Result<CallStory, Failure> {
    let outside = acting.call(&Target::System, call).await?;
    let account = outside.legs.iter().find_map(|leg| leg.account.clone());
    let Some(account) = account.filter(|_| enters) else {
        return Ok(outside);
    };
    let target = Target::Account(account);
    Ok(acting.enter(&target).await?.call(&target, call).await?)
}

/// Writes page after page, so that a log of any length needs no more memory than one.
async fn write_out(
    acting: &Acting,
    target: &Target,
    period: &CallPeriod,
    format: Format,
) -> Result<Answer, Failure> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut said = match format {
        Format::Csv => writeln!(output, "{}", csv::heading(SHEET)),
        Format::Jsonl => Ok(()),
    };
    let mut after = None;
    loop {
        let page = acting.call_page(target, period, after, EXPORT_PAGE).await?;
        for leg in &page.legs {
            said = said.and_then(|()| match format {
                Format::Csv => writeln!(output, "{}", csv::record(SHEET, leg)),
                Format::Jsonl => {
                    let object = serde_json::to_string(leg).expect("domain types have text keys only");
                    writeln!(output, "{object}")
                }
            });
        }
        after = page.next;
        // A reader that went away wants no more, and that is no failure of ours.
        if after.is_none() || said.is_err() {
            break;
        }
    }
    let _ = output.flush();
    Ok(Answer::said())
}

const SHEET: &Sheet<LegEntry> = &[
    ("call", |leg| leg.call.to_string()),
    ("leg", |leg| leg.leg.to_string()),
    ("account", |leg| csv::optional(leg.account.as_ref())),
    ("user", |leg| csv::optional(leg.user.as_ref())),
    ("direction", |leg| leg.direction.to_string()),
    ("from", |leg| leg.from.clone()),
    ("to", |leg| leg.to.clone()),
    ("cause", |leg| leg.cause.to_string()),
    ("authoriser", |leg| leg.authoriser.clone()),
    ("decision", |leg| leg.decision.to_string()),
    ("rule", |leg| leg.rule.clone()),
    ("started_at", |leg| leg.started_at.to_string()),
    ("answered_at", |leg| csv::optional(leg.answered_at)),
    ("ended_at", |leg| csv::optional(leg.ended_at)),
    ("hangup_q850", |leg| {
        csv::optional(leg.hangup.map(|cause| cause.q850()))
    }),
    ("recording", |leg| csv::optional(leg.recording.as_ref())),
];

/// How many legs are read at once.
const EXPORT_PAGE: u32 = 1000;

fn show_list(legs: &[LegEntry], desk: &Desk<'_>) -> String {
    let row = |leg: &LegEntry| {
        [
            date(leg.started_at),
            leg.call.to_string(),
            arrow(leg.direction).to_owned(),
            leg.from.clone(),
            leg.to.clone(),
            desk.word(leg.decision),
            desk.texts.rule(&leg.rule),
            length(leg),
            leg.hangup
                .map_or_else(String::new, |cause| desk.word(cause.word())),
        ]
    };
    let rows: Vec<_> = legs.iter().map(row).collect();
    let headings = [
        "head-began",
        "head-call",
        "head-way",
        "head-from",
        "head-to",
        "head-decision",
        "head-rule",
        "head-length",
        "head-end",
    ];
    table(desk.texts.headings(headings), &rows)
}

fn story_of(call: &CallId, legs: &[LegEntry], transcript: &[TranscriptLine], desk: &Desk<'_>) -> String {
    let mut lines = vec![desk.say("story-call", &[("call", call.as_str())])];
    for leg in legs {
        let values = [
            ("time", &*time(leg.started_at)),
            ("way", arrow(leg.direction)),
            ("from", &*leg.from),
            ("to", &*leg.to),
            ("cause", &desk.word(leg.cause)),
        ];
        lines.push(desk.say("story-leg", &values));
        let decided = if leg.decision == DecisionWord::Allow {
            "story-allowed"
        } else {
            "story-refused"
        };
        lines.push(desk.say(
            decided,
            &[
                ("rule", &desk.texts.rule(&leg.rule)),
                ("authoriser", &leg.authoriser),
            ],
        ));
        let end = match (leg.ended_at, leg.hangup) {
            (Some(at), hangup) => {
                let cause = hangup.map_or_else(|| "-".to_owned(), |cause| desk.word(cause.word()));
                let q850 = hangup.map_or_else(|| "-".to_owned(), |cause| cause.q850().to_string());
                desk.say(
                    "story-ended",
                    &[
                        ("time", &time(at)),
                        ("cause", &cause),
                        ("q850", &q850),
                        ("length", &length(leg)),
                    ],
                )
            }
            (None, _) => desk.say("story-open", &[]),
        };
        lines.push(end);
        if let Some(recording) = &leg.recording {
            lines.push(desk.say("story-recording", &[("file", recording)]));
        }
    }
    if !transcript.is_empty() {
        lines.push(String::new());
    }
    for line in transcript {
        let who = match line.who.as_str() {
            "assistant" => desk.say("who-assistant", &[]),
            "caller" => desk.say("who-caller", &[]),
            "callee" => desk.say("who-callee", &[]),
            _ => desk.say("who-system", &[]),
        };
        lines.push(format!(
            "{}  {who}: {}",
            time(line.at),
            line.text
                .escape_debug()
                .to_string()
                .replace("\\'", "'")
                .replace("\\\"", "\"")
        ));
    }
    lines.join("\n")
}

/// Seconds from answer to end; nothing for a leg that was not answered.
fn length(leg: &LegEntry) -> String {
    match (leg.answered_at, leg.ended_at) {
        (Some(from), Some(to)) => format!(
            "{} s",
            (to - from).total(jiff::Unit::Second).unwrap_or(0.0).round()
        ),
        _ => String::new(),
    }
}

fn arrow(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "->",
        Direction::Outbound => "<-",
    }
}

fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%T%.3f").to_string()
}
