//! Models that no agent runs, tried: a transducer hears a second of noise, a voice says a word.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sherpa_onnx::{GenerationConfig, OfflineTts, OfflineTtsConfig, OnlineRecognizer, OnlineRecognizerConfig};

use super::{engine, right_library};
use crate::worker::engine::Refusal;

/// The rate that the public streaming transducers hear at, in Hz.
const RATE_HZ: i32 = 16_000;

/// Their mel bands.
const FEATURE_DIM: i32 = 80;

/// Loads encoder, decoder and joiner, and lets them hear a second of noise.
pub(crate) fn hear(graphs: [PathBuf; 3], tokens: &Path) -> Result<String, Refusal> {
    right_library()?;
    let [encoder, decoder, joiner] = graphs.map(|graph| Some(graph.display().to_string()));
    let mut config = OnlineRecognizerConfig::default();
    config.feat_config.sample_rate = RATE_HZ;
    config.feat_config.feature_dim = FEATURE_DIM;
    config.model_config.transducer.encoder = encoder;
    config.model_config.transducer.decoder = decoder;
    config.model_config.transducer.joiner = joiner;
    config.model_config.tokens = Some(tokens.display().to_string());
    config.model_config.num_threads = 1;
    config.enable_endpoint = false;
    config.decoding_method = Some("greedy_search".to_owned());
    let recognizer = OnlineRecognizer::create(&config)
        .ok_or_else(|| Refusal::Model("its graphs are no ONNX files that the engine can load".to_owned()))?;
    let stream = recognizer.create_stream();
    let mut state = 1_u32;
    let noise: Vec<f32> = (0..RATE_HZ)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f32::from((state >> 16) as u16) / 65_536.0 - 0.5) / 4.0
        })
        .collect();
    stream.accept_waveform(RATE_HZ, &noise);
    while recognizer.is_ready(&stream) {
        recognizer.decode(&stream);
    }
    recognizer
        .get_result(&stream)
        .map(|_| engine())
        .ok_or_else(|| Refusal::Model("it heard a second of noise and gave no result".to_owned()))
}

/// Loads a voice and lets it say something: the first word of its lexicon, else its first tokens that are letters.
pub(crate) fn speak(model: &Path, tokens: &Path, lexicon: Option<&Path>) -> Result<String, Refusal> {
    right_library()?;
    let mut config = OfflineTtsConfig::default();
    config.model.vits.model = Some(model.display().to_string());
    config.model.vits.tokens = Some(tokens.display().to_string());
    config.model.vits.lexicon = lexicon.map(|path| path.display().to_string());
    config.model.num_threads = 1;
    config.max_num_sentences = 1;
    config.silence_scale = 0.2;
    let (word, phonemes) = match lexicon {
        Some(lexicon) => (first_word(lexicon)?, None),
        None => (String::new(), Some(vec![first_letters(tokens)?])),
    };
    let voice = OfflineTts::create(&config)
        .ok_or_else(|| Refusal::Model("it is no ONNX file that the engine can load".to_owned()))?;
    let how = GenerationConfig {
        phoneme_codepoints: phonemes,
        ..GenerationConfig::default()
    };
    let said = voice.generate_with_config(&word, &how, None::<fn(&[f32], f32) -> bool>);
    match said.filter(|sound| !sound.samples().is_empty()) {
        Some(_) => Ok(engine()),
        None => Err(Refusal::Model(
            "it was asked to say a word and gave no sound".to_owned(),
        )),
    }
}

fn first_word(lexicon: &Path) -> Result<String, Refusal> {
    let text = read(lexicon)?;
    let word = text.lines().find_map(|line| line.split_whitespace().next());
    let empty = || Refusal::Model("`lexicon.txt` has no word".to_owned());
    word.map(str::to_owned).ok_or_else(empty)
}

/// How many phonemes make the word that is said.
const WORD: usize = 4;

fn first_letters(tokens: &Path) -> Result<Vec<i32>, Refusal> {
    let text = read(tokens)?;
    let token = |line: &str| {
        let (token, _) = line.rsplit_once(' ')?;
        let mut characters = token.chars();
        characters
            .next()
            .filter(|first| first.is_alphabetic() && characters.next().is_none())
    };
    let letters: Vec<i32> = text
        .lines()
        .filter_map(token)
        .take(WORD)
        .map(|letter| letter as i32)
        .collect();
    match letters.is_empty() {
        true => Err(Refusal::Model("`tokens.txt` has no letter".to_owned())),
        false => Ok(letters),
    }
}

fn read(path: &Path) -> Result<String, Refusal> {
    fs::read_to_string(path).map_err(|_| Refusal::Missing(path.to_owned()))
}
