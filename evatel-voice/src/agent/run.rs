//! The agent's task: it waits for whatever comes first and passes it on.

use std::{sync::Arc, time::Duration};

use evatel_core::account::Language;
use tokio::sync::mpsc;

use super::{
    AgentCommand, AgentEvent, Engines, Order, Part,
    ear::{Ear, Listening, Noticed},
    mouth::{Mouth, Step},
    stages::{Stage, Stages},
};
use crate::{
    brain::{Bounds, Error, Spent, Thinking, Turn, Understood},
    endpoint::{EndOfTurn, EndpointRule, Utterance},
    frame::Frame8k,
    port::AudioPort,
    transcribe::PhoneToken,
};

pub(super) struct Task {
    /// What the party was asked last, as text.
    asked: String,
    ear: Ear,
    events: mpsc::Sender<AgentEvent>,
    /// None while there is no leg.
    incoming: Option<mpsc::Receiver<Frame8k>>,
    interpreting: Option<Interpreting>,
    language: Language,
    mouth: Mouth,
    orders: mpsc::Receiver<Order>,
    /// What brains have cost on this leg.
    spent: Arc<Spent>,
    stages: Stages,
}

/// A turn that the brain thinks about, away from the frames. Dropping it ends the thought.
struct Interpreting {
    listening: Listening,
    utterance: Utterance,
    bounds: Bounds,
    thought: Thinking,
}

/// The agent is no longer needed.
struct Over;

impl Task {
    pub(super) fn new(
        port: AudioPort,
        engines: Engines,
        language: Language,
        orders: mpsc::Receiver<Order>,
        events: mpsc::Sender<AgentEvent>,
    ) -> Self {
        Self {
            asked: String::new(),
            ear: Ear::new(engines.vad, engines.recognition),
            events,
            incoming: Some(port.incoming),
            interpreting: None,
            language,
            mouth: Mouth::new(port.outgoing, port.unheard, engines.voice),
            orders,
            spent: Arc::default(),
            stages: Stages::default(),
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
                    self.incoming = Some(port.incoming);
                    self.mouth.resume(port.outgoing, port.unheard);
                    Ok(())
                }
            },
            frame = heard(&mut self.incoming) => match frame {
                Some(frame) => self.hear(frame).await,
                None => self.lose_leg().await,
            },
            report = self.ear.report() => {
                let noticed = self.ear.reported(report);
                self.notice(noticed).await
            }
            understood = thought(&mut self.interpreting) => self.understood(understood).await,
            step = self.mouth.step() => match step {
                Step::Event(event) => self.tell([event]).await,
                Step::LegGone => self.lose_leg().await,
                Step::Played => {
                    self.stages.reach(Stage::Voice);
                    Ok(())
                }
            },
        }
    }

    async fn obey(&mut self, command: AgentCommand) -> Result<(), Over> {
        match command {
            AgentCommand::Listen { id, expect, contacts } => {
                self.interpreting = None;
                let noticed = self.ear.listen(Listening {
                    id,
                    expect,
                    contacts,
                    language: self.language,
                });
                self.notice(noticed).await
            }
            AgentCommand::Record { id, max } => {
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
                self.asked = said(&parts);
                if self.mouth.is_speaking() {
                    self.stages.forget();
                }
                self.stages.reach(Stage::Decision);
                let stopped = self.mouth.say(id, parts, interruptible, self.language);
                self.tell(stopped).await
            }
            AgentCommand::SetLanguage(language) => {
                self.language = language;
                Ok(())
            }
            AgentCommand::Stop { id } => {
                let stopped = self.mouth.stop(id);
                self.tell(stopped).await?;
                let noticed = self.ear.stop_recording(id);
                self.notice(noticed).await
            }
            AgentCommand::StopListening { id } => {
                self.interpreting
                    .take_if(|interpreting| interpreting.listening.id == id);
                self.ear.stop_listening(id);
                let noticed = self.ear.stop_recording(id);
                self.notice(noticed).await
            }
        }
    }

    async fn lose_leg(&mut self) -> Result<(), Over> {
        self.incoming = None;
        self.mouth.lose_leg();
        self.tell([AgentEvent::LegLost]).await
    }

    async fn hear(&mut self, frame: Frame8k) -> Result<(), Over> {
        let noticed = self.ear.hear(frame, self.mouth.is_speaking());
        self.notice(noticed).await
    }

    async fn notice(&mut self, noticed: Vec<Noticed>) -> Result<(), Over> {
        for noticed in noticed {
            match noticed {
                Noticed::Event(AgentEvent::SpeechStarted) => {
                    // The mouth stops before anybody is told: each ms counts.
                    let stopped = self.mouth.barge_in();
                    self.tell([AgentEvent::SpeechStarted]).await?;
                    self.tell(stopped).await?;
                }
                Noticed::Event(event) => self.tell([event]).await?,
                Noticed::Turn(listening, tokens, utterance, over) => {
                    let pause = match utterance.end {
                        EndOfTurn::Pause => EndpointRule::for_expect(listening.expect).pause,
                        EndOfTurn::TooLong => Duration::ZERO,
                    };
                    self.stages.recognised(over, pause);
                    self.interpret(listening, tokens, utterance);
                }
            }
        }
        Ok(())
    }

    fn interpret(&mut self, listening: Listening, heard: Vec<PhoneToken>, utterance: Utterance) {
        let Some(recognition) = self.ear.recognition() else {
            return;
        };
        let turn = Turn {
            heard,
            language: listening.language,
            expect: listening.expect,
            contacts: listening.contacts.clone(),
            asked: self.asked.clone(),
            spent: self.spent.clone(),
        };
        self.interpreting = Some(Interpreting {
            listening,
            utterance,
            bounds: turn.bounds(),
            thought: recognition.brain.clone().think(turn),
        });
    }

    async fn understood(&mut self, thought: Result<Understood, Error>) -> Result<(), Over> {
        let Some(Interpreting {
            listening,
            utterance,
            bounds,
            ..
        }) = self.interpreting.take()
        else {
            return Ok(());
        };
        self.stages.reach(Stage::Understanding);
        let event = match thought.map(|understood| bounds.keep(understood)) {
            Ok(Understood {
                intent,
                score,
                heard,
                remarks,
            }) => AgentEvent::Heard {
                id: listening.id,
                intent,
                score,
                heard,
                remarks,
                utterance,
            },
            Err(error) => AgentEvent::EngineFailed {
                reason: error.to_string(),
            },
        };
        self.tell([event]).await
    }

    async fn tell(&mut self, events: impl IntoIterator<Item = AgentEvent>) -> Result<(), Over> {
        for event in events {
            self.events.send(event).await.map_err(|_| Over)?;
        }
        Ok(())
    }
}

/// Waits for the next 20 ms, or the leg's end; forever where there is no leg. Cancel safe.
async fn heard(incoming: &mut Option<mpsc::Receiver<Frame8k>>) -> Option<Frame8k> {
    match incoming {
        Some(incoming) => incoming.recv().await,
        None => std::future::pending().await,
    }
}

/// Waits for the thought; forever where there is none. Cancel safe.
async fn thought(interpreting: &mut Option<Interpreting>) -> Result<Understood, Error> {
    match interpreting {
        Some(interpreting) => (&mut interpreting.thought).await,
        None => std::future::pending().await,
    }
}

/// The words of what is said; recordings and tones have none.
fn said(parts: &[Part]) -> String {
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Clip(_) | Part::Silence(_) => None,
        })
        .collect();
    texts.join(" ")
}
