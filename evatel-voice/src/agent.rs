//! The ear and the mouth of one leg: a task that listens, speaks, is interrupted, and reports.

mod answerer;
mod doubt;
mod ear;
mod mouth;
mod recorded;
mod run;
mod stages;
mod watched;

use std::{sync::Arc, time::Duration};

use evatel_core::{
    account::Language,
    calls::Answerer,
    flow::{ActionId, Expect},
    intent::{Intent, Score},
};
use tokio::{sync::mpsc, task::JoinHandle};
use tracing::Instrument;

pub use recorded::{HeardTurn, Question, hear_recording};

use crate::{
    brain::{Brain, Remark, Scene},
    endpoint::Utterance,
    frame::Clip,
    grammar::Grammar,
    lexicon::{Contacts, Lexicon},
    port::Port,
    sound::Band,
    synth::{Pace, Synthesizer, ssml::Ssml},
    transcribe::{Partial, PhoneToken, Transcriber, Word},
    vad::Detection,
    witness::Witness,
};

/// What an agent listens and speaks with. Cheap to clone; shared by all calls.
#[derive(Clone, Debug)]
pub struct Engines {
    /// Recognition; without it only keys, voice activity and recordings work.
    pub recognition: Option<Recognition>,
    /// The voice.
    pub voice: Arc<dyn Synthesizer>,
    /// How speech is told from noise.
    pub vad: Detection,
}

impl Engines {
    /// Gives the engines of one more call. Once it is heard it is heard to its end; where the recogniser takes no more calls it is
    /// left the keypad, as if recognition had failed.
    #[must_use]
    pub fn for_call(&self) -> Self {
        let mut engines = self.clone();
        if let Some(recognition) = &mut engines.recognition
            && let Some(own) = recognition.transcriber.for_call()
        {
            recognition.transcriber = own;
        }
        engines
    }

    /// The band in which a leg shall bring the sound of somebody who speaks this language: a recogniser of 16 kHz hears more in a wide one.
    #[must_use]
    pub fn band(&self, language: Language) -> Band {
        let recognition = self.recognition.as_ref();
        recognition.map_or(Band::Narrow, |recognition| recognition.transcriber.band(language))
    }
}

/// A recogniser and the brain that makes sense of what it hears.
#[derive(Clone, Debug)]
pub struct Recognition {
    /// Hears phones.
    pub transcriber: Arc<dyn Transcriber>,
    /// Turns phones into intents.
    pub brain: Arc<dyn Brain>,
    /// Looks up how contacts sound.
    pub lexicon: Arc<Lexicon>,
}

impl Recognition {
    /// Joins a recogniser with the built-in brain.
    #[must_use]
    pub fn with_grammar(transcriber: Arc<dyn Transcriber>, grammar: Arc<Grammar>) -> Self {
        Self {
            transcriber,
            lexicon: grammar.lexicon().clone(),
            brain: grammar,
        }
    }
}

/// A part of what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Sound as it is: a recording, a beep.
    Clip(Clip),
    /// A pause.
    Silence(Duration),
    /// Sound of whose words nothing is known: what was heard of it is told by its name, `[hello.wav 1.2/3.4 s]`, or `[hello.wav 3.4 s]` for all
    /// of it.
    Sound {
        /// What it is called, where words are told.
        name: String,
        /// The sound.
        clip: Clip,
    },
    /// A text with marks for how it is spoken.
    Ssml(Ssml),
    /// A text in the agent's language, spoken sentence by sentence.
    Text(String),
}

/// What a call wants of its agent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AgentCommand {
    /// Finds out who or what answered, by the sound that comes from here on: give it with the answer of a leg that was dialled. Reports
    /// [`AgentEvent::AnsweredBy`] within 20 s, and [`AgentEvent::Beeped`] where it is a machine that beeps.
    Identify,
    /// Listens for one turn. It takes the place of a `Listen` before it. Completes with [`AgentEvent::Heard`].
    Listen {
        /// Quoted by the completion.
        id: ActionId,
        /// For what.
        expect: Expect,
        /// Who may be named, looked up in the agent's language.
        contacts: Arc<Contacts>,
        /// What an answer is read by, where a dialogue asks for one.
        scene: Option<Arc<Scene>>,
    },
    /// Records the next utterance, beside a `Listen` if there is one. Completes with [`AgentEvent::Recorded`].
    Record {
        /// Quoted by the completion.
        id: ActionId,
        /// Longest recording, counted from the caller's first speech.
        max: Duration,
    },
    /// Plays ringback until it is stopped or something else is said. Completes with [`AgentEvent::Spoken`].
    Ringback {
        /// Quoted by the completion.
        id: ActionId,
    },
    /// Says parts one after the other, after what is being said now. Completes with [`AgentEvent::Spoken`].
    Say {
        /// Quoted by the completion.
        id: ActionId,
        /// What.
        parts: Vec<Part>,
        /// Falls silent by itself when the caller begins to speak (barge-in). It stops once that is an interruption: half a second of
        /// speech, or an answer; after a cough, an "mhm" or an "ok, I see" ([`Brain::aside`]) it goes on where it was.
        interruptible: bool,
    },
    /// Speaks and listens in this language from now on.
    SetLanguage(Language),
    /// Speaks at this pace from now on.
    SetPace(Pace),
    /// Stops a `Say` or `Ringback`, which completes as interrupted, or ends a `Record` with what it has.
    Stop {
        /// Which.
        id: ActionId,
    },
    /// Stops a `Listen`, which completes with nothing, or ends a `Record` with what it has.
    StopListening {
        /// Which.
        id: ActionId,
    },
}

/// What an agent reports.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AgentEvent {
    /// It is certain enough who or what answered; told once of an [`AgentCommand::Identify`].
    AnsweredBy {
        /// Who.
        who: Answerer,
        /// How long it took, from the command on.
        after: Duration,
    },
    /// The machine that answered has beeped: from here on it records.
    Beeped,
    /// A turn was heard, and the brain cannot think about it or any other: only keys are left. The `Listen` is over.
    BrainFailed {
        /// The `Listen`.
        id: ActionId,
        /// What happened, for the operator.
        reason: String,
    },
    /// Recognition is lost for this call: only keys are left. The `Listen` that was open is over.
    EngineFailed {
        /// What happened, for the operator.
        reason: String,
    },
    /// The agent begins to say something by itself, because an answer takes longer than [`FILLER_AFTER`].
    Filled {
        /// What.
        text: String,
    },
    /// The leg is gone, and with it the sound in both directions: what is said and heard waits for [`AgentHandle::resume`].
    LegLost,
    /// What is heard of a turn that still goes on, whenever there is more of it: at most once in [`HEARING_EVERY`] of sound, and left
    /// out where the call is behind with what it is told.
    Hearing {
        /// The `Listen`.
        id: ActionId,
        /// All of it so far; its times count from the leg's first frame, as those of an [`Utterance`].
        partial: Partial,
    },
    /// One turn was heard; the `Listen` is over.
    Heard {
        /// The `Listen`.
        id: ActionId,
        /// What it means.
        intent: Intent,
        /// How sure that is.
        score: Option<Score>,
        /// What was heard: words where the engine hears words, else phones.
        heard: String,
        /// The words that were heard or understood ([`Understood::words`](crate::brain::Understood::words)), each with its time since the
        /// leg's first frame.
        words: Vec<Word>,
        /// The same phones as the recogniser has them, each with its time since the leg's first frame.
        tokens: Vec<PhoneToken>,
        /// What is to be told of how it was understood.
        remarks: Vec<Remark>,
        /// Where in the leg's sound it was said, and why it was over.
        utterance: Utterance,
    },
    /// A recording is over.
    Recorded {
        /// The `Record`.
        id: ActionId,
        /// What was said, silence around it cut off; empty if nothing was.
        clip: Clip,
        /// How much of it is speech.
        voiced: Duration,
    },
    /// The caller began to speak. Where that may be no interruption of what is being said, this is told when it is one.
    SpeechStarted,
    /// Something was said to its end, or to where it was stopped.
    Spoken {
        /// The `Say` or `Ringback`.
        id: ActionId,
        /// It did not come to its end.
        interrupted: bool,
        /// How much of it the party has heard, as far as the leg knows, in ms.
        spoken_ms: u64,
        /// The words that it has heard whole, of texts; an estimate to about one word where it was stopped. Of a [`Part::Sound`] its name and
        /// length.
        words: String,
    },
    /// What is being said goes on: what the caller let be heard was no interruption.
    WentOn {
        /// The `Say`.
        id: ActionId,
    },
    /// A sentence could not be spoken and was left out; `Spoken` still follows.
    SynthesisFailed {
        /// The `Say`.
        id: ActionId,
        /// What happened, for the operator.
        reason: String,
    },
}

/// An answer that cannot be heard this long after the caller's last word is preceded by a short "one moment", once.
pub const FILLER_AFTER: Duration = Duration::from_millis(900);

/// What is heard of a turn that goes on is told at most once in this much sound.
pub const HEARING_EVERY: Duration = Duration::from_millis(160);

/// How many commands may wait for an agent; more make the sender wait.
const COMMANDS: usize = 32;

/// How many reports may wait for the call; more make the agent wait, and its port then drops frames.
const EVENTS: usize = 64;

/// The agent of a leg has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the voice agent of this leg has ended")]
pub struct Gone;

/// Holds an agent; dropping it ends the agent at once.
#[derive(Debug)]
pub struct AgentHandle {
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
}

/// What an agent is told.
#[derive(Debug)]
enum Order {
    Command(AgentCommand),
    Resume(Port),
}

impl AgentHandle {
    /// Gives a command.
    ///
    /// # Errors
    /// When the agent has ended.
    pub async fn send(&self, command: AgentCommand) -> Result<(), Gone> {
        self.orders.send(Order::Command(command)).await.map_err(|_| Gone)
    }

    /// Goes on over another leg: what was being said is said again from the start of its sentence, the rest follows; turns and recordings
    /// go on with what was heard before.
    ///
    /// # Errors
    /// When the agent has ended.
    pub async fn resume(&self, port: impl Into<Port>) -> Result<(), Gone> {
        self.resume_with(&mut Some(port.into())).await
    }

    /// As [`AgentHandle::resume`], with a port that stays where it is until the agent takes it. Cancel safe.
    ///
    /// # Errors
    /// When the agent has ended.
    pub async fn resume_with(&self, port: &mut Option<Port>) -> Result<(), Gone> {
        let room = self.orders.reserve().await.map_err(|_| Gone)?;
        if let Some(port) = port.take() {
            room.send(Order::Resume(port));
        }
        Ok(())
    }

    /// Gives a command without waiting.
    ///
    /// # Errors
    /// When the agent has ended, or 32 commands are waiting.
    pub fn try_send(&self, command: AgentCommand) -> Result<(), Gone> {
        self.orders.try_send(Order::Command(command)).map_err(|_| Gone)
    }
}

impl Drop for AgentHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The agent of one leg.
#[derive(Debug)]
pub struct Agent;

impl Agent {
    /// Starts an agent on a leg's audio, in the span that is current. It ends when the handle is dropped; then the events end. A leg that is gone is told
    /// ([`AgentEvent::LegLost`]), and another may take its place.
    #[must_use]
    pub fn start(
        port: impl Into<Port>,
        engines: Engines,
        language: Language,
    ) -> (AgentHandle, mpsc::Receiver<AgentEvent>) {
        Self::start_before(None, port, engines, language)
    }

    /// As [`Agent::start`], before a witness.
    #[must_use]
    pub fn start_before(
        witness: Option<Arc<dyn Witness>>,
        port: impl Into<Port>,
        engines: Engines,
        language: Language,
    ) -> (AgentHandle, mpsc::Receiver<AgentEvent>) {
        let (orders, to_do) = mpsc::channel(COMMANDS);
        let (report, events) = mpsc::channel(EVENTS);
        let task = run::Task::new(port.into(), engines, language, to_do, report, witness);
        let task = tokio::spawn(task.run().in_current_span());
        (AgentHandle { orders, task }, events)
    }
}

#[cfg(test)]
mod tests;
