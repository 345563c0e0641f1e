//! espeak-ng as a voice: one process a sentence, the text through its standard input.

use std::{num::NonZero, path::PathBuf, process::Stdio, sync::Arc, thread, time::Duration};

use evatel_core::account::Language;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::Semaphore,
};

use super::{Error, Manner, Pace, Speaking, Synthesizer, level::finished, text, wav};
use crate::{frame::Clip, resample};

/// How one language is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EspeakVoice {
    /// The language as espeak-ng names its voice, with an optional variant: `fr`, `fr+f2`, `en-us+m3`. espeak-ng 1.51
    /// leaves the variant out without a word after `fr-fr`.
    pub name: String,
    /// Words a minute, 80 to 450.
    pub words_per_minute: u16,
    /// Pitch, 0 to 99.
    pub pitch: u8,
}

/// Which program speaks and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EspeakConfig {
    /// The program.
    pub program: PathBuf,
    /// The French voice.
    pub french: EspeakVoice,
    /// The English voice.
    pub english: EspeakVoice,
    /// A sentence that takes longer fails, the wait for its turn included.
    pub deadline: Duration,
    /// How many processes speak at once, at least 1; more sentences wait. The machine's cores unless it is said.
    pub processes: usize,
}

impl Default for EspeakConfig {
    fn default() -> Self {
        let voice = |name: &str, words_per_minute| EspeakVoice {
            name: name.to_owned(),
            words_per_minute,
            pitch: 50,
        };
        Self {
            program: "espeak-ng".into(),
            french: voice("fr", 150),
            english: voice("en-us", 155),
            deadline: Duration::from_secs(5),
            processes: thread::available_parallelism().map_or(2, NonZero::get),
        }
    }
}

/// The voice that works with no model file. Its clones share the places of their processes.
#[derive(Clone, Debug)]
pub struct Espeak {
    config: EspeakConfig,
    places: Arc<Semaphore>,
}

impl Default for Espeak {
    fn default() -> Self {
        Self::new(EspeakConfig::default())
    }
}

impl Espeak {
    /// Makes a voice of this configuration; nothing is started before the first sentence.
    #[must_use]
    pub fn new(config: EspeakConfig) -> Self {
        let places = Arc::new(Semaphore::new(config.processes.max(1)));
        Self { config, places }
    }

    fn settings(&self, language: Language) -> &EspeakVoice {
        match language {
            Language::En => &self.config.english,
            Language::Fr => &self.config.french,
        }
    }

    fn program(&self) -> String {
        self.config.program.display().to_string()
    }

    async fn run(&self, sentence: &str, voice: &EspeakVoice, pace: Pace) -> Result<Vec<u8>, Error> {
        let lost = |source| Error::Lost {
            program: self.program(),
            source,
        };
        // The sentence never becomes an argument: it could start with `-`. The voice is the operator's own.
        let mut child = Command::new(&self.config.program)
            .arg(format!("-v{}", voice.name))
            .arg(format!("-s{}", pace.of(voice.words_per_minute).clamp(80, 450)))
            .arg(format!("-p{}", voice.pitch.min(99)))
            .args(["-b", "1", "-z", "--stdin", "--stdout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| Error::NotInstalled {
                program: self.program(),
                source,
            })?;
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");
        let write = async move {
            // A child that ended early closes its pipe; its exit status says why.
            let _ = stdin.write_all(sentence.as_bytes()).await;
            let _ = stdin.write_all(b"\n").await;
            drop(stdin);
        };
        let (mut sound, mut complaint) = (Vec::new(), Vec::new());
        let (mut stdout, mut stderr) = (stdout.take(MOST_SOUND), stderr.take(MOST_COMPLAINT));
        let (read, complained, ()) = tokio::join!(
            stdout.read_to_end(&mut sound),
            stderr.read_to_end(&mut complaint),
            write
        );
        read.map_err(lost)?;
        complained.map_err(lost)?;
        drop((stdout, stderr));
        let status = child.wait().await.map_err(lost)?;
        if !status.success() {
            let message = String::from_utf8_lossy(&complaint).trim().to_owned();
            return Err(Error::Failed {
                program: self.program(),
                status: status.to_string(),
                message,
            });
        }
        Ok(sound)
    }
}

impl Synthesizer for Espeak {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        Box::pin(async move {
            let clean = text::sanitised(sentence);
            if !clean.chars().any(char::is_alphanumeric) {
                return Ok(Clip::new(Vec::new()));
            }
            let running = async {
                // The places are never closed.
                let _place = self.places.acquire().await;
                self.run(&clean, self.settings(manner.language), manner.pace)
                    .await
            };
            let limit = self.config.deadline;
            let bytes = tokio::time::timeout(limit, running)
                .await
                .map_err(|_| Error::TooSlow {
                    program: self.program(),
                    limit,
                })??;
            let sound = wav::parse(&bytes).map_err(|reason| Error::BadSound {
                program: self.program(),
                reason,
            })?;
            Ok(finished(&resample::to_clip(&sound.samples, sound.rate_hz)))
        })
    }

    fn voice(&self, manner: Manner) -> String {
        let EspeakVoice {
            name,
            words_per_minute,
            pitch,
        } = self.settings(manner.language);
        let words_per_minute = manner.pace.of(*words_per_minute);
        format!("espeak:{name}:{words_per_minute}:{pitch}")
    }
}

/// 64 MiB: longer than any sentence of 800 letters.
const MOST_SOUND: u64 = 64 << 20;
const MOST_COMPLAINT: u64 = 4 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn french_and_english_are_spoken_at_telephone_level() {
        let voice = Espeak::default();
        for (text, language) in [
            ("Bonjour, ici l'assistant.", Language::Fr),
            ("Hello, who is calling?", Language::En),
        ] {
            let clip = voice.speak(text, language.into()).await.unwrap();
            assert!((800..4000).contains(&clip.duration().as_millis()), "{clip:?}");
            assert!((-30.0..-8.0).contains(&clip.level_dbfs()), "{clip:?}");
        }
    }

    #[tokio::test]
    async fn who_asks_for_it_is_spoken_to_more_slowly() {
        let voice = Espeak::default();
        let text = "Pour entendre ce menu de nouveau, faites le zéro.";
        let usual = Manner::from(Language::Fr);
        let slow = usual.at(Pace::SLOW);
        assert_ne!(voice.voice(usual), voice.voice(slow));
        let seconds = async |manner| voice.speak(text, manner).await.unwrap().duration().as_secs_f64();
        let longer = seconds(slow).await / seconds(usual).await;
        assert!((1.2..1.5).contains(&longer), "{longer}");
    }

    #[tokio::test]
    async fn a_text_that_looks_like_an_option_or_phonemes_is_only_spoken() {
        let voice = Espeak::default();
        let plain = voice
            .speak("w /tmp/x.wav marie", Language::Fr.into())
            .await
            .unwrap();
        let option = voice
            .speak("-w /tmp/x.wav [[marie]]", Language::Fr.into())
            .await
            .unwrap();
        assert!(!plain.is_empty() && !option.is_empty());
        assert!(
            voice
                .speak("[[ ]]\u{1}...", Language::Fr.into())
                .await
                .unwrap()
                .is_empty()
        );
    }

    #[tokio::test]
    async fn a_missing_program_is_named() {
        let voice = Espeak::new(EspeakConfig {
            program: "espeak-nowhere".into(),
            ..EspeakConfig::default()
        });
        let error = voice.speak("a", Language::Fr.into()).await.unwrap_err();
        assert!(error.to_string().contains("`espeak-nowhere`"), "{error}");
    }

    #[tokio::test]
    async fn an_unknown_voice_is_an_error_with_the_engines_own_words() {
        let mut config = EspeakConfig::default();
        config.french.name = "xx-nowhere".to_owned();
        let error = Espeak::new(config)
            .speak("a", Language::Fr.into())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_sentence_for_which_there_is_no_place_starts_no_process_and_waits_no_longer_than_its_deadline()
    {
        let deadline = Duration::from_millis(100);
        let voice = Espeak::new(EspeakConfig {
            // It would be told that it is not there.
            program: "espeak-nowhere".into(),
            deadline,
            processes: 1,
            ..EspeakConfig::default()
        });
        let place = voice.places.clone().try_acquire_owned().unwrap();
        let other = voice.clone();
        assert!(matches!(
            other.speak("a", Language::Fr.into()).await,
            Err(Error::TooSlow { .. })
        ));
        drop(place);
        assert!(matches!(
            voice.speak("a", Language::Fr.into()).await,
            Err(Error::NotInstalled { .. })
        ));
    }

    #[tokio::test]
    async fn a_voice_that_hangs_fails_at_its_deadline() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("hang");
        std::fs::write(&program, "#!/bin/sh\nexec sleep 60\n").unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let deadline = Duration::from_millis(100);
        let voice = Espeak::new(EspeakConfig {
            program,
            deadline,
            ..EspeakConfig::default()
        });
        assert!(matches!(
            voice.speak("a", Language::Fr.into()).await,
            Err(Error::TooSlow { .. })
        ));
    }
}
