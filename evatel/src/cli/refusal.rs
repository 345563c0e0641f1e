//! Arguments that cannot be parsed, and help that was asked for: clap's words, in the reader's language.

use std::{
    error::Error as StdError,
    ffi::OsString,
    fmt::Write as _,
    io::{self, Write as _},
    num::ParseIntError,
    process::ExitCode,
};

use clap::{
    Command,
    builder::{StyledStr, Styles},
    error::{ContextKind, ContextValue, Error, ErrorFormatter, ErrorKind},
};
use evatel_core::account::Language;
use serde_json::json;

use super::{
    help::{self, Pages},
    texts,
    wording::Wording,
};

/// Says why these arguments are not run, or shows the help or version that they ask for. Help and version are printed
/// on standard output, refusals have exit code 2.
pub(super) fn say(error: clap::Error, arguments: &[OsString], tree: fn() -> Command) -> ExitCode {
    let json = arguments.iter().any(|argument| argument == "--json");
    match texts::language(texts::asked(arguments)) {
        Language::En => print(&error, json),
        Language::Fr => {
            // French costs something, and only whoever sees the tree pays for it.
            let french = help::in_french(tree()).try_get_matches_from(arguments);
            print(&french.err().unwrap_or(error).apply::<French>(), json)
        }
    }
}

fn print<F: ErrorFormatter>(error: &Error<F>, json: bool) -> ExitCode {
    if json && error.use_stderr() {
        let said = error.render().to_string();
        let first = said.lines().map(str::trim).take_while(|line| !line.is_empty());
        let message = first.collect::<Vec<_>>().join(" ");
        // Help that stands in for a verb that is missing begins with no word such as `error: `.
        let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
        let reason = message.split_once(": ").filter(|_| !is_help);
        let message = reason.map_or(message.as_str(), |(_, reason)| reason);
        let said = json!({ "error": { "message": message, "hint": null, "exit_code": 2 } });
        let _ = writeln!(io::stdout(), "{said}");
    }
    let _ = error.print();
    if error.use_stderr() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

/// Says in French what clap has to say.
struct French;

impl ErrorFormatter for French {
    fn format_error(error: &Error<Self>) -> StyledStr {
        let refusal = Refusal {
            error,
            pages: Pages::read(),
            styles: Styles::default(),
        };
        refusal.whole()
    }
}

struct Refusal<'a> {
    error: &'a Error<French>,
    pages: Pages,
    styles: Styles,
}

impl Refusal<'_> {
    /// The reason, what may have been meant, the usage, and where more is said.
    fn whole(&self) -> StyledStr {
        let (red, green, bold) = (
            self.styles.get_error(),
            self.styles.get_valid(),
            self.styles.get_literal(),
        );
        let word = |id| self.pages.word(id, &[]);
        let mut said = StyledStr::new();
        let _ = write!(said, "{red}{}{red:#} {}", word("refusal-error"), self.reason());
        for (nth, tip) in self.tips().iter().enumerate() {
            let gap = if nth == 0 { "\n\n" } else { "\n" };
            let _ = write!(said, "{gap}  {green}{}{green:#} {tip}", word("refusal-tip"));
        }
        if let Some(ContextValue::StyledStr(usage)) = self.error.get(ContextKind::Usage) {
            let (usage, heading) = (usage.ansi().to_string(), self.styles.get_usage());
            let english = format!("{heading}Usage:{heading:#}");
            let usage = usage.strip_prefix(&english).unwrap_or(&usage).trim_start();
            // The lines after the first one are indented as far as English is.
            let heading = format!("{heading}{}{heading:#}", word("word-usage"));
            let _ = write!(said, "\n\n{heading} {usage}");
        }
        let help = self
            .pages
            .word("refusal-help", &[("help", &format!("{bold}--help{bold:#}"))]);
        let _ = writeln!(said, "\n\n{help}");
        said
    }

    fn reason(&self) -> String {
        let (argument, value) = (ContextKind::InvalidArg, ContextKind::InvalidValue);
        match self.error.kind() {
            ErrorKind::ArgumentConflict => self.conflict(),
            ErrorKind::InvalidSubcommand => {
                self.about("refusal-verb", &[("verb", ContextKind::InvalidSubcommand)])
            }
            ErrorKind::InvalidUtf8 => self.pages.word("refusal-utf8", &[]),
            ErrorKind::InvalidValue if self.named(value).iter().all(String::is_empty) => {
                self.about("refusal-no-value", &[("argument", argument)])
                    + &self.choices(ContextKind::ValidValue)
            }
            ErrorKind::InvalidValue => {
                self.about("refusal-value", &[("argument", argument), ("value", value)])
                    + &self.choices(ContextKind::ValidValue)
            }
            ErrorKind::MissingRequiredArgument => {
                let green = self.styles.get_valid();
                let missing = self.named(argument);
                let missing: String = missing
                    .iter()
                    .map(|one| format!("\n  {green}{one}{green:#}"))
                    .collect();
                self.pages.word("refusal-missing", &[]) + &missing
            }
            ErrorKind::MissingSubcommand => {
                self.about("refusal-no-verb", &[("verb", ContextKind::InvalidSubcommand)])
                    + &self.choices(ContextKind::ValidSubcommand)
            }
            ErrorKind::TooManyValues => {
                self.about("refusal-too-many", &[("argument", argument), ("value", value)])
            }
            ErrorKind::UnknownArgument => self.about("refusal-argument", &[("argument", argument)]),
            ErrorKind::ValueValidation => {
                let reason = self
                    .error
                    .source()
                    .map(|source| format!(" : {}", self.of_value(source)));
                self.about("refusal-value", &[("argument", argument), ("value", value)])
                    + &reason.unwrap_or_default()
            }
            kind => kind.as_str().unwrap_or_default().to_owned(),
        }
    }

    fn conflict(&self) -> String {
        let given = [ContextKind::InvalidArg, ContextKind::InvalidSubcommand];
        let given: Vec<String> = given.into_iter().flat_map(|kind| self.named(kind)).collect();
        let others = self.named(ContextKind::PriorArg);
        let argument = self.bad(&given.join(", "));
        if given == others {
            return self.pages.word("refusal-twice", &[("argument", &argument)]);
        }
        let others: Vec<String> = others.iter().map(|other| self.bad(other)).collect();
        let others = if others.is_empty() {
            self.pages.word("refusal-conflict-others", &[])
        } else {
            others.join(", ")
        };
        let values = [("argument", argument.as_str()), ("others", others.as_str())];
        self.pages.word("refusal-conflict", &values)
    }

    /// Says why a value is none.
    fn of_value(&self, reason: &(dyn StdError + 'static)) -> String {
        if reason.is::<ParseIntError>() {
            return self.pages.word("refusal-number", &[]);
        }
        let said = reason.to_string();
        match said.split_once(" is not in ") {
            Some((value, range)) => {
                // As Rust writes one: `1..=366`.
                let (least, most) = range.split_once("..=").unwrap_or((range, range));
                let values = [("value", value), ("least", least), ("most", most)];
                self.pages.word("refusal-range", &values)
            }
            None => Wording::read().in_french(&said),
        }
    }

    fn tips(&self) -> Vec<String> {
        let similar = [
            ("refusal-similar-verb", ContextKind::SuggestedSubcommand),
            ("refusal-similar-argument", ContextKind::SuggestedArg),
            ("refusal-similar-value", ContextKind::SuggestedValue),
        ];
        let similar = similar.into_iter().filter_map(|(id, kind)| {
            let named: Vec<String> = self.named(kind).iter().map(|one| self.good(one)).collect();
            let named = named.join(", ");
            (!named.is_empty()).then(|| self.pages.word(id, &[("similar", &named)]))
        });
        let suggested = self.named(ContextKind::Suggested);
        similar
            .chain(suggested.iter().map(|tip| self.suggestion(tip)))
            .collect()
    }

    /// Gives one of the suggestions that clap has only as a sentence.
    fn suggestion(&self, english: &str) -> String {
        let parts: Vec<&str> = english.split('\'').collect();
        match parts[..] {
            ["to pass ", given, " as a value, use ", written, ""] => {
                let (given, written) = (self.bad(given), self.good(written));
                let values = [("given", given.as_str()), ("written", written.as_str())];
                self.pages.word("refusal-as-value", &values)
            }
            ["", verb, " exists"] => self.pages.word("refusal-exists", &[("verb", &self.good(verb))]),
            ["subcommand ", verb, ..] => self
                .pages
                .word("refusal-after-dashes", &[("verb", &self.good(verb))]),
            _ => english.to_owned(),
        }
    }

    /// Says a text about what was given.
    fn about(&self, id: &str, given: &[(&str, ContextKind)]) -> String {
        let values: Vec<(&str, String)> = given
            .iter()
            .map(|(name, kind)| (*name, self.bad(&self.named(*kind).join(", "))))
            .collect();
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.pages.word(id, &values)
    }

    /// Lists what would have been right, on a line of its own.
    fn choices(&self, kind: ContextKind) -> String {
        let choices: Vec<String> = self.named(kind).iter().map(|one| self.good(one)).collect();
        if choices.is_empty() {
            return String::new();
        }
        let listed = self.pages.word("word-values", &[("values", &choices.join(", "))]);
        format!("\n  {listed}")
    }

    /// Gives the words of a piece of clap's context.
    fn named(&self, kind: ContextKind) -> Vec<String> {
        match self.error.get(kind) {
            Some(ContextValue::String(one)) => vec![one.clone()],
            Some(ContextValue::Strings(some)) => some.clone(),
            Some(ContextValue::StyledStr(one)) => vec![one.to_string()],
            Some(ContextValue::StyledStrs(some)) => some.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }

    fn good(&self, text: &str) -> String {
        let style = self.styles.get_valid();
        format!("« {style}{text}{style:#} »")
    }

    fn bad(&self, text: &str) -> String {
        let style = self.styles.get_invalid();
        format!("« {style}{text}{style:#} »")
    }
}
