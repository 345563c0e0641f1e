//! What one party hears, found in the sound at his RTP port.

use std::{sync::Arc, time::Instant};

use evatel_core::account::Language;
use evatel_voice::{
    scenario::PromptKey,
    synth::{Manner, Pace, Synthesizer, sentences, tone},
};

use crate::{rtp::Peer, signal};

/// So much of a sentence's beginning, and of its end, is looked for: 300 ms.
const PIECE: usize = 2400;
/// What the voice leaves of the silence before and after a sentence, in samples.
const LEAD_IN: usize = 160;
const LEAD_OUT: usize = 960;
/// No more prompts than this are waited for; the oldest was never played.
const MOST: usize = 24;

/// Something that a party heard.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Heard {
    Begins { prompt: PromptKey, text: String },
    All { prompt: PromptKey },
    Recorded { text: String },
    Ringing,
}

/// Listens at one party's port.
#[derive(Debug)]
pub(super) struct Listener {
    peer: Peer,
    /// How he is spoken to.
    manner: Manner,
    expected: Vec<Expected>,
}

/// Something that is to be heard.
#[derive(Debug)]
struct Expected {
    what: What,
    /// The sound that tells that it begins: one of these.
    heads: Vec<Vec<i16>>,
    /// The sound that tells that it is over.
    tail: Option<Vec<i16>>,
    began: bool,
    /// Samples before this have been looked at.
    from: usize,
}

#[derive(Debug)]
enum What {
    Prompt { prompt: PromptKey, text: String },
    Recorded { text: String },
    Ringing,
}

impl Listener {
    pub(super) fn new(peer: Peer, language: Language) -> Self {
        Self {
            peer,
            manner: language.into(),
            expected: Vec::new(),
        }
    }

    pub(super) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Is told that he is spoken to more slowly from here on.
    pub(super) fn slow_down(&mut self) {
        self.manner.pace = Pace::SLOW;
    }

    /// Is told that a prompt is said since then: heard when one of its sentences is, and whole when the last is over.
    pub(super) async fn expect(
        &mut self,
        since: Instant,
        prompt: PromptKey,
        text: &str,
        voice: &Arc<dyn Synthesizer>,
    ) -> anyhow::Result<()> {
        let from = self.peer.recording_index(since);
        let mut clips = Vec::new();
        for sentence in sentences(text) {
            clips.push(voice.speak(&sentence, self.manner).await?);
        }
        let heads = clips.iter().map(|clip| cut(clip.samples(), LEAD_IN)).collect();
        let tail = clips.last().map(|clip| {
            let samples = clip.samples();
            let end = samples.len().saturating_sub(LEAD_OUT);
            samples[end.saturating_sub(PIECE)..end].to_vec()
        });
        let text = text.to_owned();
        self.add(What::Prompt { prompt, text }, heads, tail, from);
        Ok(())
    }

    /// Is told that what somebody said may be heard as it was recorded.
    pub(super) fn expect_recorded(&mut self, text: &str, samples: &[i16]) {
        // It may be playing already: a recording is played once.
        let from = 0;
        // The recording begins and ends where voice activity does.
        let heads = vec![cut(samples, samples.len() * 2 / 5)];
        self.add(
            What::Recorded {
                text: text.to_owned(),
            },
            heads,
            None,
            from,
        );
    }

    /// Is told that it rings, or will: heard from here on, or where it has begun already.
    pub(super) fn expect_ringing(&mut self) {
        let tone: Vec<i16> = tone::ringback()
            .take(PIECE / 160)
            .flat_map(|frame| frame.0)
            .collect();
        self.add(What::Ringing, vec![tone], None, 0);
    }

    fn add(&mut self, what: What, heads: Vec<Vec<i16>>, tail: Option<Vec<i16>>, from: usize) {
        self.expected.push(Expected {
            what,
            heads,
            tail,
            began: false,
            from,
        });
        if self.expected.len() > MOST {
            self.expected.remove(0);
        }
    }

    /// Gives what was heard since it was asked last, and when.
    pub(super) fn look(&mut self) -> Vec<(Instant, Heard)> {
        let mut heard = Vec::new();
        for expected in &mut self.expected {
            expected.look(&self.peer, &mut heard);
        }
        self.expected
            .retain(|expected| !expected.began || expected.tail.is_some());
        heard.sort_by_key(|(at, _)| *at);
        heard
    }
}

impl Expected {
    fn look(&mut self, peer: &Peer, heard: &mut Vec<(Instant, Heard)>) {
        let pieces: Vec<&Vec<i16>> = match self.began {
            false => self.heads.iter().collect(),
            true => self.tail.iter().collect(),
        };
        let longest = pieces.iter().map(|piece| piece.len()).max().unwrap_or_default();
        let Some((start, samples)) = peer.received_from(self.from, usize::MAX) else {
            return;
        };
        if samples.len() < longest {
            return;
        }
        let found = pieces
            .iter()
            .map(|piece| (signal::find(piece, &samples), piece.len()))
            .filter(|(found, _)| found.peak >= signal::HEARD)
            .min_by_key(|(found, _)| found.lag);
        let Some((found, length)) = found else {
            // The end of what was looked at may be the beginning of what comes.
            self.from += samples.len() - longest;
            return;
        };
        let after = |samples: usize| {
            start + std::time::Duration::from_secs_f64(samples as f64 / f64::from(crate::RATE_HZ))
        };
        if self.began {
            if let What::Prompt { prompt, .. } = &self.what {
                heard.push((after(found.lag + length), Heard::All { prompt: *prompt }));
            }
            self.tail = None;
            return;
        }
        self.began = true;
        self.from += found.lag + length.min(LEAD_IN);
        heard.push((
            after(found.lag),
            match &self.what {
                What::Prompt { prompt, text } => Heard::Begins {
                    prompt: *prompt,
                    text: text.clone(),
                },
                What::Ringing => Heard::Ringing,
                What::Recorded { text } => Heard::Recorded { text: text.clone() },
            },
        ));
    }
}

fn cut(samples: &[i16], from: usize) -> Vec<i16> {
    let from = from.min(samples.len());
    samples[from..samples.len().min(from + PIECE)].to_vec()
}
