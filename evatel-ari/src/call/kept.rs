//! What one call leaves: who of its parties is recorded, and what is written of them.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use evatel_core::{
    calls::redacted,
    flow::{ActionId, Consent, Fact, Party},
    id::CallId,
    intent::Score,
};
use evatel_voice::{
    frame::{FRAME_MS, Frame8k},
    witness::{TurnEvent, Witness},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    keeper::{Keeper, Key, Sound, Told},
    office::Settings,
    story::word,
};

/// What a call leaves, where anything is kept of it. Dropping it ends its files.
#[derive(Default)]
pub(super) struct Kept {
    open: Option<Open>,
}

struct Open {
    keeper: Keeper,
    key: Key,
    consent: Arc<Mutex<Consent>>,
    witnesses: HashMap<Party, Arc<LegWitness>>,
}

impl Kept {
    pub(super) fn begin(call: &CallId, settings: &Settings) -> Self {
        let open = settings.keeper.as_ref().map(|keeper| Open {
            key: keeper.begin(call),
            keeper: keeper.clone(),
            consent: Arc::default(),
            witnesses: HashMap::new(),
        });
        Self { open }
    }

    /// Gives who sees what the agent of a party does, one for each agent: whoever is the party now has been told nothing yet.
    pub(super) fn witness(&mut self, party: Party) -> Option<Arc<dyn Witness>> {
        let open = self.open.as_mut()?;
        lock(&open.consent).leaves(party);
        let before = open.witnesses.get(&party).map_or(0, |before| before.sound.number);
        let witness = Arc::new(LegWitness {
            keeper: open.keeper.clone(),
            key: open.key,
            party,
            sound: Sound {
                party: word(party),
                number: before + 1,
            },
            consent: open.consent.clone(),
            is_recorded: AtomicBool::new(false),
            clock: AtomicU64::new(0),
            turn: Mutex::default(),
        });
        witness.begins();
        open.witnesses.insert(party, witness.clone());
        Some(witness)
    }

    /// A party is going to be told, in these words, that he is recorded.
    pub(super) fn tells_of_recording(&self, id: ActionId, party: Party, notice: &str) {
        if let Some(open) = &self.open {
            lock(&open.consent).tells(id, party, notice);
        }
    }

    /// A turn of a party was understood.
    pub(super) fn understood(&self, party: Party, text: &str, score: Option<Score>) {
        let Some(witness) = self.witness_of(party) else {
            return;
        };
        let (from_ms, to_ms) = *witness.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.line(party, from_ms, |at_ms| Line {
            to_ms: Some(to_ms),
            distance: score.map(|score| score.distance),
            margin: score.map(|score| score.margin),
            ..Line::new(at_ms, word(party), word(party), text)
        });
    }

    /// Something of a party's is told in words: what he recorded, what the agent said of its own.
    pub(super) fn tells(&self, party: Party, who: &'static str, text: &str) {
        if let Some(witness) = self.witness_of(party) {
            let at_ms = witness.clock.load(Ordering::Relaxed);
            self.line(party, at_ms, |at_ms| Line::new(at_ms, word(party), who, text));
        }
    }

    /// What the flow notes of keys: which, unless they are secret or numbers are left out.
    pub(super) fn notes(&self, fact: &Fact) {
        let Some(open) = &self.open else {
            return;
        };
        let (party, key, count) = match fact {
            Fact::Keyed { party, digit } => {
                let shown = (!open.keeper.rules().redact).then_some(*digit);
                (*party, shown, 1)
            }
            Fact::KeyedSecret { count } => (Party::Caller, None, *count),
            _ => return,
        };
        if let Some(witness) = open.witnesses.get(&party) {
            let at_ms = witness.clock.load(Ordering::Relaxed);
            (0..count).for_each(|_| witness.sees(at_ms, &TurnEvent::Keyed { key }));
        }
    }

    fn witness_of(&self, party: Party) -> Option<&Arc<LegWitness>> {
        self.open.as_ref()?.witnesses.get(&party)
    }

    fn line<'a>(&self, party: Party, at_ms: u64, line: impl FnOnce(u64) -> Line<'a>) {
        if let Some(witness) = self.witness_of(party) {
            witness.transcript(&line(at_ms));
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(Open { keeper, key, .. }) = &self.open {
            keeper.tell(Told::Over(*key));
        }
    }
}

/// Sees what the agent of one leg does.
#[derive(Debug)]
struct LegWitness {
    keeper: Keeper,
    key: Key,
    party: Party,
    sound: Sound,
    consent: Arc<Mutex<Consent>>,
    is_recorded: AtomicBool,
    /// The time of the leg's sound, in ms.
    clock: AtomicU64,
    /// Where the last turn was, in ms.
    turn: Mutex<(u64, u64)>,
}

impl LegWitness {
    /// Says when the clock of the leg's sound begins, so that those of two legs can be compared.
    fn begins(&self) {
        #[derive(Serialize)]
        struct Began {
            at_ms: u64,
            leg: &'static str,
            sound: u32,
            event: &'static str,
            time: Timestamp,
        }
        self.event(&Began {
            at_ms: 0,
            leg: self.sound.party,
            sound: self.sound.number,
            event: "sound-opened",
            time: Timestamp::now(),
        });
    }

    fn event(&self, event: &impl Serialize) {
        if self.keeper.rules().events
            && let Ok(line) = serde_json::to_string(event)
        {
            self.keeper.tell(Told::Event(self.key, line));
        }
    }

    fn transcript(&self, line: &Line<'_>) {
        let rules = self.keeper.rules();
        if !rules.transcript {
            return;
        }
        let text = match rules.redact {
            true => redacted(line.text),
            false => line.text.to_owned(),
        };
        if let Ok(line) = serde_json::to_string(&Line { text: &text, ..*line }) {
            self.keeper.tell(Told::Transcript(self.key, line));
        }
    }

    /// A prompt is over: its words are in the transcript as far as they were heard, and if it told that the call is recorded, it is.
    fn spoken(&self, at_ms: u64, say: u64, heard_ms: u64, words: &str, interrupted: bool) {
        if !words.is_empty() {
            self.transcript(&Line {
                to_ms: Some(at_ms),
                interrupted: interrupted.then_some(true),
                ..Line::new(
                    at_ms.saturating_sub(heard_ms),
                    self.sound.party,
                    "assistant",
                    words,
                )
            });
        }
        let told = lock(&self.consent).heard(ActionId(say), words);
        if told == Some(self.party) && self.keeper.rules().sound {
            self.keeper
                .tell(Told::Sounds(self.key, self.sound, at_ms / FRAME_MS));
            self.is_recorded.store(true, Ordering::Relaxed);
            self.sees(at_ms, &TurnEvent::RecordingStarted);
        }
    }

    fn is_recorded(&self) -> bool {
        self.is_recorded.load(Ordering::Relaxed)
    }
}

impl Witness for LegWitness {
    fn sees(&self, at_ms: u64, event: &TurnEvent) {
        #[derive(Serialize)]
        struct Seen<'a> {
            at_ms: u64,
            leg: &'static str,
            sound: u32,
            #[serde(flatten)]
            event: &'a TurnEvent,
        }
        let hidden;
        let shown = match event {
            TurnEvent::Recognised { took_ms, .. } if self.keeper.rules().redact => {
                hidden = TurnEvent::Recognised {
                    phones: String::new(),
                    words: String::new(),
                    took_ms: *took_ms,
                };
                &hidden
            }
            TurnEvent::PromptInterrupted { say, heard_ms, words } if self.keeper.rules().redact => {
                hidden = TurnEvent::PromptInterrupted {
                    say: *say,
                    heard_ms: *heard_ms,
                    words: redacted(words),
                };
                &hidden
            }
            other => other,
        };
        self.event(&Seen {
            at_ms,
            leg: self.sound.party,
            sound: self.sound.number,
            event: shown,
        });
        let (say, heard_ms, words, interrupted) = match event {
            TurnEvent::TurnEnded { from_ms, to_ms, .. } => {
                *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = (*from_ms, *to_ms);
                return;
            }
            TurnEvent::PromptEnded { say, heard_ms, words } => (say, heard_ms, words, false),
            TurnEvent::PromptInterrupted { say, heard_ms, words } => (say, heard_ms, words, true),
            _ => return,
        };
        self.spoken(at_ms, *say, *heard_ms, words, interrupted);
    }

    fn heard(&self, at: u64, frame: &Frame8k) {
        self.clock.store((at + 1) * FRAME_MS, Ordering::Relaxed);
        if self.is_recorded() {
            self.keeper
                .tell(Told::Heard(self.key, self.sound, at, frame.clone()));
        }
    }

    fn said(&self, at: u64, frame: &Frame8k) {
        if self.is_recorded() {
            self.keeper
                .tell(Told::Said(self.key, self.sound, at, frame.clone()));
        }
    }

    fn cut(&self, from: u64) {
        if self.is_recorded() {
            self.keeper.tell(Told::Cut(self.key, self.sound, from));
        }
    }
}

/// A line of the transcript, on the clock of the leg's sound.
#[derive(Clone, Copy, Debug, Serialize)]
struct Line<'a> {
    at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_ms: Option<u64>,
    leg: &'static str,
    who: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    margin: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interrupted: Option<bool>,
}

impl<'a> Line<'a> {
    fn new(at_ms: u64, leg: &'static str, who: &'static str, text: &'a str) -> Self {
        Self {
            at_ms,
            to_ms: None,
            leg,
            who,
            text,
            distance: None,
            margin: None,
            interrupted: None,
        }
    }
}

fn lock(consent: &Mutex<Consent>) -> std::sync::MutexGuard<'_, Consent> {
    consent.lock().unwrap_or_else(PoisonError::into_inner)
}
