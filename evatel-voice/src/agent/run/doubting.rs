//! Who makes himself heard while the agent speaks: it falls silent, and goes on where that was no interruption.

use tokio::time::{Instant, sleep_until};

use super::{Over, Task};
use crate::{
    agent::{AgentEvent, doubt::{self, Doubt}, stages::Stages},
    frame::FRAME,
};

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
        self.doubt = Some((Doubt::new(self.onset), by_the_clock));
        Ok(())
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
