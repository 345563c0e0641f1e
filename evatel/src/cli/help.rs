//! The help in French. In English it is what the verbs' types say of themselves; French is laid over their tree.

#[cfg(test)]
mod tests;

use clap::{
    Arg, Command,
    builder::{PossibleValue, PossibleValuesParser, StyledStr},
};

use super::text_file::TextFile;

/// Lays French over the tree of the verbs, for help, refusals and completions. What it parses is not read: values of
/// an enum come out as words.
pub(super) fn in_french(mut command: Command) -> Command {
    // Once it is built, clap's own parts are there, too: `help`, `--help`, `--version`.
    command.build();
    Pages::read().lay_over(&Page::first(), command)
}

/// The texts of the help and of refused arguments, in French.
pub(super) struct Pages(TextFile);

impl Pages {
    pub(super) fn read() -> Self {
        Self(TextFile::read("fr-CA", FRENCH))
    }

    /// Gives one of the words that clap itself says.
    pub(super) fn word(&self, id: &str, values: &[(&str, &str)]) -> String {
        let said = self.0.find(id, None, values);
        said.unwrap_or_else(|| id.to_owned())
    }

    fn lay_over(&self, page: &Page, command: Command) -> Command {
        let is_long = has_long_help(&command);
        let template = self.template(&command);
        let about = self.0.find(&page.0, None, &[]);
        let long_about = self.0.find(&page.0, Some("long-about"), &[]);
        let after = command.get_after_help().map(ToString::to_string);
        let after = after.and_then(|english| self.after_help(page, &english));
        let mut command = command
            .help_template(template)
            .subcommand_value_name(self.word("value-command", &[]))
            .subcommand_help_heading(self.heading("word-commands"));
        if let Some(about) = about {
            command = command.about(about);
        }
        if let Some(long_about) = long_about {
            command = command.long_about(long_about);
        }
        if let Some(after) = after {
            command = command.after_help(after);
        }
        command
            .mut_args(|argument| self.of_argument(page, argument, is_long))
            .mut_subcommands(|verb| match verb.get_name() {
                // Its own verbs are those beside it.
                "help" => self.lay_over(page, verb).about(self.word("word-help", &[])),
                name => self.lay_over(&page.of(name), verb),
            })
    }

    /// Gives clap's own template in French; the headings of the lists are set where the lists are.
    fn template(&self, command: &Command) -> StyledStr {
        let usage = command.get_styles().get_usage();
        let word = self.word("word-usage", &[]);
        format!(
            "{{before-help}}{{about-with-newline}}\n{usage}{word}{usage:#} {{usage}}\n\n{{all-args}}{{after-help}}"
        )
        .into()
    }

    /// Gives a heading without its colon, which clap writes.
    fn heading(&self, id: &str) -> String {
        self.word(id, &[]).trim_end_matches(':').to_owned()
    }

    /// Gives what stands after the help: the commands of its examples are the same in each language.
    fn after_help(&self, page: &Page, english: &str) -> Option<String> {
        let blocks = blocks(english);
        let names: Vec<String> = (1..=blocks.len()).map(|nth| format!("code{nth}")).collect();
        let values: Vec<(&str, &str)> = names
            .iter()
            .map(String::as_str)
            .zip(blocks.iter().map(String::as_str))
            .collect();
        let written = self.0.find(&page.0, Some("after-help"), &values);
        written.or_else(|| {
            let (heading, commands) = english.split_once('\n')?;
            let heading = match heading {
                "Example:" => "word-example",
                "Examples:" => "word-examples",
                _ => return None,
            };
            (blocks == [commands]).then(|| format!("{}\n{commands}", self.word(heading, &[])))
        })
    }

    fn of_argument(&self, page: &Page, argument: Arg, is_long: bool) -> Arg {
        let heading = match () {
            () if argument.is_positional() => "word-arguments",
            () if argument.is_global_set() => "word-global",
            () => "word-options",
        };
        let argument = argument.help_heading(self.heading(heading));
        let id = argument.get_id().to_string();
        if id == "help" && is_long {
            return argument
                .help(self.word("word-help-more", &[]))
                .long_help(self.word("word-help-less", &[]));
        }
        let Some(help) = self.text_of_argument(page, &id) else {
            return argument;
        };
        if !argument.get_action().takes_values() {
            return argument.help(help);
        }
        let names: Vec<String> = argument
            .get_value_names()
            .unwrap_or_default()
            .iter()
            .map(|name| {
                self.0
                    .find(&value_key(name), None, &[])
                    .unwrap_or_else(|| name.to_string())
            })
            .collect();
        let default: Vec<_> = argument
            .get_default_values()
            .iter()
            .map(|value| value.to_string_lossy())
            .collect();
        let default =
            (!default.is_empty()).then(|| self.word("word-default", &[("value", &default.join(" "))]));
        let values = self.values(page, &id, &argument);
        let listed = (!values.is_empty()).then(|| {
            let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
            self.word("word-values", &[("values", &names.join(", "))])
        });
        let are_told = values.iter().any(|value| value.get_help().is_some());
        let short = [Some(&help), default.as_ref(), listed.as_ref()]
            .into_iter()
            .flatten();
        let short = short.map(String::as_str).collect::<Vec<_>>().join(" ");
        let long = is_long.then(|| {
            let told = are_told.then(|| self.told(&values));
            let long = [Some(help), told.or(listed), default].into_iter().flatten();
            long.collect::<Vec<_>>().join("\n\n")
        });
        let mut argument = argument
            .help(short)
            .hide_default_value(true)
            .hide_possible_values(true);
        if !names.is_empty() {
            argument = argument.value_names(names);
        }
        if let Some(long) = long {
            argument = argument.long_help(long);
        }
        if are_told {
            argument = argument.value_parser(PossibleValuesParser::new(values));
        }
        argument
    }

    fn text_of_argument(&self, page: &Page, id: &str) -> Option<String> {
        let own = self.0.find(&page.0, Some(id), &[]);
        own.or_else(|| self.0.find(SHARED, Some(id), &[]))
    }

    /// Gives the words that an argument may be.
    fn values(&self, page: &Page, id: &str, argument: &Arg) -> Vec<PossibleValue> {
        let values = argument.get_possible_values().into_iter();
        let in_french = |value: PossibleValue| {
            let told = self
                .0
                .find(&page.0, Some(&format!("{id}-{}", value.get_name())), &[]);
            told.into_iter().fold(value, PossibleValue::help)
        };
        values
            .filter(|value| !value.is_hide_set())
            .map(in_french)
            .collect()
    }

    /// Writes such words with what each means, one a line.
    fn told(&self, values: &[PossibleValue]) -> String {
        let width = values
            .iter()
            .map(|value| value.get_name().len())
            .max()
            .unwrap_or(0);
        let line = |value: &PossibleValue| match value.get_help() {
            Some(help) => format!(
                "- {}:{:2$}{help}",
                value.get_name(),
                "",
                width + 1 - value.get_name().len()
            ),
            None => format!("- {}", value.get_name()),
        };
        let lines = values.iter().map(line);
        let heading = self.word("word-values-told", &[]);
        [heading].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
    }
}

/// The key of a verb's texts: `help-did-import`.
struct Page(String);

impl Page {
    fn first() -> Self {
        Self("help".to_owned())
    }

    fn of(&self, verb: &str) -> Self {
        Self(format!("{}-{verb}", self.0))
    }
}

/// The key of the arguments that have one text wherever they are.
const SHARED: &str = "shared";

const FRENCH: &str = include_str!("../../locales/fr/help.ftl");

/// Says whether clap has two forms of the help, `-h` and `--help`.
fn has_long_help(command: &Command) -> bool {
    let mut arguments = command.get_arguments();
    arguments.any(|argument| argument.get_id() == "help" && argument.get_long_help().is_some())
}

/// Gives the key of the name that a value has in usages: `value-class-amount` for `CLASS=AMOUNT`.
fn value_key(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase);
    format!("value-{}", words.collect::<Vec<_>>().join("-"))
}

/// Finds the indented lines of a text: commands and files.
fn blocks(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let runs = lines.chunk_by(|one, next| one.starts_with("  ") == next.starts_with("  "));
    let code = runs.filter(|run| run[0].starts_with("  "));
    code.map(|run| run.join("\n")).collect()
}
