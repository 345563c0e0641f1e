//! Every verb has its French page, and every page its verb.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::cli::command;

/// Visits every verb but clap's own `help`.
fn walk(page: &Page, command: &Command, visit: &mut dyn FnMut(&Page, &Command)) {
    visit(page, command);
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        walk(&page.of(verb.get_name()), verb, visit);
    }
}

fn every_page(command: &mut Command, visit: &mut dyn FnMut(&Page, &Command)) {
    command.build();
    walk(&Page::first(), command, visit);
}

/// The keys of the catalogue: `help-did-add`, `help-did-add.trunk`.
fn keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut message = "";
    for line in FRENCH.lines() {
        let Some((key, text)) = line.split_once('=').map(|(key, text)| (key.trim_end(), text)) else {
            continue;
        };
        if key.starts_with(|c: char| c.is_ascii_lowercase()) {
            message = key;
            if !text.is_empty() {
                keys.insert(key.to_owned());
            }
        } else if let Some(part) = key.strip_prefix("    .") {
            keys.insert(format!("{message}.{part}"));
        }
    }
    keys
}

#[test]
fn every_verb_argument_and_value_has_a_french_text_and_every_text_has_its_place() {
    let mut wanted = BTreeSet::new();
    let mut shared: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let known = keys();
    every_page(&mut command(), &mut |page, command| {
        wanted.insert(page.0.clone());
        let about = command.get_about().map(ToString::to_string);
        let long = command.get_long_about().map(ToString::to_string);
        if long.is_some() && long != about {
            wanted.insert(format!("{}.long-about", page.0));
        }
        let after = command.get_after_help().map(ToString::to_string);
        let own = format!("{}.after-help", page.0);
        if after.is_some_and(|english| Pages::read().after_help(page, &english).is_none())
            || known.contains(&own)
        {
            wanted.insert(own);
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            let own = format!("{}.{id}", page.0);
            if known.contains(&own) {
                wanted.insert(own);
            } else if id != "help" || !has_long_help(command) {
                let english = argument.get_help().map(ToString::to_string).unwrap_or_default();
                shared
                    .entry(format!("{SHARED}.{id}"))
                    .or_default()
                    .insert(format!("{english} ({own})"));
            }
            if !argument.get_action().takes_values() {
                continue;
            }
            wanted.extend(
                argument
                    .get_value_names()
                    .unwrap_or_default()
                    .iter()
                    .map(|name| value_key(name)),
            );
            for value in argument.get_possible_values() {
                if value.get_help().is_some() {
                    wanted.insert(format!("{}.{id}-{}", page.0, value.get_name()));
                }
            }
        }
    });
    for (key, english) in &shared {
        let texts: BTreeSet<_> = english
            .iter()
            .filter_map(|text| text.rsplit_once(" ("))
            .map(|(text, _)| text)
            .collect();
        assert!(
            known.contains(key) && texts.len() == 1,
            "needs a French text of their own, or one `{key}` for all where they say the same: {english:#?}"
        );
    }
    wanted.extend(shared.into_keys());
    wanted.insert("value-command".to_owned());
    let missing: Vec<_> = wanted.difference(&known).collect();
    assert!(missing.is_empty(), "not in locales/fr/help.ftl: {missing:#?}");
    let source = concat!(include_str!("../help.rs"), include_str!("../refusal.rs"));
    let is_clap = |key: &&String| source.contains(&format!("\"{key}\""));
    let idle: Vec<_> = known.difference(&wanted).filter(|key| !is_clap(key)).collect();
    assert!(idle.is_empty(), "nothing has these texts: {idle:#?}");
}

#[test]
fn every_page_is_all_french_and_has_the_examples_of_the_english_one() {
    let mut code: BTreeMap<String, Vec<String>> = BTreeMap::new();
    every_page(&mut command(), &mut |page, command| {
        let after = command.get_after_help().map(ToString::to_string);
        code.insert(page.0.clone(), blocks(&after.unwrap_or_default()));
    });
    every_page(&mut in_french(command()), &mut |page, command| {
        let after = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        for block in &code[&page.0] {
            assert!(after.contains(block), "{}: {after}", page.0);
        }
        for help in [command.clone().render_help(), command.clone().render_long_help()] {
            let help = help.to_string();
            for english in [
                "Usage:",
                "Commands:",
                "Arguments:",
                "Options:",
                "[default",
                "ossible values",
                "Print ",
                "Example:",
                "Examples:",
                "<COMMAND>",
            ] {
                assert!(!help.contains(english), "{}: `{english}` in {help}", page.0);
            }
        }
    });
}

/// Gives the commands of ours in the examples of a verb, each as a shell would part it.
fn examples(after: &str) -> Vec<Vec<String>> {
    let lines = blocks(after).into_iter().flat_map(|block| {
        let lines = block.lines().map(|line| line.trim().to_owned());
        lines.collect::<Vec<_>>()
    });
    let lines = lines.filter(|line| line.starts_with("evatel ") || line.contains("| evatel "));
    lines.flat_map(|line| commands_in(&line)).collect()
}

fn commands_in(line: &str) -> Vec<Vec<String>> {
    let words = shell_words(line);
    let commands = words.split(|word| word == "|" || word == "&&");
    let ours = commands.filter(|words| words.first().is_some_and(|word| word == "evatel"));
    // What follows is the shell's.
    let upto = |words: &[String]| {
        words
            .iter()
            .take_while(|word| *word != ">" && *word != "<")
            .cloned()
            .collect()
    };
    ours.map(upto).collect()
}

/// Parts a line as a shell does: at spaces that stand in no quotes.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, ' ') => words.extend(word.take()),
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (Some(open), close) if open == close => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(characters.next()),
            (_, character) => word.get_or_insert_default().push(character),
        }
    }
    assert_eq!(quote, None, "no shell reads `{line}`");
    words.extend(word);
    words
}

#[test]
fn every_verb_shows_an_example_of_itself_and_each_example_is_one_that_is_taken_in_either_language() {
    let mut wrong = Vec::new();
    for tree in [command, || in_french(command())] {
        every_page(&mut tree(), &mut |page, verb| {
            if verb.has_subcommands() {
                return;
            }
            let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = examples(&after);
            let path: Vec<&str> = page.0.split('-').skip(1).collect();
            let shows_itself = examples.iter().any(|words| {
                let written: Vec<&str> = words[1..].iter().flat_map(|word| word.split('-')).collect();
                written.starts_with(&path)
            });
            if !shows_itself {
                wrong.push(format!("{} has no example", page.0));
            }
            for words in examples {
                if let Err(error) = tree().try_get_matches_from(&words) {
                    wrong.push(format!(
                        "{words:?}: {}",
                        error.to_string().lines().next().unwrap_or_default()
                    ));
                }
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_follows_the_options_breaks_where_the_terminal_ends_and_nowhere_else() {
    for tree in [command, || in_french(command())] {
        every_page(&mut tree(), &mut |page, verb| {
            let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            let lines: Vec<&str> = after.lines().collect();
            for pair in lines.windows(2) {
                let is_text = |line: &str| !line.is_empty() && !line.starts_with("  ");
                assert!(
                    !(is_text(pair[0]) && is_text(pair[1])),
                    "{}: a line is broken by hand: {pair:#?}",
                    page.0
                );
            }
        });
    }
}

#[test]
fn the_options_of_a_verb_stand_apart_from_those_that_every_verb_has() {
    for (mut tree, own, global) in [
        (command(), "Options:", "Global options:"),
        (in_french(command()), "Options :", "Options communes :"),
    ] {
        tree.build();
        let did = tree.find_subcommand_mut("did").unwrap();
        let help = did
            .find_subcommand_mut("release")
            .unwrap()
            .render_help()
            .to_string();
        let at = |part: &str| help.find(part).unwrap_or_else(|| panic!("`{part}` in {help}"));
        assert!(
            at(own) < at("--quarantine-days") && at("--quarantine-days") < at(global),
            "{help}"
        );
        assert!(at(global) < at("--config") && at(global) < at("--lang"), "{help}");
    }
}
