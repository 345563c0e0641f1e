//! The texts of the command line, in the reader's language.

use std::{env, ffi::OsString, sync::LazyLock};

use evatel_core::account::Language;

use super::{text_file::TextFile, wording::Wording};

/// The catalogue of one language.
pub(super) struct Texts {
    texts: TextFile,
    language: Language,
    wording: LazyLock<Wording>,
}

impl Texts {
    pub(super) fn new(language: Language) -> Self {
        let (tag, source) = match language {
            Language::En => ("en-CA", EN),
            Language::Fr => ("fr-CA", FR),
        };
        Self {
            texts: TextFile::read(tag, source),
            language,
            wording: LazyLock::new(Wording::read),
        }
    }

    /// The language that the reader asked for.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Gives a text with its values filled in.
    pub(super) fn say(&self, id: &str, values: &[(&'static str, &str)]) -> String {
        let said = self.texts.find(id, None, values);
        said.unwrap_or_else(|| id.to_owned())
    }

    /// Says what an error says.
    pub(super) fn error(&self, error: impl ToString) -> String {
        let english = error.to_string();
        match self.language {
            Language::En => english,
            Language::Fr => self.wording.in_french(&english),
        }
    }

    /// Says a word out of one of the library's lists, or several with commas between, for people.
    pub(super) fn word(&self, word: impl ToString) -> String {
        let english = word.to_string();
        match self.language {
            Language::En => english,
            Language::Fr => self.wording.word(&english),
        }
    }

    /// Says the name of a rule of the gate, for people.
    pub(super) fn rule(&self, rule: &str) -> String {
        match self.language {
            Language::En => rule.to_owned(),
            Language::Fr => self.wording.rule(rule),
        }
    }

    /// Says what a step of an explanation is about: a sentence, or words.
    pub(super) fn about(&self, about: &str) -> String {
        let (what, rest) = about
            .split_once(" → ")
            .map_or((about, None), |(what, state)| (what, Some(state)));
        if let Some(holiday) = self.texts.find(&format!("holiday-{what}"), None, &[]) {
            return rest.map_or(holiday.clone(), |state| format!("{holiday} → {state}"));
        }
        match self.language {
            Language::En => about.to_owned(),
            Language::Fr => self.wording.about(about),
        }
    }

    /// Gives the headings of a table.
    pub(super) fn headings<const N: usize>(&self, ids: [&str; N]) -> [String; N] {
        ids.map(|id| self.say(id, &[]))
    }
}

/// Finds the `--lang` of arguments that are not parsed yet, or cannot be.
pub(super) fn asked(arguments: &[OsString]) -> Option<Language> {
    let mut words = arguments.iter().filter_map(|argument| argument.to_str());
    let written = words.find_map(|word| match word.strip_prefix("--lang") {
        Some("") => Some(None),
        Some(rest) => rest.strip_prefix('=').map(Some),
        None => None,
    })?;
    written.or_else(|| words.next())?.parse().ok()
}

/// Chooses the language: `--lang`, else `EVATEL_LANG`, else the locale; English where none is known.
pub(super) fn language(flag: Option<Language>) -> Language {
    // The order of the locale's names is that of POSIX.
    let named = || {
        ["EVATEL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()))
    };
    flag.unwrap_or_else(|| match named() {
        Some(locale) if locale.starts_with("fr") => Language::Fr,
        _ => Language::En,
    })
}

const EN: &str = include_str!("../../locales/en/cli.ftl");
const FR: &str = include_str!("../../locales/fr/cli.ftl");

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use super::*;

    #[test]
    fn the_language_is_known_before_the_arguments_are() {
        let asked = |line: &str| asked(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(asked("evatel --lang fr --bogus"), Some(Language::Fr));
        assert_eq!(asked("evatel did list --lang=en --bogus"), Some(Language::En));
        for none in [
            "evatel did",
            "evatel --language fr",
            "evatel --lang",
            "evatel --lang de",
        ] {
            assert_eq!(asked(none), None, "{none}");
        }
    }

    fn keys(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_texts_and_each_one_reads_well() {
        assert_eq!(keys(EN), keys(FR));
        Texts::new(Language::En);
        Texts::new(Language::Fr);
    }

    fn files_below(folder: impl AsRef<Path>, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files_below(path, found);
            } else {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_text_that_the_code_asks_for_is_there_and_every_one_there_is_asked_for() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut files = vec![
            format!("{source}/cli.rs").into(),
            format!("{source}/doctor.rs").into(),
        ];
        for folder in ["cli", "doctor"] {
            files_below(format!("{source}/{folder}"), &mut files);
        }
        let source: String = files
            .iter()
            .map(|file| fs::read_to_string(file).unwrap())
            .collect();
        let quoted: BTreeSet<&str> = source.split('"').collect();
        // `rule-{word}` asks for each of its kind.
        let kinds: Vec<&str> = quoted
            .iter()
            .filter_map(|text| text.split_once('{'))
            .map(|(front, _)| front)
            .filter(|front| front.len() > 1 && front.ends_with('-'))
            .collect();
        let is_asked_for = |key: &str| quoted.contains(key) || kinds.iter().any(|kind| key.starts_with(kind));
        let missing: Vec<_> = keys(EN).into_iter().filter(|key| !is_asked_for(key)).collect();
        assert!(missing.is_empty(), "never asked for: {missing:?}");
        let asked = source
            .split(".say(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        for key in asked {
            assert!(keys(EN).contains(key), "`{key}` is not in the catalogue");
        }
    }
}
