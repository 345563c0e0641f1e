//! `evatel evaluate`

use clap::Args;
use evatel_core::{
    caller::Caller,
    directory::Directory,
    evaluation::{Evaluation, Outcome, Rule, Rung, RungLeg, Stage, Tried, evaluate},
    id::UserId,
    number::E164,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    lines::{Line, LineAnswer, each_line},
    moment,
    texts::Texts,
    values,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel evaluate --did 5145550199 --caller 4185551234
  evatel evaluate --did 5145550199 --caller anonymous --at 2026-12-25T10:00:00-05:00
  printf '5145550199\\n' | evatel evaluate - --at 2026-12-25T10:00:00-05:00
  printf '{\"did\":\"+15145550199\",\"caller\":\"anonymous\",\"at\":\"2026-12-25T15:00:00Z\"}\\n' | evatel evaluate -")]
pub(super) struct Evaluate {
    /// `-` reads a number a line, or a JSON object with `did`, `caller` and `at`, and answers each with one JSON object
    #[arg(value_parser = ["-"], conflicts_with = "did")]
    lines: Option<String>,
    /// The number that is called
    #[arg(long, value_parser = values::public_number, required_unless_present = "lines")]
    did: Option<E164>,
    /// Who calls: a number, or `anonymous`
    #[arg(long, default_value = "anonymous", value_parser = values::caller)]
    caller: Caller,
    /// The instant (RFC 3339) [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = moment::instant)]
    at: Option<Timestamp>,
}

/// One line of many; what it leaves out is as the options say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    did: String,
    caller: Option<String>,
    at: Option<String>,
}

/// One answer of many; each has all of this, whatever came of its line.
#[derive(Debug, Serialize)]
struct Said {
    input: String,
    outcome: Option<Outcome>,
    rule: Option<Rule>,
    trace: Vec<Tried>,
    refused: Option<String>,
}

impl Evaluate {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let directory = desk.store().await?.load_directory().await?;
        let caller = self.caller;
        let at = self.at.unwrap_or_else(Timestamp::now);
        let Some(did) = self.did else {
            return each_line(desk.texts, |line| {
                let evaluation = read(line, &caller, at, desk.texts)
                    .map(|(did, caller, at)| evaluate(&did, &caller, at, &directory));
                Said::of(line, evaluation)
            });
        };
        let evaluation = evaluate(&did, &caller, at, &directory);
        let human = show(&evaluation, &directory, desk);
        Ok(Answer::new(evaluation, human))
    }
}

/// Reads a line: a JSON object, or a number, as a JSON string or as people write one.
fn read(
    line: Line<'_>,
    caller: &Caller,
    at: Timestamp,
    texts: &Texts,
) -> Result<(E164, Caller, Timestamp), String> {
    let text = line.text.trim();
    let asked = match text.chars().next() {
        Some('{') => serde_json::from_str(text),
        Some('"') => serde_json::from_str(text).map(Asked::about),
        _ => Ok(Asked::about(text.to_owned())),
    };
    let asked = asked.map_err(|error| {
        let id = if error.is_data() {
            "evaluate-line-form"
        } else {
            "evaluate-line-json"
        };
        let (line, column) = (line.number.to_string(), error.column().to_string());
        texts.say(id, &[("line", &line), ("column", &column)])
    })?;
    let caller = asked
        .caller
        .map_or(Ok(caller.clone()), |text| values::caller(&text));
    let at = asked.at.map_or(Ok(at), |at| moment::instant(&at));
    let did = values::public_number(&asked.did);
    let said = |reason| texts.error(reason);
    Ok((did.map_err(said)?, caller.map_err(said)?, at.map_err(said)?))
}

impl Asked {
    fn about(did: String) -> Self {
        Self {
            did,
            caller: None,
            at: None,
        }
    }
}

impl Said {
    fn of(line: Line<'_>, evaluation: Result<Evaluation, String>) -> Self {
        let input = line.text.to_owned();
        match evaluation {
            Ok(Evaluation { outcome, rule, trace }) => Self {
                input,
                outcome: Some(outcome),
                rule: Some(rule),
                trace,
                refused: None,
            },
            Err(reason) => Self::refused(input, reason),
        }
    }
}

impl LineAnswer for Said {
    fn refused(input: String, why: String) -> Self {
        Self {
            input,
            outcome: None,
            rule: None,
            trace: Vec::new(),
            refused: Some(why),
        }
    }
}

fn show(evaluation: &Evaluation, directory: &Directory, desk: &Desk<'_>) -> String {
    let name = |user: &UserId| {
        let user = directory.user(user);
        user.map(|user| user.name.to_string()).unwrap_or_default()
    };
    let mut lines = Vec::new();
    match &evaluation.outcome {
        Outcome::NotInService => lines.push(desk.say("evaluate-not-in-service", &[])),
        Outcome::Rejected => lines.push(desk.say("evaluate-rejected", &[])),
        Outcome::Voicemail { owner } => {
            lines.push(desk.say("evaluate-voicemail", &[("owner", &name(owner))]))
        }
        Outcome::Ring { owner, stages } => {
            for (at, Stage { ring_seconds, legs }) in stages.iter().enumerate() {
                let leg = |leg: &RungLeg| match &leg.rung {
                    Rung::DeviceOf(user) => name(user),
                    Rung::Number(number) => number.to_string(),
                };
                let whom: Vec<String> = legs.iter().map(leg).collect();
                let (step, whom) = ((at + 1).to_string(), whom.join(", "));
                lines.push(match ring_seconds {
                    Some(seconds) => desk.say(
                        "evaluate-ring-for",
                        &[
                            ("step", &step),
                            ("whom", &whom),
                            ("seconds", &seconds.to_string()),
                        ],
                    ),
                    None => desk.say("evaluate-ring", &[("step", &step), ("whom", &whom)]),
                });
            }
            lines.push(desk.say("evaluate-then-voicemail", &[("owner", &name(owner))]));
        }
    }
    lines.push(String::new());
    for tried in &evaluation.trace {
        let rule = desk.say(&format!("rule-{}", tried.rule.word()), &[]);
        let whose = tried.user.as_ref().map(name).unwrap_or_default();
        let id = if tried.held {
            "evaluate-held"
        } else {
            "evaluate-not"
        };
        let known = [rule, whose, desk.texts.about(&tried.about)];
        let known: Vec<String> = known.into_iter().filter(|part| !part.is_empty()).collect();
        lines.push(desk.say(id, &[("tried", &known.join(" · "))]));
    }
    lines.join("\n")
}
