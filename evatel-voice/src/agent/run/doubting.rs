//! Who makes himself heard while the agent speaks: it falls silent, and goes on where that was no interruption.

use evatel_core::intent::Intent;
use tokio::time::{Instant, sleep_until};

use super::{Over, Task};
use crate::{
    agent::{
        AgentEvent,
        doubt::{self, Doubt},
        ear::Listening,
        stages::Stages,
    },
    brain::{Aside, Understood},
    frame::FRAME,
    transcribe::PhoneToken,
};

/// What is nearer to a listener's words than to an answer by so much is no answer.
const CLEARLY: f32 = 0.06;

impl Task {
    /// The caller begins to speak: the mouth falls silent before anybody is told, for each ms counts.
    pub(super) async fn begins_to_speak(&mut self) -> Result<(), Over> {
        self.due = None;
        if self.doubt.is_some() {
            return Ok(());
        }
        if self.mouth.is_speaking() && self.mouth.may_be_interrupted() {
            // What is on its way is still heard.
            let rest = FRAME * u32::try_from(self.mouth.unplayed()).unwrap_or(u32::MAX);
            Stages::fell_silent(self.onset + rest);
        }
        if self.ear.is_recording() || !self.mouth.hold() {
            return self.interrupt().await;
        }
        let by_the_clock = Instant::now() + doubt::BY_THE_CLOCK;
        self.doubt = Some((
            Doubt::new(self.onset, self.may_be_aside().unwrap_or(false)),
            by_the_clock,
        ));
        Ok(())
    }

    /// Weighs anew what was heard so far, where it is not known yet whether it interrupts.
    pub(super) fn weigh(&mut self) {
        if self.doubt.is_none() {
            return;
        }
        let may_be_aside = self.may_be_aside();
        if let (Some(may_be_aside), Some((doubt, _))) = (may_be_aside, &mut self.doubt) {
            doubt.weigh(may_be_aside);
        }
    }

    /// Says whether what was heard so far of the turn that goes on may be what a listener says; nothing where none goes on.
    fn may_be_aside(&self) -> Option<bool> {
        let (listening, heard) = self.ear.so_far()?;
        Some(!matches!(self.aside(listening, heard), Aside::No))
    }

    /// Says whether a turn that is over, and was so long that it interrupts, is something else than what a listener says.
    pub(super) fn surely_interrupts(&self, listening: &Listening, heard: &[PhoneToken]) -> bool {
        let is_long = self.doubt.as_ref().is_some_and(|(doubt, _)| doubt.is_long());
        is_long && !matches!(self.aside(listening, heard), Aside::Only { .. })
    }

    /// Says whether what was understood is rather what a listener says. A yes is an answer where one is listened for.
    pub(super) fn is_rather_aside(
        &self,
        listening: &Listening,
        heard: &[PhoneToken],
        understood: &Understood,
    ) -> bool {
        if matches!(understood.intent, Intent::Accept | Intent::Yes) {
            return false;
        }
        match (self.aside(listening, heard), understood.score) {
            (Aside::Only { distance }, Some(score)) => distance + CLEARLY <= score.distance,
            _ => false,
        }
    }

    fn aside(&self, listening: &Listening, heard: &[PhoneToken]) -> Aside {
        self.ear.recognition().map_or(Aside::No, |recognition| {
            recognition.brain.aside(heard, listening.language)
        })
    }

    /// The caller surely interrupts.
    pub(super) async fn interrupt(&mut self) -> Result<(), Over> {
        self.doubt = None;
        if let Some(interpreting) = &mut self.interpreting {
            interpreting.in_doubt = false;
        }
        let stopped = self.mouth.barge_in();
        self.tell([AgentEvent::SpeechStarted]).await?;
        self.tell(stopped).await
    }

    /// The caller interrupts nothing.
    pub(super) async fn go_on(&mut self) -> Result<(), Over> {
        self.doubt = None;
        let went_on = self.mouth.go_on().map(|id| AgentEvent::WentOn { id });
        self.tell(went_on).await
    }
}

/// Waits until a doubt is too old; forever where there is none. Cancel safe.
pub(super) async fn too_long(doubt: &Option<(Doubt, Instant)>) {
    match doubt {
        Some((_, until)) => sleep_until(*until).await,
        None => std::future::pending().await,
    }
}
