//! One caller of many: he asks for help, interrupts it with an order, and takes the order back.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use evatel_core::account::Language;
use evatel_voice::synth::{Espeak, Synthesizer};

use crate::{
    calls::SOON,
    rtp::{Peer, Sent},
    signal,
    sipp::Outgoing,
    speech::Voice,
    timeline,
    world::World,
};

/// Longest wait for an answer: what comes later is none.
const LATE: Duration = Duration::from_secs(6);
/// The assistant has said what it wanted to say.
const PAUSE: Duration = Duration::from_millis(500);
/// He interrupts so long after the help began.
const LISTENS: Duration = Duration::from_millis(1500);

/// What the callers say, spoken once.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    help: Arc<Vec<i16>>,
    no: Arc<Vec<i16>>,
    /// What the assistant says where it has understood nothing.
    sorry: Arc<Vec<i16>>,
    /// An order by name: how he says it, and how the assistant asks back.
    order: Arc<(Vec<i16>, Vec<i16>)>,
}

impl Lines {
    /// Speaks the lines of an order for this contact.
    pub(super) async fn new(voice: &Voice, name: &str) -> Result<Self> {
        let assistant = async |text: &str| {
            let said = Espeak::default().speak(text, Language::Fr.into()).await?;
            anyhow::Ok(said.samples().to_vec())
        };
        let order = (
            voice.say(&format!("appelle {name}")).await?,
            assistant(&format!("Appeler {name}?")).await?,
        );
        Ok(Self {
            help: Arc::new(voice.say("aide").await?),
            no: Arc::new(voice.say("non").await?),
            sorry: Arc::new(assistant("Désolé, je n'ai pas compris.").await?),
            order: Arc::new(order),
        })
    }

    /// The same voice with the order for another contact.
    pub(super) async fn with_order(&self, voice: &Voice, name: &str) -> Result<Self> {
        Ok(Self {
            order: Self::new(voice, name).await?.order,
            ..self.clone()
        })
    }
}

/// What one round of a caller came to, in milliseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Round {
    /// From the last word to the answer, where the answer had been spoken before.
    pub(super) turns: Vec<u64>,
    /// The same for what was said to the order, and what that was.
    pub(super) order: Option<(u64, Reply)>,
    /// From the first sound of the interruption to silence.
    pub(super) barge_in: Option<u64>,
    /// What did not come in time, each once: an answer, or silence for one who interrupts.
    pub(super) missed: usize,
}

/// What the assistant said to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// It asked about somebody else, or something else.
    Another,
    /// It has not understood.
    Nothing,
    /// It asked about whom was ordered.
    Right,
}

/// A call to the assistant.
#[derive(Debug)]
pub(super) struct Caller {
    call: Outgoing,
}

impl Caller {
    /// Calls, and hears the assistant out.
    pub(super) async fn call(world: &World) -> Result<Self> {
        let call = world.phone.call("*55").await?;
        let answered = call.answered(SOON).await?;
        let began = call.audio.wait_for_speech(answered, SOON).await?;
        call.audio.wait_for_quiet(began, PAUSE, SOON).await?;
        Ok(Self { call })
    }

    /// Goes one round.
    pub(super) async fn round(&self, lines: &Lines) -> Result<Round> {
        let mut round = Round::default();
        let help = self.asks(&lines.help, &mut round).await?;
        if let Some((_, first)) = help {
            tokio::time::sleep_until((first + LISTENS).into()).await;
        }
        let (said, question) = &*lines.order;
        let sent = self.audio().speak(said).await?;
        match self.answer(sent).await {
            Some(first) => {
                self.hears_out(first).await;
                let heard = self.audio().recording();
                // While the assistant is silent no packets come: only what came after it shows that it was.
                round.barge_in = timeline::barge_in_ms(sent, &heard);
                // Where no help came nothing was to be interrupted.
                round.missed += usize::from(help.is_some() && round.barge_in.is_none());
                let reply = reply(heard.since(sent.last_at), question, &lines.sorry);
                round.order = Some((ms(sent, first), reply));
            }
            None => round.missed += 1,
        }
        if let Some((_, first)) = self.asks(&lines.no, &mut round).await? {
            self.hears_out(first).await;
        }
        Ok(round)
    }

    /// Asks for help and hears it begin.
    pub(super) async fn only_help(&self, lines: &Lines) -> Result<Round> {
        let mut round = Round::default();
        if let Some((_, first)) = self.asks(&lines.help, &mut round).await? {
            self.hears_out(first).await;
        }
        Ok(round)
    }

    pub(super) async fn hangs_up(self) -> Result<()> {
        self.call.finish(SOON).await.map(drop)
    }

    /// Says something whose answer was spoken before.
    async fn asks(&self, said: &[i16], round: &mut Round) -> Result<Option<(Sent, Instant)>> {
        let sent = self
            .audio()
            .speak(said)
            .await
            .context("a caller could not speak")?;
        let answer = self.answer(sent).await;
        match answer {
            Some(first) => round.turns.push(ms(sent, first)),
            None => round.missed += 1,
        }
        Ok(answer.map(|first| (sent, first)))
    }

    async fn answer(&self, sent: Sent) -> Option<Instant> {
        self.audio().wait_for_speech(sent.last_at, LATE).await.ok()
    }

    async fn hears_out(&self, first: Instant) {
        // Who is never quiet is heard as long as there is patience.
        let _ = self.audio().wait_for_quiet(first, PAUSE, SOON).await;
    }

    fn audio(&self) -> &Peer {
        &self.call.audio
    }
}

fn reply(heard: &[i16], question: &[i16], sorry: &[i16]) -> Reply {
    let is_heard = |said| signal::find(said, heard).peak >= signal::HEARD;
    if is_heard(question) {
        Reply::Right
    } else if is_heard(sorry) {
        Reply::Nothing
    } else {
        Reply::Another
    }
}

fn ms(sent: Sent, first: Instant) -> u64 {
    first.saturating_duration_since(sent.last_at).as_millis() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::burst;

    #[test]
    fn another_question_than_was_ordered_is_told_from_one_that_was_not_understood() {
        let (question, sorry, other) = (burst(1), burst(2), burst(3));
        let told = |said: &[i16]| reply(&[&[0; 800], said, &[0; 800]].concat(), &question, &sorry);
        assert_eq!(told(&question), Reply::Right);
        assert_eq!(told(&sorry), Reply::Nothing);
        assert_eq!(told(&other), Reply::Another);
    }
}
