//! sherpa-onnx as a mouth, inside a worker process: VITS voices, as Piper trains them or with a lexicon of words.

use std::path::Path;

use sherpa_onnx::{GenerationConfig, OfflineTts, OfflineTtsConfig};

use super::{NO_GRAPH, engine, right_library};
use crate::worker::engine::{Refusal, Text};

/// A loaded voice.
pub(crate) struct Voice(OfflineTts);

impl Voice {
    /// Loads a graph with its tokens and, where it reads words, its lexicon. A model of another form ends this process.
    pub(crate) fn load(graph: &Path, tokens: &Path, lexicon: Option<&Path>) -> Result<Self, Refusal> {
        right_library()?;
        let mut config = OfflineTtsConfig::default();
        config.model.vits.model = Some(graph.display().to_string());
        config.model.vits.tokens = Some(tokens.display().to_string());
        config.model.vits.lexicon = lexicon.map(|path| path.display().to_string());
        config.model.num_threads = 1;
        config.max_num_sentences = 1;
        config.silence_scale = 0.2;
        let voice = OfflineTts::create(&config).ok_or_else(|| Refusal::Model(NO_GRAPH.to_owned()))?;
        Ok(Self(voice))
    }

    pub(crate) fn version() -> String {
        engine()
    }

    /// The rate of its sound, in Hz.
    pub(crate) fn rate_hz(&self) -> u32 {
        u32::try_from(self.0.sample_rate()).unwrap_or(0)
    }

    /// Speaks one sentence at so many percent of its usual pace; nothing where the voice has no sound for it.
    pub(crate) fn say(&self, text: &Text, percent: u8) -> Vec<i16> {
        let (words, phonemes) = match text {
            Text::Words(words) => (words.as_str(), None),
            Text::Phonemes(phonemes) => ("", Some(vec![codepoints(phonemes)])),
        };
        let how = GenerationConfig {
            phoneme_codepoints: phonemes,
            speed: f32::from(percent) / 100.0,
            ..GenerationConfig::default()
        };
        let said = self
            .0
            .generate_with_config(words, &how, None::<fn(&[f32], f32) -> bool>);
        let Some(said) = said else {
            return Vec::new();
        };
        let scaled = said.samples().iter().map(|sample| (sample * 32767.0) as i16);
        scaled.collect()
    }
}

fn codepoints(text: &str) -> Vec<i32> {
    text.chars().map(|letter| letter as i32).collect()
}
