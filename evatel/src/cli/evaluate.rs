//! `evatel evaluate`

use clap::Args;
use evatel_core::{
    caller::Caller,
    directory::Directory,
    evaluation::{Evaluation, Outcome, Rung, RungLeg, Stage, evaluate},
    id::UserId,
    number::E164,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    answer::{Answer, each_line},
    desk::Desk,
    failure::Failure,
    moment, values,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel evaluate --did 5145550199 --caller 4185551234
  evatel evaluate --did 5145550199 --caller anonymous --at 2026-12-25T10:00:00-05:00
  printf '{\"did\":\"+15145550199\",\"caller\":\"anonymous\",\"at\":\"2026-12-25T15:00:00Z\"}\\n' | evatel evaluate -")]
pub(super) struct Evaluate {
    /// `-` reads one JSON object a line, with `did`, `caller` and `at`, and answers each with another
    #[arg(value_parser = ["-"], conflicts_with_all = ["did", "caller", "at"])]
    lines: Option<String>,
    /// The number that is called
    #[arg(long, value_parser = values::public_number, required_unless_present = "lines")]
    did: Option<E164>,
    /// Who calls: a number, or `anonymous`
    #[arg(long, default_value = "anonymous")]
    caller: String,
    /// The instant (RFC 3339) [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = moment::instant)]
    at: Option<Timestamp>,
}

/// One question of many.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    did: E164,
    caller: Caller,
    at: Timestamp,
}

/// One answer of many.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answered {
    Evaluated(Evaluation),
    Refused { refused: String },
}

impl Evaluate {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let directory = desk.store().await?.load_directory().await?;
        let Some(did) = self.did else {
            return each_line(|line| Ok(answer(line, &directory)));
        };
        let Ok(caller) = self.caller.parse();
        let at = self.at.unwrap_or_else(Timestamp::now);
        let evaluation = evaluate(&did, &caller, at, &directory);
        let human = show(&evaluation, &directory, desk);
        Ok(Answer::new(evaluation, human))
    }
}

fn answer(line: &str, directory: &Directory) -> Answered {
    match serde_json::from_str::<Asked>(line) {
        Ok(asked) => Answered::Evaluated(evaluate(&asked.did, &asked.caller, asked.at, directory)),
        Err(error) => Answered::Refused {
            refused: error.to_string(),
        },
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
        let line = desk.say(id, &[("rule", &rule), ("whose", &whose), ("about", &tried.about)]);
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}
