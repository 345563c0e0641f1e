//! Which words of a sentence a party has heard when its sound was stopped; of a sound file, how much.
//!
//! No engine here tells where a word lies in its sound, so the letters say it. Measured with espeak-ng on the prompts of both languages, against
//! the sound of each beginning of a sentence: the end of a word is 80 ms beside the estimate in the middle, 240 ms in 95 of 100.

use std::{borrow::Cow, ops::Range};

use crate::frame::{Clip, FRAME};

/// A sentence or a sound file that was begun.
pub(super) struct Begun {
    says: Says,
    /// How many frames of its utterance went before it.
    from: u64,
    clip: Clip,
}

/// What is told of it.
enum Says {
    /// The words of a text.
    Words(String),
    /// A name, and how much of it.
    Sound(String),
}

impl Begun {
    pub(super) fn new(text: String, from: u64, clip: Clip) -> Self {
        let says = Says::Words(text);
        Self { says, from, clip }
    }

    /// A sound of whose words nothing is known.
    pub(super) fn sound(name: String, from: u64, clip: Clip) -> Self {
        let says = Says::Sound(name);
        Self { says, from, clip }
    }

    /// Gives the words that are over when `frames` of the whole utterance were heard.
    pub(super) fn heard(&self, frames: u64) -> Cow<'_, str> {
        let heard = frames.saturating_sub(self.from);
        let is_whole = heard >= self.clip.frame_count() as u64;
        match &self.says {
            Says::Words(text) if is_whole => text.as_str().into(),
            Says::Words(text) => {
                let Range { start, end } = audible(&self.clip);
                let heard = (heard as usize * 160).saturating_sub(start);
                beginning(text, heard, end - start).into()
            }
            Says::Sound(_) if heard == 0 => "".into(),
            Says::Sound(name) => {
                let whole = self.clip.duration().as_secs_f32();
                match is_whole {
                    true => format!("[{name} {whole:.1} s]").into(),
                    false => {
                        let heard = heard as f32 * FRAME.as_secs_f32();
                        format!("[{name} {heard:.1}/{whole:.1} s]").into()
                    }
                }
            }
        }
    }
}

/// Finds the sound of a clip, without the silence at its ends; at least one sample.
fn audible(clip: &Clip) -> Range<usize> {
    let audible = |sample: &i16| sample.unsigned_abs() > AUDIBLE;
    let first = clip.samples().iter().position(audible).unwrap_or(0);
    let last = clip.samples().iter().rposition(audible).unwrap_or(first);
    first..last + 1
}

/// Gives the words that are over after `heard` of `whole`.
fn beginning(text: &str, heard: usize, whole: usize) -> &str {
    let total = weighed(text).map(|(_, weight)| weight).sum::<usize>();
    let (mut so_far, mut end) = (0, 0);
    for (word, weight) in weighed(text) {
        so_far += weight;
        if so_far * whole > heard * total {
            break;
        }
        end = word.as_ptr() as usize - text.as_ptr() as usize + word.len();
    }
    &text[..end]
}

/// Gives each word with how long it sounds beside the others, the pause before it included.
fn weighed(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let words = text.split(' ').filter(|word| !word.is_empty());
    words.scan(false, |after_pause, word| {
        let pause = if *after_pause { 7 } else { 0 };
        *after_pause = word.ends_with([',', ';']);
        let of_letter = |letter: char| match letter {
            '0'..='9' => 5,
            _ if letter.is_alphabetic() => 2,
            _ => 0,
        };
        Some((word, pause + 3 + word.chars().map(of_letter).sum::<usize>()))
    })
}

/// -60 dBFS.
const AUDIBLE: u16 = 33;

#[cfg(test)]
mod tests {
    use evatel_core::account::Language;

    use super::*;
    use crate::synth::{Espeak, Synthesizer};

    #[test]
    fn a_word_counts_once_it_is_over() {
        let heard = |part| beginning("un  deux trois", part, 100);
        assert_eq!(heard(0), "");
        assert_eq!(heard(22), "");
        assert_eq!(heard(23), "un");
        assert_eq!(heard(99), "un  deux");
        assert_eq!(heard(100), "un  deux trois");
        assert_eq!(beginning("", 3, 1), "");
    }

    #[test]
    fn of_a_sound_it_is_told_how_much_was_heard() {
        let clip = Clip::silence(std::time::Duration::from_millis(3400));
        let begun = Begun::sound("hello.wav".to_owned(), 10, clip);
        assert_eq!(begun.heard(10), "");
        assert_eq!(begun.heard(70), "[hello.wav 1.2/3.4 s]");
        assert_eq!(begun.heard(180), "[hello.wav 3.4 s]");
        assert_eq!(begun.heard(999), "[hello.wav 3.4 s]");
    }

    #[tokio::test]
    async fn what_was_heard_of_a_spoken_sentence_is_known_to_a_word() {
        let voice = Espeak::default();
        let sentences = [
            (Language::Fr, "Pour épeler un nom, faites le 1, puis le carré."),
            (Language::Fr, "Laissez votre message après le signal sonore."),
            (
                Language::En,
                "Say call, and then the name of the person you want.",
            ),
            (Language::En, "Please leave your message after the tone."),
        ];
        for (language, text) in sentences {
            let clip = voice.speak(text, language.into()).await.unwrap();
            let begun = Begun::new(text.to_owned(), 7, clip);
            let words: Vec<&str> = text.split(' ').collect();
            for count in 1..words.len() {
                let beginning = words[..count].join(" ");
                let spoken = voice.speak(&beginning, language.into()).await.unwrap();
                let frames = audible(&spoken).end as u64 / 160;
                let heard = begun.heard(7 + frames).split(' ').count();
                assert!(heard.abs_diff(count) <= 1, "{beginning}: {heard} words");
            }
        }
    }
}
