//! `evatel number`

use clap::{Args, Subcommand};
use evatel_core::number::{AreaCode, DialPlan, Reading};

use super::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    lines::{LineAnswer, each_line},
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Says what a string is as a number: its class, its E.164 form, or why it is refused
    Explain(Explain),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel number explain \"011 33 1 42 76 49 78\"
  evatel number explain 555-0199 --area 514
  printf '911\\n18765550123\\n' | evatel number explain -")]
pub(super) struct Explain {
    /// What somebody dialled; `-` reads one a line and answers each with one JSON object
    string: String,
    /// The area code that completes seven digits
    #[arg(long, value_name = "NPA")]
    area: Option<AreaCode>,
}

impl Verb {
    /// Runs without a database: nothing here depends on who asks.
    pub(super) fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let Self::Explain(Explain { string, area }) = self;
        let plan = DialPlan { home: area };
        if string == "-" {
            return each_line(desk.texts, |line| read(line.text, &plan, desk));
        }
        let reading = read(&string, &plan, desk);
        let human = show(&reading, desk);
        Ok(Answer::new(reading, human))
    }
}

fn read(string: &str, plan: &DialPlan, desk: &Desk<'_>) -> Reading {
    let mut reading = Reading::of(string, plan);
    reading.refused = reading.refused.map(|reason| desk.texts.error(reason));
    reading
}

impl LineAnswer for Reading {
    fn refused(input: String, why: String) -> Self {
        Self {
            input,
            class: None,
            e164: None,
            refused: Some(why),
        }
    }
}

fn show(reading: &Reading, desk: &Desk<'_>) -> String {
    let class = reading.class.unwrap_or("-");
    let number = reading.e164.as_ref().map_or("-", |number| number.as_str());
    let mut lines = vec![
        desk.say(
            "explain-input",
            &[("input", &reading.input.escape_debug().to_string())],
        ),
        desk.say("explain-class", &[("class", class)]),
        desk.say("explain-number", &[("number", number)]),
    ];
    if let Some(reason) = &reading.refused {
        lines.push(desk.say("explain-refused", &[("reason", reason)]));
    }
    lines.join("\n")
}
