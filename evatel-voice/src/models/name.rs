//! What an installed model is called: the name of its folder.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

/// The name of an installed model: 1 to 100 of a-z, A-Z, 0-9, `.`, `_` and `-`, beginning with a letter or a digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ModelName(String);

/// A text that names no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` cannot be a model's name: 1 to 100 of a-z, A-Z, 0-9, `.`, `_` and `-`, beginning with a letter or a digit"
)]
pub struct InvalidModelName {
    text: String,
}

/// The longest name, in bytes.
const LONGEST: usize = 100;

impl ModelName {
    /// Gives the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes a name of that of an archive or a graph: without its folders and its ending.
    ///
    /// # Errors
    /// [`InvalidModelName`] where what is left is none.
    pub fn of_archive(path: &str) -> Result<Self, InvalidModelName> {
        let file = path.rsplit('/').next().unwrap_or(path);
        let endings = [".tar.bz2", ".tar.gz", ".tbz2", ".tgz", ".tar", ".onnx"];
        let stem = endings
            .iter()
            .find_map(|ending| file.strip_suffix(ending))
            .unwrap_or(file);
        stem.parse()
    }
}

impl FromStr for ModelName {
    type Err = InvalidModelName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = text.bytes();
        let begins = bytes.next().is_some_and(|first| first.is_ascii_alphanumeric());
        let goes_on = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        match begins && goes_on && text.len() <= LONGEST {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidModelName {
                text: text.chars().take(LONGEST).collect(),
            }),
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ModelName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_folder_and_nothing_else() {
        for good in ["phones", "vits-piper-fr_FR-siwis-medium", "a", "0.1"] {
            assert_eq!(good.parse::<ModelName>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            ".",
            "..",
            ".downloads",
            "-x",
            "a/b",
            "a b",
            "é",
            "a\0",
            &"a".repeat(101),
        ] {
            assert!(bad.parse::<ModelName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_archive_gives_its_own_name() {
        for (path, name) in [
            (
                "/a/b/sherpa-onnx-streaming-zipformer-fr-2023-04-14.tar.bz2",
                "sherpa-onnx-streaming-zipformer-fr-2023-04-14",
            ),
            ("phones.tgz", "phones"),
            ("model", "model"),
        ] {
            assert_eq!(ModelName::of_archive(path).unwrap().as_str(), name);
        }
        assert!(ModelName::of_archive("/a/b/").is_err());
    }
}
