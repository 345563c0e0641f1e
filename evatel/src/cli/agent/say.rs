//! `evatel agent say`

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
};

use clap::Args;
use evatel_voice::{
    frame::Clip,
    synth::{self, Espeak, EspeakConfig, Synthesizer, sentences},
};
use serde_json::json;

use super::super::{answer::Answer, desk::Desk, failure::Failure};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent say --lang fr \"Bonjour. Vous êtes bien chez Luc Gagnon.\" -o bonjour.wav
  evatel agent say --lang en - -o notice.wav < notice.txt")]
pub(in crate::cli) struct Say {
    /// What to say; `-` reads it from standard input
    text: String,
    /// The file: 8 kHz, mono, 16 bits; one that is there is replaced
    #[arg(short, long, value_name = "FILE.wav")]
    output: PathBuf,
}

/// Longest text, in bytes: about an hour of speech.
const LONGEST_TEXT: u64 = 64 * 1024;

impl Say {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let text = if self.text == "-" { read()? } else { self.text };
        let sentences = sentences(&text);
        if sentences.is_empty() {
            return Err(Failure::input(desk.say("agent-nothing-to-say", &[]), "hint-text"));
        }
        let voice = Espeak::new(EspeakConfig::default());
        let mut samples = Vec::new();
        for sentence in &sentences {
            let spoken = voice.speak(sentence, desk.texts.language()).await;
            samples.extend_from_slice(spoken.map_err(refused)?.samples());
        }
        let sound = Clip::new(samples);
        fs::write(&self.output, sound.to_wav()).map_err(|source| Failure::File {
            path: self.output.clone(),
            source,
        })?;
        let (file, seconds) = (self.output.display().to_string(), sound.duration().as_secs_f64());
        let values = [("file", file.as_str()), ("seconds", &*format!("{seconds:.1}"))];
        let human = desk.say("agent-said", &values);
        Ok(Answer::new(
            json!({ "file": file, "seconds": seconds, "sentences": sentences }),
            human,
        ))
    }
}

fn read() -> Result<String, Failure> {
    let refused = |why: String| Failure::input(why, "hint-text");
    let mut text = String::new();
    io::stdin()
        .lock()
        .take(LONGEST_TEXT + 1)
        .read_to_string(&mut text)
        .map_err(|error| refused(error.to_string()))?;
    if text.len() as u64 > LONGEST_TEXT {
        return Err(refused(format!("a text has at most {LONGEST_TEXT} bytes")));
    }
    Ok(text)
}

fn refused(error: synth::Error) -> Failure {
    Failure::input(error.to_string(), "hint-voice")
}
