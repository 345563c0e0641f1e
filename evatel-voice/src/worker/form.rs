//! What a model is for, as its files tell.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a model's files are for, and which there must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Form {
    /// Hears phones at 8 kHz, as models/phones does: `phones.onnx`, `tokens.txt`. The ear of an agent.
    Phones,
    /// Hears words, a streaming transducer at 16 kHz: `encoder*.onnx`, `decoder*.onnx`, `joiner*.onnx`, `tokens.txt`.
    Transducer,
    /// Finds speech, silero's as sherpa-onnx takes it: one `silero_vad*.onnx`.
    Vad,
    /// Speaks, VITS as Piper trains it or with a lexicon: one `*.onnx`, `tokens.txt`, and `lexicon.txt` or `espeak-ng-data`.
    Voice,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 4] = [Form::Phones, Form::Transducer, Form::Vad, Form::Voice];

    /// Recognises a form by the names of a model's files, relative to its folder.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let files: Vec<&str> = files.into_iter().collect();
        let has = |name: &str| files.contains(&name);
        let graph = |front: &str| files.iter().any(|file| is_graph(file, front));
        if graph(SILERO) {
            Some(Self::Vad)
        } else if !has("tokens.txt") {
            None
        } else if has("phones.onnx") {
            Some(Self::Phones)
        } else if graph("encoder") && graph("decoder") && graph("joiner") {
            Some(Self::Transducer)
        } else if graph("") && (has("lexicon.txt") || files.iter().any(|file| file.starts_with(ESPEAK_DATA)))
        {
            Some(Self::Voice)
        } else {
            None
        }
    }

    /// Its word in settings, files and documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phones => "phones",
            Self::Transducer => "transducer",
            Self::Vad => "vad",
            Self::Voice => "voice",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the names of silero's graphs begin with, as it publishes them.
pub(super) const SILERO: &str = "silero_vad";

/// The folder that a Piper voice brings for a phonemiser.
const ESPEAK_DATA: &str = "espeak-ng-data/";

/// Whether a file in the model's folder itself is a graph whose name begins so.
pub(super) fn is_graph(file: &str, front: &str) -> bool {
    file.starts_with(front) && file.ends_with(".onnx") && !file.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_its_files() {
        for (files, form) in [
            (&["phones.onnx", "tokens.txt", "CARD.md"][..], Some(Form::Phones)),
            (
                &[
                    "encoder-epoch-99.int8.onnx",
                    "decoder-epoch-99.onnx",
                    "joiner.onnx",
                    "tokens.txt",
                ],
                Some(Form::Transducer),
            ),
            (
                &["fr_FR-siwis-medium.onnx", "tokens.txt", "espeak-ng-data/phontab"],
                Some(Form::Voice),
            ),
            (&["model.onnx", "tokens.txt", "lexicon.txt"], Some(Form::Voice)),
            (&["LICENSE", "silero_vad.onnx"], Some(Form::Vad)),
            (&["deeper/silero_vad.onnx"], None),
            (&["model.onnx", "tokens.txt"], None),
            (&["encoder.onnx", "decoder.onnx", "tokens.txt"], None),
            (&["phones.onnx"], None),
            (&["deeper/phones.onnx", "tokens.txt"], None),
        ] {
            assert_eq!(Form::of(files.iter().copied()), form, "{files:?}");
        }
    }
}
