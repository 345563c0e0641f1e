//! The parties of a call: their legs on the switch, and the agent that speaks with each of the two who are answered.

mod reopening;

use std::{sync::Arc, time::Instant};

use evatel_core::{
    account::Language,
    flow::{ActionId, Party},
    id::{LegId, ReservationId},
    policy::LegPlan,
};
use evatel_voice::{
    Band, Port,
    agent::{Agent, AgentEvent, AgentHandle, Engines},
};
use futures_util::future::select_all;
use tokio::sync::mpsc;
use tracing::{info_span, warn};

use self::reopening::Reopening;
use super::{forwards::Forwarded, kept::Kept, story::word};
use crate::{
    error::Result,
    switch::{CallerId, LegEvent, LegEvents, Switch},
};

/// A party's leg with its agent, once there is one.
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) answered: bool,
    pub(super) ended: bool,
    events: LegEvents,
    agent: Option<(AgentHandle, mpsc::Receiver<AgentEvent>)>,
    /// In which its sound is opened.
    band: Band,
    /// The agent waits for sound that broke to be there again.
    reopening: Option<Reopening>,
    /// Sound that is there again, until the agent has it.
    reopened: Option<Port>,
}

/// A callee, ringing or answered, with what only he has.
pub(super) struct Callee {
    pub(super) leg: Leg,
    /// The `Ring` that made him.
    pub(super) ring: ActionId,
    pub(super) reservation: Option<ReservationId>,
    /// How he was called; none of whom an earlier daemon called.
    pub(super) way: Option<Way>,
    /// Something was heard of him: it rang there, or there was sound before the answer.
    pub(super) heard_of: bool,
    /// He is rung outside by a forward, until he answers.
    pub(super) forwarded: Option<Forwarded>,
}

/// The plan of a leg, should another way out have to be tried.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) plan: LegPlan,
    /// When it has rung long enough.
    pub(super) until: Instant,
    /// When it counts as not carried if nothing was heard of it; never where there is no other way.
    pub(super) silent_at: Option<Instant>,
}

impl Callee {
    /// Gives when he counts as not reached over this way.
    fn silent_at(&self) -> Option<Instant> {
        let way = self.way.as_ref().filter(|_| !self.heard_of)?;
        way.silent_at
    }
}

/// What a leg or its agent tells.
pub(super) enum Told {
    Agent(AgentEvent),
    Leg(LegEvent),
    /// The sound broke and was opened again: what was being said is said once more.
    SoundBack,
    /// The leg lives, its sound broke for good: nobody would hear or say anything there any more.
    SoundLost,
}

impl Leg {
    pub(super) fn new(id: LegId, events: LegEvents) -> Self {
        Self {
            id,
            answered: false,
            ended: false,
            events,
            agent: None,
            band: Band::default(),
            reopening: None,
            reopened: None,
        }
    }

    /// Waits for the next that the leg or its agent tells; the leg's end is told once, then never anything. Sound that breaks is
    /// opened again meanwhile.
    ///
    /// Cancel safe: nothing is lost when another branch wins.
    pub(super) async fn next(&mut self, switch: &Arc<Switch>) -> Told {
        loop {
            let (handle, events) = match &mut self.agent {
                Some((handle, events)) => (Some(&*handle), Some(events)),
                None => (None, None),
            };
            let agent = async {
                match events {
                    Some(events) => events.recv().await,
                    None => std::future::pending().await,
                }
            };
            // Beside the agent's events: one that waits to be heard takes no port.
            let resumed = async {
                match (handle, &mut self.reopened) {
                    (Some(handle), port @ Some(_)) => handle.resume_with(port).await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                event = self.events.next(), if !self.ended => match event {
                    Some(event) => return Told::Leg(event),
                    None => self.ended = true,
                },
                reopened = Reopening::done(&mut self.reopening) => match (reopened, &self.agent) {
                    (Ok(port), Some(_)) => self.reopened = Some(port),
                    // A leg that is gone tells so itself.
                    (Err(error), _) if error.is_gone() => {}
                    (Err(error), _) => {
                        tracing::warn!(leg.id = %self.id, %error, "Sound of `{}` cannot be opened again", self.id);
                        return Told::SoundLost;
                    }
                    (Ok(_), None) => {}
                },
                resumed = resumed => match resumed {
                    Ok(()) => return Told::SoundBack,
                    // An agent that has ended says so itself.
                    Err(_) => self.reopened = None,
                },
                event = agent => match event {
                    Some(AgentEvent::LegLost) if self.ended => {}
                    Some(AgentEvent::LegLost) => {
                        tracing::warn!(leg.id = %self.id, "Sound of `{}` broke and is opened again", self.id);
                        self.reopening = Some(Reopening::begin(self.id.clone(), self.band, switch.clone()));
                    }
                    Some(event) => return Told::Agent(event),
                    None => {
                        self.agent = None;
                        return Told::SoundLost;
                    }
                },
            }
        }
    }

    /// Gives the agent of this leg, opening sound on the leg if there is none yet.
    pub(super) async fn agent(
        &mut self,
        party: Party,
        language: Language,
        kept: &mut Kept,
        engines: &Engines,
        switch: &Switch,
    ) -> Result<&AgentHandle> {
        if self.agent.is_none() {
            self.band = engines.band(language);
            let port = switch.open_media(&self.id, self.band).await?;
            let witness = kept.witness(party);
            let span = info_span!("leg", leg.id = %self.id, party = word(party));
            let agent = span.in_scope(|| Agent::start_before(witness, port, engines.clone(), language));
            self.agent = Some(agent);
        }
        let (handle, _) = self.agent.as_ref().expect("it was just put there");
        Ok(handle)
    }

    /// Gives the agent where there is one.
    pub(super) fn agent_if_open(&self) -> Option<&AgentHandle> {
        self.agent.as_ref().map(|(handle, _)| handle)
    }

    /// Dismisses the agent and closes the sound: the leg will be joined with somebody, or is over.
    pub(super) async fn close_agent(&mut self, switch: &Switch) -> Result<()> {
        if let Some(reopening) = self.reopening.take() {
            reopening.give_up().await;
        }
        self.reopened = None;
        if self.agent.take().is_some() {
            switch.close_media(&self.id).await
        } else {
            Ok(())
        }
    }
}

/// Both parties, and those of whom one may become the other party.
pub(super) struct Legs {
    pub(super) caller: Leg,
    /// Who calls, as the switch told it.
    pub(super) caller_id: CallerId,
    /// Who answered.
    pub(super) callee: Option<Callee>,
    /// Who is rung.
    pub(super) ringing: Vec<Callee>,
    pub(super) language: Language,
    pub(super) engines: Engines,
    /// What the call leaves.
    pub(super) kept: Kept,
    pub(super) switch: Arc<Switch>,
}

impl Legs {
    /// Gives the agent of a party; a callee who is gone has none.
    pub(super) async fn agent(&mut self, party: Party) -> Result<Option<&AgentHandle>> {
        let leg = match party {
            Party::Caller => &mut self.caller,
            Party::Callee => match &mut self.callee {
                Some(callee) => &mut callee.leg,
                None => return Ok(None),
            },
        };
        leg.agent(party, self.language, &mut self.kept, &self.engines, &self.switch)
            .await
            .map(Some)
    }

    /// Gives all agents that are at work.
    pub(super) fn agents(&self) -> impl Iterator<Item = &AgentHandle> {
        let callee = self.callee.as_ref().and_then(|callee| callee.leg.agent_if_open());
        self.caller.agent_if_open().into_iter().chain(callee)
    }

    /// Waits for what the callee or his agent tells; for ever while there is none.
    pub(super) async fn next_of_callee(callee: &mut Option<Callee>, switch: &Arc<Switch>) -> Told {
        match callee {
            Some(callee) => callee.leg.next(switch).await,
            None => std::future::pending().await,
        }
    }

    /// Waits for what one of those who are rung tells, and says which; for ever while there is none. Cancel safe.
    pub(super) async fn next_of_ringing(ringing: &mut [Callee], switch: &Arc<Switch>) -> (ActionId, Told) {
        if ringing.is_empty() {
            return std::future::pending().await;
        }
        let each = ringing.iter_mut().map(|callee| {
            Box::pin(async move {
                let told = callee.leg.next(switch).await;
                (callee.ring, told)
            })
        });
        select_all(each).await.0
    }

    /// Takes out who is rung by this `Ring`, or has answered it.
    pub(super) fn take(&mut self, ring: ActionId) -> Option<Callee> {
        match self.ringing.iter().position(|callee| callee.ring == ring) {
            Some(at) => Some(self.ringing.remove(at)),
            None => self.callee.take_if(|callee| callee.ring == ring),
        }
    }

    /// Gives when the first of those who are rung counts as not reached, and which.
    pub(super) fn next_silent(&self) -> Option<(Instant, ActionId)> {
        let silent = self
            .ringing
            .iter()
            .filter_map(|callee| Some((callee.silent_at()?, callee.ring)));
        silent.min_by_key(|(at, _)| *at)
    }

    /// Takes out all but the caller.
    pub(super) fn take_all(&mut self) -> Vec<Callee> {
        self.callee
            .take()
            .into_iter()
            .chain(self.ringing.drain(..))
            .collect()
    }
}

/// Logs what could not be done to a leg or a bridge, unless it is gone by itself.
pub(super) fn warn_unless_gone(result: Result<()>) {
    if let Err(error) = result
        && !error.is_gone()
    {
        warn!(%error, "Switch could not clean up a call");
    }
}
