//! The mouth: what is said now and next, frame by frame at the leg's own pace.

mod words;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use evatel_core::flow::ActionId;
use tokio::task::JoinHandle;
use tracing::Instrument;

use words::Begun;

use super::{AgentEvent, Part};
use crate::{
    frame::{Clip, FRAME_MS, Frame8k},
    port::{Outgoing, Unheard},
    synth::{self, Manner, Synthesizer, sentences, ssml::Span, tone},
};

/// Says one thing after the other. Whatever waits to be said is text or shared sound; only two sentences are synthesised
/// ahead.
pub(super) struct Mouth {
    leg: Option<Leg>,
    voice: Arc<dyn Synthesizer>,
    waiting: VecDeque<Utterance>,
}

/// The way to the caller.
struct Leg {
    outgoing: Outgoing,
    unheard: Unheard,
}

impl Leg {
    /// What waits in the port or lies with the switch, in frames.
    fn unplayed(&self) -> u64 {
        self.outgoing.waiting() as u64 + self.unheard.frames()
    }
}

/// What the mouth did.
#[derive(Debug)]
pub(super) enum Step {
    /// A report for the call.
    Event(AgentEvent),
    /// The agent's own words are over, or cannot be said.
    FillerOver,
    /// The leg takes no more frames.
    LegGone,
    /// A frame went out.
    Played(Played),
}

/// A frame that went out.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) frame: Frame8k,
    /// What it belongs to; none for the agent's own words.
    pub(super) say: Option<ActionId>,
    /// It is the first of it.
    pub(super) first: bool,
    /// How many frames the caller hears before it.
    pub(super) ahead: u64,
}

impl Mouth {
    pub(super) fn new(outgoing: Outgoing, unheard: Unheard, voice: Arc<dyn Synthesizer>) -> Self {
        Self {
            leg: Some(Leg { outgoing, unheard }),
            voice,
            waiting: VecDeque::new(),
        }
    }

    /// Falls silent until there is another leg; what is being said begins its sentence, or its clip, anew then.
    pub(super) fn lose_leg(&mut self) {
        self.leg = None;
        self.waiting
            .iter_mut()
            .for_each(|utterance| utterance.is_held = false);
        if let Some(utterance) = self.waiting.front_mut() {
            utterance.rewind();
        }
    }

    /// Goes on over another leg.
    pub(super) fn resume(&mut self, outgoing: Outgoing, unheard: Unheard) {
        self.leg = Some(Leg { outgoing, unheard });
    }

    /// Says whether sound is on its way to the caller, who may send it back as an echo.
    pub(super) fn is_speaking(&self) -> bool {
        !self.waiting.is_empty() && !self.is_held()
    }

    /// How many frames are on their way to the caller.
    pub(super) fn unplayed(&self) -> u64 {
        self.leg.as_ref().map_or(0, Leg::unplayed)
    }

    fn is_held(&self) -> bool {
        self.waiting.front().is_some_and(|utterance| utterance.is_held)
    }

    /// Says whether something of the call's is being said or waits to be.
    pub(super) fn has_orders(&self) -> bool {
        self.waiting.iter().any(|utterance| utterance.id.is_some())
    }

    /// Says whether what is being said now may be interrupted.
    pub(super) fn may_be_interrupted(&self) -> bool {
        self.waiting
            .front()
            .is_some_and(|utterance| utterance.interruptible)
    }

    /// Falls silent in the middle of what may be interrupted, or before it where something else is being said, without giving it up;
    /// says whether there is such a thing.
    pub(super) fn hold(&mut self) -> bool {
        let mut waiting = self.waiting.iter_mut();
        let Some(utterance) = waiting.find(|utterance| utterance.interruptible) else {
            return false;
        };
        utterance.is_held = true;
        true
    }

    /// Goes on where it fell silent: what was sent until then is heard, and nothing twice. Gives what goes on; nothing where all the
    /// time something was said that may not be interrupted.
    pub(super) fn go_on(&mut self) -> Option<ActionId> {
        let (place, held) = (0..)
            .zip(&mut self.waiting)
            .find(|(_, utterance)| utterance.is_held)?;
        held.is_held = false;
        held.id.filter(|_| place == 0)
    }

    /// Says a text of the agent's own before what waits; nothing where something can be heard already.
    pub(super) fn fill(&mut self, text: &str, manner: Manner) -> bool {
        if self.waiting.front().is_some_and(Utterance::has_begun) {
            return false;
        }
        let chunks = chunks(Part::Text(text.to_owned()), manner);
        self.waiting.push_front(Utterance::new(None, true, chunks));
        true
    }

    /// Says `parts` after what is being said; ringback gives way at once.
    pub(super) fn say(
        &mut self,
        id: ActionId,
        parts: Vec<Part>,
        interruptible: bool,
        manner: Manner,
    ) -> Vec<AgentEvent> {
        let stopped = self.stop_where(Utterance::is_endless);
        let chunks = parts.into_iter().flat_map(|part| chunks(part, manner));
        self.waiting
            .push_back(Utterance::new(Some(id), interruptible, chunks));
        stopped
    }

    /// Gives the words that the party has heard of what the call says to it now; nothing where it says nothing.
    pub(super) fn words(&self) -> Option<String> {
        let utterance = self.waiting.iter().find(|utterance| utterance.id.is_some())?;
        utterance
            .has_begun()
            .then(|| utterance.words(utterance.sent.saturating_sub(self.unplayed())))
    }

    /// Plays ringback after what is being said.
    pub(super) fn ringback(&mut self, id: ActionId) -> Vec<AgentEvent> {
        let stopped = self.stop_where(Utterance::is_endless);
        let chunks = [Chunk::Endless(Box::new(tone::ringback()))];
        self.waiting.push_back(Utterance::new(Some(id), false, chunks));
        stopped
    }

    /// Stops one utterance, whether it is being said or waits.
    pub(super) fn stop(&mut self, id: ActionId) -> Vec<AgentEvent> {
        self.stop_where(|utterance| utterance.id == Some(id))
    }

    /// The caller speaks: stops what he may interrupt.
    pub(super) fn barge_in(&mut self) -> Vec<AgentEvent> {
        self.stop_where(|utterance| utterance.interruptible)
    }

    fn stop_where(&mut self, mut which: impl FnMut(&Utterance) -> bool) -> Vec<AgentEvent> {
        // What the caller has not heard yet is not counted as spoken.
        let mut unplayed = self.unplayed();
        let mut stopped = Vec::new();
        let mut has_cut = false;
        self.waiting.retain(|utterance| {
            if !which(utterance) {
                return true;
            }
            stopped.extend(utterance.spoken(true, utterance.sent.saturating_sub(unplayed)));
            unplayed = 0;
            has_cut |= utterance.has_begun();
            false
        });
        if let Some(leg) = self.leg.as_mut().filter(|_| has_cut) {
            leg.outgoing.cut();
        }
        stopped
    }

    /// Plays one frame or finishes an utterance; waits forever while there is nothing to say, or no leg, or it is held. Cancel safe.
    pub(super) async fn step(&mut self) -> Step {
        if self.is_held() {
            return std::future::pending().await;
        }
        let (Some(leg), Some(utterance)) = (&mut self.leg, self.waiting.front_mut()) else {
            return std::future::pending().await;
        };
        match utterance.prepare(&self.voice).await {
            Prepared::Failed(reason) => {
                let Some(id) = utterance.id else {
                    tracing::warn!(%reason, "A word of the agent's own could not be spoken");
                    return Step::FillerOver;
                };
                return Step::Event(AgentEvent::SynthesisFailed { id, reason });
            }
            Prepared::Over => {
                // What was sent is heard only when the leg has taken it all.
                if leg.outgoing.taken().await.is_err() {
                    return Step::LegGone;
                }
                let event = utterance.spoken(false, utterance.sent);
                self.waiting.pop_front();
                return event.map_or(Step::FillerOver, Step::Event);
            }
            Prepared::Frames => {}
        }
        let Ok(place) = leg.outgoing.place().await else {
            return Step::LegGone;
        };
        let Some(frame) = utterance.next_frame() else {
            return Step::FillerOver;
        };
        let played = Played {
            frame: frame.clone(),
            say: utterance.id,
            first: utterance.sent == 1,
            ahead: place.behind as u64 + leg.unheard.frames(),
        };
        place.send(frame);
        Step::Played(played)
    }
}

struct Utterance {
    /// None for what the agent says by itself.
    id: Option<ActionId>,
    interruptible: bool,
    /// It has fallen silent and may go on.
    is_held: bool,
    chunks: VecDeque<Chunk>,
    playing: Option<Playing>,
    sent: u64,
    /// Its sentences and named sounds that have begun.
    begun: Vec<Begun>,
}

enum Chunk {
    Endless(Box<dyn Iterator<Item = Frame8k> + Send>),
    /// Sound that is told by its name.
    Named(String, Clip),
    Pending(Synthesis),
    Sound(Clip),
    Text(String, Manner),
}

enum Playing {
    Clip { clip: Clip, next: usize },
    Endless(Box<dyn Iterator<Item = Frame8k> + Send>),
}

enum Prepared {
    Failed(String),
    Frames,
    Over,
}

impl Utterance {
    fn new(id: Option<ActionId>, interruptible: bool, chunks: impl IntoIterator<Item = Chunk>) -> Self {
        Self {
            id,
            interruptible,
            is_held: false,
            chunks: chunks.into_iter().collect(),
            playing: None,
            sent: 0,
            begun: Vec::new(),
        }
    }

    fn has_begun(&self) -> bool {
        self.sent > 0
    }

    fn is_endless(&self) -> bool {
        matches!(self.playing, Some(Playing::Endless(_)))
            || matches!(self.chunks.front(), Some(Chunk::Endless(_)))
    }

    /// Reports what was heard of it, to whoever ordered it.
    fn spoken(&self, interrupted: bool, frames: u64) -> Option<AgentEvent> {
        Some(AgentEvent::Spoken {
            id: self.id?,
            interrupted,
            spoken_ms: frames * FRAME_MS,
            words: self.words(frames),
        })
    }

    /// Gives the words that are over when `frames` of it were heard.
    fn words(&self, frames: u64) -> String {
        let heard = self.begun.iter().map(|sentence| sentence.heard(frames));
        let heard: Vec<_> = heard.filter(|words| !words.is_empty()).collect();
        heard.join(" ")
    }

    /// Makes sure that there is a frame to play. Cancel safe: what is awaited stays in `chunks`.
    async fn prepare(&mut self, voice: &Arc<dyn Synthesizer>) -> Prepared {
        self.look_ahead(voice);
        while self.playing.is_none() {
            let Some(chunk) = self.chunks.front_mut() else {
                return Prepared::Over;
            };
            let spoken = match chunk {
                Chunk::Pending(synthesis) => Some(synthesis.wait().await),
                _ => None,
            };
            let chunk = self.chunks.pop_front();
            self.playing = match (chunk, spoken) {
                (_, Some(Err(reason))) => return Prepared::Failed(reason),
                (Some(Chunk::Pending(mut synthesis)), Some(Ok(clip))) => {
                    let sentence = std::mem::take(&mut synthesis.sentence);
                    self.begun.push(Begun::new(sentence, self.sent, clip.clone()));
                    playing(clip)
                }
                (Some(Chunk::Named(name, clip)), _) => {
                    self.begun.push(Begun::sound(name, self.sent, clip.clone()));
                    playing(clip)
                }
                (Some(Chunk::Sound(clip)), _) => playing(clip),
                (Some(Chunk::Endless(tone)), _) => Some(Playing::Endless(tone)),
                _ => None,
            };
            self.look_ahead(voice);
        }
        Prepared::Frames
    }

    /// Starts the synthesis of the next two sentences.
    fn look_ahead(&mut self, voice: &Arc<dyn Synthesizer>) {
        for chunk in self.chunks.iter_mut().take(2) {
            if let Chunk::Text(text, manner) = chunk {
                *chunk = Chunk::Pending(Synthesis::start(std::mem::take(text), *manner, voice.clone()));
            }
        }
    }

    /// Begins the sentence or clip that is being played anew.
    fn rewind(&mut self) {
        if let Some(Playing::Clip { next, .. }) = &mut self.playing {
            self.sent = self.sent.saturating_sub(*next as u64);
            *next = 0;
        }
    }

    fn next_frame(&mut self) -> Option<Frame8k> {
        let frame = match self.playing.as_mut()? {
            Playing::Clip { clip, next } => {
                let frame = clip.frame(*next);
                *next += 1;
                if *next >= clip.frame_count() {
                    self.playing = None;
                }
                frame
            }
            Playing::Endless(tone) => tone.next(),
        };
        self.sent += u64::from(frame.is_some());
        frame
    }
}

fn playing(clip: Clip) -> Option<Playing> {
    (!clip.is_empty()).then_some(Playing::Clip { clip, next: 0 })
}

fn chunks(part: Part, manner: Manner) -> Vec<Chunk> {
    match part {
        Part::Clip(clip) => vec![Chunk::Sound(clip)],
        Part::Silence(length) => vec![silence(length)],
        Part::Sound { name, clip } => vec![Chunk::Named(name, clip)],
        Part::Ssml(document) => {
            let spans = document.spans().iter();
            let spoken = spans.map(|span| match span {
                Span::Pause(length) => vec![silence(*length)],
                Span::Text { text, language, pace } => spoken(text, Span::manner(*language, *pace, manner)),
            });
            spoken.flatten().collect()
        }
        Part::Text(text) => spoken(&text, manner),
    }
}

fn silence(length: Duration) -> Chunk {
    Chunk::Sound(Clip::silence(length.min(LONGEST_SILENCE)))
}

fn spoken(text: &str, manner: Manner) -> Vec<Chunk> {
    let sentences = sentences(text).into_iter();
    sentences.map(|text| Chunk::Text(text, manner)).collect()
}

const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// A sentence on its way; dropping it stops the engine.
struct Synthesis {
    sentence: String,
    clip: JoinHandle<Result<Clip, synth::Error>>,
}

impl Synthesis {
    fn start(sentence: String, manner: Manner, voice: Arc<dyn Synthesizer>) -> Self {
        Self {
            sentence: sentence.clone(),
            clip: tokio::spawn(async move { voice.speak(&sentence, manner).await }.in_current_span()),
        }
    }

    async fn wait(&mut self) -> Result<Clip, String> {
        match (&mut self.clip).await {
            Ok(Ok(clip)) => Ok(clip),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the synthesizer panicked".to_owned()),
        }
    }
}

impl Drop for Synthesis {
    fn drop(&mut self) {
        self.clip.abort();
    }
}
