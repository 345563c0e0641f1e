//! The agent's task: it waits for whatever comes first and passes it on.

mod doubting;
mod thinking;

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use evatel_core::account::Language;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use self::{
    doubting::too_long,
    thinking::{Interpreting, foreseen, thought},
};
use super::{
    AgentCommand, AgentEvent, EVENTS, Engines, FILLER_AFTER, Order,
    answerer::Answered,
    doubt::{Doubt, Verdict},
    ear::{Ear, Listening, Noticed},
    mouth::{Mouth, Played, Step},
    stages::{Stage, Stages},
    watched::Watched,
};
use crate::{
    brain::{Foreseeing, Spent},
    catalogue::Catalogue,
    frame::Frame8k,
    port::{Incoming, Port},
    sound::Sound,
    synth::{Manner, Pace},
    witness::{TurnEvent, Witness},
};

pub(super) struct Task {
    /// Who answered is still to be found out.
    answered: Option<Box<Answered>>,
    /// What the party was asked last, as text: no word that it has not heard.
    asked: String,
    /// The mouth has fallen silent, and it is not known yet whether the caller interrupts; until then at the latest.
    doubt: Option<(Doubt, Instant)>,
    ear: Ear,
    /// When an answer that cannot be heard yet takes too long.
    due: Option<Instant>,
    events: mpsc::Sender<AgentEvent>,
    /// What may follow the report of this number is being thought about.
    foreseeing: Option<(u64, Foreseeing)>,
    /// None while there is no leg.
    incoming: Option<Incoming>,
    interpreting: Option<Interpreting>,
    language: Language,
    /// How fast the mouth speaks.
    pace: Pace,
    mouth: Mouth,
    /// How much speech there has been when it is certain while the mouth speaks.
    onset: Duration,
    orders: mpsc::Receiver<Order>,
    /// What brains have cost on this leg.
    spent: Arc<Spent>,
    stages: Stages,
    watched: Watched,
}

/// An answer to a turn that ended in a long pause has at least so long to come before it is late.
const UNDERSTANDING: Duration = Duration::from_millis(300);

/// The agent is no longer needed.
struct Over;

impl Task {
    pub(super) fn new(
        port: Port,
        engines: Engines,
        language: Language,
        orders: mpsc::Receiver<Order>,
        events: mpsc::Sender<AgentEvent>,
        witness: Option<Arc<dyn Witness>>,
    ) -> Self {
        let (incoming, outgoing, unheard) = port.split();
        Self {
            answered: None,
            asked: String::new(),
            doubt: None,
            due: None,
            onset: Duration::from_millis(engines.vad.config.onset_while_speaking_ms.into()),
            ear: Ear::new(&engines.vad, engines.recognition),
            events,
            foreseeing: None,
            incoming: Some(incoming),
            interpreting: None,
            language,
            pace: Pace::USUAL,
            mouth: Mouth::new(outgoing, unheard, engines.voice),
            orders,
            spent: Arc::default(),
            stages: Stages::default(),
            watched: Watched::new(witness),
        }
    }

    pub(super) async fn run(mut self) {
        while self.turn().await.is_ok() {}
    }

    async fn turn(&mut self) -> Result<(), Over> {
        tokio::select! {
            biased;
            order = self.orders.recv() => match order.ok_or(Over)? {
                Order::Command(command) => self.obey(command).await,
                Order::Resume(port) => {
                    let (incoming, outgoing, unheard) = port.split();
                    self.incoming = Some(incoming);
                    self.mouth.resume(outgoing, unheard);
                    self.watched.sees(&TurnEvent::LegResumed);
                    Ok(())
                }
            },
            sound = heard(&mut self.incoming) => match sound {
                Some(sound) => self.hear(sound).await,
                None => self.lose_leg().await,
            },
            report = self.ear.report() => {
                let noticed = self.ear.reported(report);
                self.weigh();
                self.look_ahead();
                self.notice(noticed).await
            }
            (report, outlook) = foreseen(&mut self.foreseeing) => {
                self.foreseeing = None;
                self.ear.foresee(report, outlook);
                self.look_ahead();
                Ok(())
            }
            understood = thought(&mut self.interpreting) => self.understood(understood).await,
            () = too_long(&self.doubt) => self.go_on().await,
            () = overdue(self.due) => self.fill().await,
            step = self.mouth.step() => match step {
                Step::Event(event) => self.tell([event]).await,
                Step::LegGone => self.lose_leg().await,
                Step::FillerOver => Ok(()),
                Step::Played(played) => {
                    self.played(&played);
                    Ok(())
                }
            },
        }
    }

    async fn obey(&mut self, command: AgentCommand) -> Result<(), Over> {
        match command {
            AgentCommand::Identify => {
                self.answered = Some(Box::new(Answered::new()));
                Ok(())
            }
            AgentCommand::Listen {
                id,
                expect,
                contacts,
                scene,
            } => {
                self.interpreting = None;
                self.answers_nothing();
                let noticed = self.ear.listen(Listening {
                    id,
                    expect,
                    contacts,
                    language: self.language,
                    scene,
                });
                self.notice(noticed).await
            }
            AgentCommand::Record { id, max } => {
                self.answers_nothing();
                let noticed = self.ear.record(id, max);
                self.notice(noticed).await
            }
            AgentCommand::Ringback { id } => {
                let stopped = self.mouth.ringback(id);
                self.tell(stopped).await
            }
            AgentCommand::Say {
                id,
                parts,
                interruptible,
            } => {
                if self.mouth.has_orders() {
                    self.stages.forget();
                }
                self.stages.reach(Stage::Decision);
                let stopped = self.mouth.say(id, parts, interruptible, self.manner());
                self.tell(stopped).await
            }
            AgentCommand::SetLanguage(language) => {
                self.language = language;
                Ok(())
            }
            AgentCommand::SetPace(pace) => {
                self.pace = pace;
                Ok(())
            }
            AgentCommand::Stop { id } => {
                let stopped = self.mouth.stop(id);
                self.tell(stopped).await?;
                let noticed = self.ear.stop_recording(id);
                self.notice(noticed).await
            }
            AgentCommand::StopListening { id } => {
                let given_up = self
                    .interpreting
                    .take_if(|interpreting| interpreting.listening.id == id);
                if given_up.is_some() {
                    self.due = None;
                }
                self.ear.stop_listening(id);
                let noticed = self.ear.stop_recording(id);
                self.notice(noticed).await
            }
        }
    }

    fn played(&mut self, played: &Played) {
        self.watched.played(played);
        if played.say.is_none() {
            return;
        }
        self.due = None;
        if let Some(took) = self.stages.reach(Stage::Voice) {
            self.watched.answered(&took);
        }
    }

    async fn lose_leg(&mut self) -> Result<(), Over> {
        self.incoming = None;
        self.doubt = None;
        self.due = None;
        self.mouth.lose_leg();
        self.tell([AgentEvent::LegLost]).await
    }

    async fn hear(&mut self, sound: Sound) -> Result<(), Over> {
        self.watched.heard(sound.narrow());
        self.identify(sound.narrow()).await?;
        let noticed = self.ear.hear(sound, self.mouth.is_speaking());
        self.look_ahead();
        self.notice(noticed).await?;
        let is_pending = self.ear.is_in_a_turn() || self.interpreting.is_some();
        let doubt = self.doubt.as_mut().map(|(doubt, _)| doubt);
        match doubt.and_then(|doubt| doubt.push(self.ear.hears_speech(), is_pending)) {
            Some(Verdict::Interrupts) => self.interrupt().await,
            Some(Verdict::Nothing) => self.go_on().await,
            None => Ok(()),
        }
    }

    async fn identify(&mut self, frame: &Frame8k) -> Result<(), Over> {
        let Some(answered) = &mut self.answered else {
            return Ok(());
        };
        let certain = answered.hear(frame);
        if answered.is_over() {
            self.answered = None;
        }
        self.tell(certain).await
    }

    /// The call wants to hear more before it says anything: nobody waits for an answer.
    fn answers_nothing(&mut self) {
        if !self.mouth.has_orders() {
            self.due = None;
        }
    }

    /// An answer takes too long.
    async fn fill(&mut self) -> Result<(), Over> {
        static TEXTS: LazyLock<Catalogue> = LazyLock::new(Catalogue::new);
        self.due = None;
        let text = TEXTS.one_moment(self.language);
        if self.mouth.fill(&text, self.manner()) {
            self.tell([AgentEvent::Filled { text }]).await?;
        }
        Ok(())
    }

    async fn notice(&mut self, noticed: Vec<Noticed>) -> Result<(), Over> {
        for noticed in noticed {
            match noticed {
                Noticed::Event(AgentEvent::SpeechStarted) => self.begins_to_speak().await?,
                Noticed::Event(event @ AgentEvent::Hearing { .. }) => self.mention(event),
                Noticed::Event(event) => self.tell([event]).await?,
                Noticed::Replaced => self.watched.sees(&TurnEvent::WorkerReplaced),
                Noticed::Turn(listening, tokens, utterance, over) => {
                    self.watched.recognised(&tokens, &utterance, over);
                    self.stages.recognised(over, utterance);
                    if self.surely_interrupts(&listening, &tokens) {
                        self.interrupt().await?;
                    }
                    if self.doubt.is_none() {
                        self.due = Some((over - utterance.pause + FILLER_AFTER).max(over + UNDERSTANDING));
                    }
                    self.interpret(listening, tokens, utterance);
                }
            }
        }
        Ok(())
    }

    fn manner(&self) -> Manner {
        Manner::from(self.language).at(self.pace)
    }

    /// Tells what is of no use later, if the call is not behind.
    fn mention(&mut self, event: AgentEvent) {
        if self.events.capacity() > EVENTS / 2 {
            // A call that is gone is noticed with the next event that it must have.
            let _ = self.events.try_send(event);
        }
    }

    async fn tell(&mut self, events: impl IntoIterator<Item = AgentEvent>) -> Result<(), Over> {
        for event in events {
            self.watched.tells(&event);
            if let AgentEvent::Spoken { words, .. } = &event {
                self.asked.clone_from(words);
            }
            self.events.send(event).await.map_err(|_| Over)?;
        }
        Ok(())
    }
}

/// Waits for the next 20 ms, or the leg's end; forever where there is no leg. Cancel safe.
async fn heard(incoming: &mut Option<Incoming>) -> Option<Sound> {
    match incoming {
        Some(incoming) => incoming.next().await,
        None => std::future::pending().await,
    }
}

/// Waits until an answer takes too long; forever where none is waited for. Cancel safe.
async fn overdue(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
