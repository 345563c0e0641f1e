//! The assistant's texts, in French and English: locales/*/prompts.ftl, built into the program.

use evatel_core::{account::Language, flow::Prompt};
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::{ByLanguage, synth::sentences};

/// Both catalogues, ready to use. Make one and share it.
pub struct Catalogue(ByLanguage<FluentBundle<FluentResource>>);

impl Catalogue {
    /// Reads the catalogues that are built in.
    #[must_use]
    pub fn new() -> Self {
        Self(ByLanguage {
            english: bundle("en-CA", include_str!("../locales/en/prompts.ftl")),
            french: bundle("fr-CA", include_str!("../locales/fr/prompts.ftl")),
        })
    }

    /// Gives the text of a prompt. A key that the catalogue does not have gives an empty text; a test keeps that from
    /// happening.
    #[must_use]
    pub fn text(&self, language: Language, prompt: &Prompt) -> String {
        self.format(language, prompt.key(), prompt.args().into_iter().collect())
            .unwrap_or_default()
    }

    /// Gives what an agent says by itself while an answer takes long.
    #[must_use]
    pub fn one_moment(&self, language: Language) -> String {
        self.format(language, ONE_MOMENT, FluentArgs::new())
            .unwrap_or_default()
    }

    /// Gives the sentences of all prompts in which nothing stands that is of a call: they can be spoken before anybody calls.
    #[must_use]
    pub fn fixed(&self, language: Language) -> Vec<String> {
        // Nobody's name: a sentence with it is of a call.
        const SOMEBODY: &str = "\u{e000}";
        let texts = Prompt::ALL_KEYS.iter().filter_map(|(key, variables)| {
            let values = variables.iter().map(|name| (*name, SOMEBODY)).collect();
            self.format(language, key, values)
        });
        let all = texts.chain([self.one_moment(language)]);
        let sentences = all.flat_map(|text| sentences(&text));
        sentences
            .filter(|sentence| !sentence.contains(SOMEBODY))
            .collect()
    }

    /// Gives a text with texts and counts in it; empty where the catalogue has none.
    pub(crate) fn mixed(
        &self,
        language: Language,
        key: &str,
        texts: &[(&'static str, String)],
        counts: &[(&'static str, i64)],
    ) -> String {
        let texts = texts
            .iter()
            .map(|(name, text)| (*name, FluentValue::from(text.clone())));
        let counts = counts
            .iter()
            .map(|(name, count)| (*name, FluentValue::from(*count)));
        self.format(language, key, texts.chain(counts).collect())
            .unwrap_or_default()
    }

    /// The same with texts only.
    pub(crate) fn worded(&self, language: Language, key: &str, texts: &[(&'static str, String)]) -> String {
        self.mixed(language, key, texts, &[])
    }

    /// The same with counts only.
    pub(crate) fn counted(&self, language: Language, key: &str, counts: &[(&'static str, i64)]) -> String {
        self.mixed(language, key, &[], counts)
    }

    fn format(&self, language: Language, key: &str, values: FluentArgs<'_>) -> Option<String> {
        let bundle = self.0.of(language);
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }
}

/// The texts that no flow asks for.
const ONE_MOMENT: &str = "one-moment";

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Catalogue")
    }
}

fn bundle(language: &str, text: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(text.to_owned())
        .unwrap_or_else(|(_, errors)| panic!("the catalogue `{language}` is malformed: {errors:?}"));
    let language: LanguageIdentifier = language
        .parse()
        .expect("the tags of both catalogues are well formed");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks would be spoken or shown; names are of one direction here.
    bundle.set_use_isolating(false);
    bundle
        .add_resource(resource)
        .expect("no key stands twice in a catalogue");
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_each_prompt_with_the_very_variables_that_core_gives() {
        let catalogue = Catalogue::new();
        for (key, variables) in Prompt::ALL_KEYS {
            for language in [Language::En, Language::Fr] {
                let values = variables
                    .iter()
                    .map(|name| (*name, format!("<{name}>")))
                    .collect();
                let text = catalogue.format(language, key, values);
                let text = text.unwrap_or_else(|| panic!("{language} `{key}` is missing or asks for more"));
                assert!(!text.trim().is_empty(), "{language} `{key}`");
                for name in variables.iter().filter(|name| **name != "class") {
                    assert!(
                        text.contains(&format!("<{name}>")),
                        "{language} `{key}` leaves `{name}` out: {text}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_catalogue_holds_a_text_that_core_never_asks_for() {
        for text in [
            include_str!("../locales/en/prompts.ftl"),
            include_str!("../locales/fr/prompts.ftl"),
        ] {
            let keys = text
                .lines()
                .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
            for key in keys.filter_map(|line| line.split_once(" =")).map(|(key, _)| key) {
                let is_asked_for = Prompt::ALL_KEYS.iter().any(|(known, _)| *known == key);
                assert!(
                    is_asked_for || key.starts_with("value-") || key == ONE_MOMENT,
                    "`{key}`"
                );
            }
        }
    }

    #[test]
    fn sentences_of_no_call_in_particular_are_known_before_one() {
        let catalogue = Catalogue::new();
        let french = catalogue.fixed(Language::Fr);
        let help = catalogue.text(Language::Fr, &Prompt::Help);
        assert!(sentences(&help).iter().all(|sentence| french.contains(sentence)));
        let owner = "Luc Roy".to_owned();
        let greeting = sentences(&catalogue.text(Language::Fr, &Prompt::Greeting { owner }));
        let told: Vec<bool> = greeting
            .iter()
            .map(|sentence| french.contains(sentence))
            .collect();
        let named: Vec<bool> = greeting
            .iter()
            .map(|sentence| !sentence.contains("Luc Roy"))
            .collect();
        assert_eq!(told, named, "{greeting:?}");
        assert!(french.len() > 50, "{}", french.len());
    }

    #[test]
    fn an_agent_has_its_own_words_in_both_languages() {
        let catalogue = Catalogue::new();
        let words = [Language::En, Language::Fr].map(|language| catalogue.one_moment(language));
        assert_eq!(words, ["One moment.", "Un instant."]);
    }

    #[test]
    fn a_name_is_spoken_as_it_is_written() {
        let prompt = Prompt::ConfirmCall {
            name: "Zoé Beauchemin".to_owned(),
        };
        assert_eq!(
            Catalogue::new().text(Language::Fr, &prompt),
            "Appeler Zoé Beauchemin?"
        );
    }

    #[test]
    fn a_refused_class_is_named_in_words() {
        let prompt = Prompt::RefusedClass {
            class: "international".to_owned(),
        };
        assert!(Catalogue::new().text(Language::Fr, &prompt).contains("étranger"));
        assert!(
            Catalogue::new()
                .text(Language::En, &prompt)
                .starts_with("International")
        );
    }
}
