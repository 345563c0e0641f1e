//! The key of a prompt, as a file has it.

use evatel_core::flow::Prompt;
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// The key of a prompt that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PromptKey(&'static str);

impl PromptKey {
    /// A sentence of a dialogue, which has no key of ours.
    pub const DIALOGUE: Self = Self("dialogue");

    /// Gives it as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<&Prompt> for PromptKey {
    fn from(prompt: &Prompt) -> Self {
        Self(prompt.key())
    }
}

impl TryFrom<String> for PromptKey {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        let known = Prompt::ALL_KEYS.iter().find(|(known, _)| *known == key);
        known.map(|(known, _)| Self(known)).ok_or_else(|| {
            let near: Vec<&str> = Prompt::ALL_KEYS
                .iter()
                .map(|(known, _)| *known)
                .filter(|known| known.chars().next() == key.chars().next())
                .collect();
            format!(
                "there is no prompt `{key}`; with its first letter: {}",
                near.join(", ")
            )
        })
    }
}

impl<'de> Deserialize<'de> for PromptKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(from)?).map_err(D::Error::custom)
    }
}
