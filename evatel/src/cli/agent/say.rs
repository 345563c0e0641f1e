//! `evatel agent say`

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use evatel_voice::{
    frame::Clip,
    synth::{
        self, Manner, Synthesizer, sentences,
        ssml::{Span, Ssml},
    },
    worker::{Voice, VoiceConfig},
};
use serde_json::json;

use super::super::{answer::Answer, desk::Desk, failure::Failure};
use crate::serve;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent say --lang fr \"Bonjour. Vous êtes bien chez Luc Gagnon.\" -o bonjour.wav
  evatel agent say --lang en - -o notice.wav < notice.txt
  evatel agent say --lang fr --voice speech-models/vits-piper-fr_FR-siwis-medium \"Bonjour.\" -o bonjour.wav
  evatel agent say --lang fr --ssml '<speak>Faites le <say-as interpret-as=\"digits\">514</say-as>.</speak>' -o keys.wav")]
pub(in crate::cli) struct Say {
    /// What to say; `-` reads it from standard input
    text: String,
    /// The text has marks for how it is spoken (SSML): pauses, pace, dates, digits
    #[arg(long)]
    ssml: bool,
    /// A voice that `model install` brought [default: the one of `speech.voices` for the language, else espeak-ng]
    #[arg(long, value_name = "FOLDER")]
    voice: Option<PathBuf>,
    /// The file: 8 kHz, mono, 16 bits; one that is there is replaced
    #[arg(short, long, value_name = "FILE.wav")]
    output: PathBuf,
}

/// Longest text, in bytes: about an hour of speech.
const LONGEST_TEXT: u64 = 64 * 1024;

impl Say {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let text = if self.text == "-" { read()? } else { self.text };
        let language = desk.texts.language();
        let document = match self.ssml {
            true => {
                Ssml::parse(&text, language).map_err(|bad| Failure::input(bad.to_string(), "hint-ssml"))?
            }
            false => Ssml::plain(text),
        };
        let sentences = sentences(&document.text());
        if sentences.is_empty() {
            return Err(Failure::input(desk.say("agent-nothing-to-say", &[]), "hint-text"));
        }
        let voice: Arc<dyn Synthesizer> = match self.voice {
            // One that was named speaks, or nobody does.
            Some(folder) => Arc::new(
                Voice::start(VoiceConfig::new(folder, language))
                    .await
                    .map_err(serve::Error::from)?,
            ),
            None => {
                let speech = &desk.settings.speech;
                serve::start_voices(&speech.voices(), speech.memory()).await?
            }
        };
        let sound = spoken(&document, &*voice, language.into())
            .await
            .map_err(refused)?;
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

/// Speaks a document as an agent does: sentence by sentence, its pauses between.
async fn spoken(document: &Ssml, voice: &dyn Synthesizer, all: Manner) -> Result<Clip, synth::Error> {
    let mut samples = Vec::new();
    for span in document.spans() {
        match span {
            Span::Pause(length) => samples.extend_from_slice(Clip::silence(*length).samples()),
            Span::Text { text, language, pace } => {
                let manner = Span::manner(*language, *pace, all);
                for sentence in sentences(text) {
                    samples.extend_from_slice(voice.speak(&sentence, manner).await?.samples());
                }
            }
        }
    }
    Ok(Clip::new(samples))
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
