//! `evatel restriction explain`

use clap::Args;
use evatel_core::{
    account::User,
    calls::LegCause,
    directory::Directory,
    id::{DeviceId, UserId},
    number::DialPlan,
    policy::{Authoriser, Destination, Explanation, LegRequest, Outcome, Rule, Step, explain_leg},
};
use evatel_store::{Store, Target};
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    lines::{LineAnswer, each_line},
    texts::Texts,
    values,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel restriction explain \"011 33 1 42 76 49 78\" --user usr-1m7c2k9q4x8v6t3r5y
  evatel restriction explain 18765550123 --cause forward --at 2026-12-24T23:30:00-05:00
  printf '911\\n5145550142\\n' | evatel restriction explain -")]
pub(in crate::cli) struct Explain {
    /// What he dials; `-` reads one a line and answers each with one JSON object
    string: String,
    /// Who dials [default: the user that init made]
    #[arg(long)]
    user: Option<UserId>,
    /// At which device [default: his first]
    #[arg(long)]
    device: Option<DeviceId>,
    /// He keyed his PIN
    #[arg(long)]
    pin: bool,
    /// What makes the leg, such as dial, forward or transfer-blind
    #[arg(long, value_name = "CAUSE", default_value = "dial", value_parser = values::leg_cause)]
    cause: LegCause,
    /// When [default: now]
    #[arg(long, value_name = "RFC3339")]
    at: Option<Timestamp>,
}

/// What would become of one string.
#[derive(Debug, Serialize)]
struct Said {
    input: String,
    /// `allow`, `deny` or `need-pin`.
    decision: &'static str,
    rule: String,
    class: Option<&'static str>,
    number: Option<String>,
    trace: Vec<Step>,
    /// Why the string is no number.
    refused: Option<String>,
}

impl Explain {
    pub(super) async fn run(self, store: &Store, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let user = desk::user(self.user.clone(), store).await?;
        if let Some(device) = &self.device {
            let own = desk.acting(store).devices(&Target::User(user.id.clone())).await?;
            let missing = || evatel_store::Error::Missing {
                what: "device",
                id: device.to_string(),
            };
            own.iter()
                .find(|own| own.device.id == *device)
                .ok_or_else(missing)?;
        }
        let directory = store.load_directory().await?;
        let asked = Asked {
            authoriser: self.authoriser(&user, &directory),
            cause: self.cause,
            at: self.at.unwrap_or_else(Timestamp::now),
            plan: directory.dial_plan(&user.account),
            directory: &directory,
            texts: desk.texts,
        };
        if self.string == "-" {
            return each_line(desk.texts, |line| asked.about(line.text));
        }
        let said = asked.about(&self.string);
        let human = show(&said, desk);
        Ok(Answer::new(said, human))
    }

    /// A rule of his forwards and calls back; at a device or with a PIN he does the rest himself.
    fn authoriser(&self, user: &User, directory: &Directory) -> Authoriser {
        let rule = Authoriser::Rule {
            user: user.id.clone(),
        };
        if rule.may_cause(self.cause) {
            return rule;
        }
        let user_id = user.id.clone();
        if self.pin {
            return match self.device.clone() {
                Some(device) => Authoriser::DevicePin {
                    device,
                    user: user_id,
                },
                None => Authoriser::Pin { user: user_id },
            };
        }
        let device = self
            .device
            .clone()
            .or_else(|| directory.device_of(&user.id).map(|device| device.id.clone()));
        match device {
            Some(device) => Authoriser::Device {
                device,
                user: user_id,
            },
            None => Authoriser::Pin { user: user_id },
        }
    }
}

struct Asked<'a> {
    authoriser: Authoriser,
    cause: LegCause,
    at: Timestamp,
    plan: DialPlan,
    directory: &'a Directory,
    texts: &'a Texts,
}

impl Asked<'_> {
    fn about(&self, input: &str) -> Said {
        let dialled = match self.plan.read(input) {
            Ok(dialled) => dialled,
            Err(error) => return Said::refused(input.to_owned(), self.texts.error(error)),
        };
        let destination = Destination::Dialled(dialled);
        let request = LegRequest::new(&self.authoriser, &destination, self.cause, self.at);
        let Explanation { decision, trace } = explain_leg(&request, self.directory);
        let (decision, rule, class, number) = match decision {
            Ok(plan) => (
                "allow",
                plan.rule().to_string(),
                plan.class(),
                plan.number().to_owned(),
            ),
            Err(refusal) => {
                let needs_pin = matches!(refusal.rule, Rule::PinRequired(_));
                let word = if needs_pin { "need-pin" } else { "deny" };
                (word, refusal.rule.to_string(), refusal.class, refusal.number)
            }
        };
        Said {
            input: input.to_owned(),
            decision,
            rule,
            class: class.map(|class| class.word()),
            number: Some(number),
            trace,
            refused: None,
        }
    }
}

impl LineAnswer for Said {
    /// Whatever is no number is not dialled.
    fn refused(input: String, why: String) -> Self {
        let rule = "no-number".to_owned();
        let step = Step {
            rule: rule.clone(),
            outcome: Outcome::Decided,
            about: why.clone(),
        };
        Self {
            input,
            decision: "deny",
            rule,
            class: None,
            number: None,
            trace: vec![step],
            refused: Some(why),
        }
    }
}

fn show(said: &Said, desk: &Desk<'_>) -> String {
    let decision = match said.decision {
        "allow" => desk.say("explain-allowed", &[]),
        "need-pin" => desk.say("explain-needs-pin", &[]),
        _ => desk.say("explain-denied", &[]),
    };
    let rows: Vec<_> = said
        .trace
        .iter()
        .map(|step| {
            [
                desk.texts.rule(&step.rule),
                desk.word(step.outcome),
                desk.texts.about(&step.about),
            ]
        })
        .collect();
    let headings = desk.texts.headings(["head-rule", "head-outcome", "head-about"]);
    let decided = desk.say(
        "explain-decision",
        &[("decision", &decision), ("rule", &desk.texts.rule(&said.rule))],
    );
    format!("{decided}\n{}", table(headings, &rows))
}
