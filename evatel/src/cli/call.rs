//! `evatel call`

use clap::{Args, Subcommand};
use evatel_core::{
    calls::{DecisionWord, Direction, LegEntry, TranscriptLine},
    id::CallId,
};
use evatel_store::{LegFilter, Scope};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use super::{
    answer::{Answer, table},
    desk::Desk,
    failure::Failure,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Lists the legs of the call log, newest first
    List(List),
    /// Tells the story of one call: its legs and what was said
    Show(Show),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel call list --limit 5
  evatel call list --refused --since 2026-11-23T00:00:00-05:00 --json")]
pub(super) struct List {
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
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// The call
    call: CallId,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let store = desk.store().await?;
        let scope = Scope::system();
        match self {
            Self::List(list) => {
                let filter = LegFilter {
                    call: None,
                    decision: list.refused.then_some(DecisionWord::Deny),
                    limit: Some(list.limit),
                    only_open: list.open,
                    since: list.since,
                };
                let legs = store.legs(&filter, &scope).await?;
                Ok(Answer::new(&legs, show_list(&legs, desk)))
            }
            Self::Show(Show { call }) => {
                let mut legs = store
                    .legs(
                        &LegFilter {
                            call: Some(call.clone()),
                            ..LegFilter::default()
                        },
                        &scope,
                    )
                    .await?;
                legs.reverse();
                let transcript = store.transcript(&call, &scope).await?;
                if legs.is_empty() && transcript.is_empty() {
                    return Err(evatel_store::Error::Missing {
                        what: "call",
                        id: call.to_string(),
                    }
                    .into());
                }
                let human = story(&call, &legs, &transcript, desk);
                Ok(Answer::new(
                    json!({ "call": call, "legs": legs, "transcript": transcript }),
                    human,
                ))
            }
        }
    }
}

fn show_list(legs: &[LegEntry], desk: &Desk<'_>) -> String {
    let row = |leg: &LegEntry| {
        [
            date(leg.started_at),
            leg.call.to_string(),
            arrow(leg.direction).to_owned(),
            leg.from.clone(),
            leg.to.clone(),
            leg.decision.to_string(),
            leg.rule.clone(),
            length(leg),
            leg.hangup
                .map_or_else(String::new, |cause| cause.word().to_owned()),
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

fn story(call: &CallId, legs: &[LegEntry], transcript: &[TranscriptLine], desk: &Desk<'_>) -> String {
    let mut lines = vec![desk.say("story-call", &[("call", call.as_str())])];
    for leg in legs {
        let values = [
            ("time", &*time(leg.started_at)),
            ("way", arrow(leg.direction)),
            ("from", &*leg.from),
            ("to", &*leg.to),
            ("cause", leg.cause.word()),
        ];
        lines.push(desk.say("story-leg", &values));
        let decided = if leg.decision == DecisionWord::Allow {
            "story-allowed"
        } else {
            "story-refused"
        };
        lines.push(desk.say(decided, &[("rule", &leg.rule), ("authoriser", &leg.authoriser)]));
        let end = match (leg.ended_at, leg.hangup) {
            (Some(at), hangup) => {
                let cause = hangup.map_or("-", |cause| cause.word());
                let q850 = hangup.map_or_else(|| "-".to_owned(), |cause| cause.q850().to_string());
                desk.say(
                    "story-ended",
                    &[
                        ("time", &time(at)),
                        ("cause", cause),
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

fn date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%F %T").to_string()
}

fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%T%.3f").to_string()
}
