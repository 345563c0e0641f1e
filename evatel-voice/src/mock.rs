//! An ear and a voice for tests that say what the test expects them to be asked. To let them hear and speak, see [`crate::scripted`].
#![allow(missing_docs, reason = "mockall writes the expectations, one for each method")]

use std::{future::ready, sync::Arc};

use evatel_core::account::Language;

use crate::{
    brain::{self, Brain, Thinking, Turn, Understood},
    frame::Clip,
    synth::{self, Manner, Speaking, Synthesizer},
    transcribe::{self, Session, Transcriber},
};

mockall::mock! {
    /// A [`Brain`] whose answers the test gives; each is there at once.
    ///
    /// ```
    /// use evatel_core::{flow::Expect, intent::Intent};
    /// use evatel_voice::{brain::Understood, mock::MockBrain};
    ///
    /// let mut brain = MockBrain::new();
    /// brain.expect_answer().withf(|turn| turn.expect == Expect::YesNo).returning(|_| {
    ///     Ok(Understood { intent: Intent::Yes, score: None, heard: String::new(), words: Vec::new(), remarks: Vec::new() })
    /// });
    /// ```
    #[derive(Debug)]
    pub Brain {
        pub fn answer(&self, turn: Turn) -> Result<Understood, brain::Error>;
    }
}

impl Brain for MockBrain {
    fn think(self: Arc<Self>, turn: Turn) -> Thinking {
        Box::pin(ready(self.answer(turn)))
    }
}

mockall::mock! {
    /// A [`Synthesizer`] whose sound the test gives; it is there at once.
    ///
    /// ```
    /// use evatel_core::account::Language;
    /// use evatel_voice::{frame::{Clip, Frame8k}, mock::MockSynthesizer, synth::Synthesizer};
    ///
    /// let mut voice = MockSynthesizer::new();
    /// voice
    ///     .expect_speak()
    ///     .withf(|sentence, manner| sentence == "Bonjour." && manner.language == Language::Fr)
    ///     .returning(|_, _| Ok(Clip::from_frames(&[Frame8k::SILENCE])));
    /// let voice: Box<dyn Synthesizer> = Box::new(voice);
    /// drop(voice.speak("Bonjour.", Language::Fr.into()));
    /// ```
    #[derive(Debug)]
    pub Synthesizer {
        pub fn speak(&self, sentence: &str, manner: Manner) -> Result<Clip, synth::Error>;
        pub fn voice(&self, manner: Manner) -> String;
    }
}

impl Synthesizer for MockSynthesizer {
    fn speak<'a>(&'a self, sentence: &'a str, manner: Manner) -> Speaking<'a> {
        Box::pin(ready(Self::speak(self, sentence, manner)))
    }

    fn voice(&self, manner: Manner) -> String {
        Self::voice(self, manner)
    }
}

mockall::mock! {
    /// A [`Transcriber`] whose sessions the test gives: those of a [`ScriptedTranscriber`](crate::scripted::ScriptedTranscriber), or refusals.
    ///
    /// ```
    /// use evatel_core::account::Language;
    /// use evatel_voice::{mock::MockTranscriber, transcribe::{Error, Transcriber}};
    ///
    /// let mut ear = MockTranscriber::new();
    /// ear.expect_open().times(1).returning(|_| Err(Error::Closed));
    /// let ear: &dyn Transcriber = &ear;
    /// assert!(ear.open(Language::Fr).is_err());
    /// ```
    #[derive(Debug)]
    pub Transcriber {
        pub fn open(&self, language: Language) -> Result<Session, transcribe::Error>;
    }
}

impl Transcriber for MockTranscriber {
    fn open(&self, language: Language) -> Result<Session, transcribe::Error> {
        Self::open(self, language)
    }
}
