//! The catalogue: models that can be installed by name.

use std::sync::LazyLock;

use evatel_core::account::Language;
use serde::{Deserialize, Serialize};

use super::{digest::Sha256, name::ModelName};
use crate::worker::Form;

/// A model that is known by name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KnownModel {
    /// The name that its makers gave it.
    pub name: ModelName,
    /// What it is for.
    pub form: Form,
    /// What it hears or speaks.
    pub languages: Vec<Language>,
    /// Its licence as its makers state it: an SPDX identifier, or words.
    pub licence: String,
    /// What whoever uses it should know first.
    pub note: Option<String>,
    /// Where its archive is published, or its graph where it is no archive.
    pub url: String,
    /// About how large that is, in MB, where its publisher says it.
    pub archive_mb: Option<f64>,
    /// The digest of the archive, where somebody whom we trust has said it.
    pub sha256: Option<Sha256>,
}

/// Reads a catalogue.
///
/// # Errors
/// Of a file that is no TOML, has unknown fields or lacks known ones.
pub fn read_catalogue(text: &str) -> Result<Vec<KnownModel>, toml::de::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Catalogue {
        model: Vec<KnownModel>,
    }
    toml::from_str(text).map(|catalogue: Catalogue| catalogue.model)
}

/// The models that this version knows.
#[must_use]
pub fn known_models() -> &'static [KnownModel] {
    static KNOWN: LazyLock<Vec<KnownModel>> =
        LazyLock::new(|| read_catalogue(CATALOGUE).expect("the catalogue is read by a test"));
    &KNOWN
}

const CATALOGUE: &str = include_str!("../../data/models.toml");

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::Arc};

    use evatel_core::egress::EgressPolicy;

    use super::*;
    use crate::models::Source;

    #[test]
    fn every_known_model_has_a_name_of_its_own_that_its_archive_gives_at_an_address_that_passes() {
        let policy = Arc::new(EgressPolicy::default());
        let mut names = BTreeSet::new();
        for model in known_models() {
            let url = policy.check(&model.url).unwrap();
            assert_eq!(Source::Url(url).model_name().unwrap(), model.name);
            assert!(names.insert(&model.name), "{} is there twice", model.name);
            assert!(
                !model.licence.is_empty() && !model.languages.is_empty(),
                "{model:?}"
            );
        }
    }

    #[test]
    fn both_languages_have_an_ear_a_voice_and_somebody_who_finds_speech() {
        for language in [Language::En, Language::Fr] {
            for form in [Form::Transducer, Form::Vad, Form::Voice] {
                let known = known_models();
                let found = known.iter().filter(|model| model.form == form);
                assert!(
                    found.into_iter().any(|model| model.languages.contains(&language)),
                    "{language:?} {form}"
                );
            }
        }
    }

    #[test]
    fn an_unknown_field_or_a_bad_digest_is_refused_with_its_line() {
        let model = "[[model]]\nname = \"a\"\nform = \"voice\"\nlanguages = [\"fr\"]\nlicence = \"MIT\"\nurl = \"https://a.example/a.tgz\"\n";
        assert_eq!(read_catalogue(model).unwrap().len(), 1);
        for bad in ["size = 1\n", "sha256 = \"abc\"\n"] {
            let error = read_catalogue(&format!("{model}{bad}")).unwrap_err().to_string();
            assert!(error.contains("line 7") || error.contains("64 digits"), "{error}");
        }
        assert!(read_catalogue(&model.replace("\"a\"", "\"../a\"")).is_err());
    }
}
