//! The simulator with the calls' task on it, and those who are rung.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use evatel_ari::{
    Ari, Switch,
    call::{DEFAULT_SILENT_TRUNK, Settings, Skilled, Stop, TakenOver, run_calls},
    sim::{Asterisk, Peer},
};
use evatel_core::{dialogue::Dialogue, number::E164};
use evatel_voice::{agent::Engines, catalogue::Catalogue, sound_files::SoundFiles};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use super::{
    super::super::failure::Failure,
    Callee,
    caller::{Input, Voice, call},
    line::{Line, Sound},
    office::{TalkOffice, Told},
};

/// The application of the trial.
pub(super) const APP: &str = "evatel-talk";
/// The caller's channel.
pub(super) const CALLER: &str = "talk.1";
/// How long two who are joined stay so.
const JOINED: Duration = Duration::from_secs(1);
/// How long a telephone rings before it is answered, or is given up.
const RINGS: Duration = Duration::from_millis(1500);
/// How often it is looked who is rung.
const LOOK: Duration = Duration::from_millis(50);
/// How long the call's tasks may take to end.
const END: Duration = Duration::from_secs(10);

/// The simulator and the calls' task.
pub(super) struct Stage {
    pub(super) asterisk: Arc<Asterisk>,
    calls: JoinHandle<()>,
    stop: Stop,
    /// Where recordings go; they are gone with it.
    _folder: tempfile::TempDir,
}

impl Stage {
    pub(super) async fn open(
        office: Arc<TalkOffice>,
        engines: Engines,
        dialogues: HashMap<E164, Arc<Dialogue>>,
        skilled: Skilled,
        sounds: SoundFiles,
    ) -> Result<Self, Failure> {
        let unusable = |error: std::io::Error| Failure::input(error.to_string(), "hint-loopback");
        let asterisk = Asterisk::start().await.map_err(unusable)?;
        let (ari, offers) = Ari::connect(asterisk.config(APP)).await?;
        let (switch, offers) = Switch::new(ari, offers);
        let folder = tempfile::tempdir().map_err(unusable)?;
        let settings = Settings {
            dialogues: Arc::new(dialogues),
            greetings: Arc::default(),
            sounds: Arc::new(sounds),
            catalogue: Arc::new(Catalogue::new()),
            engines,
            recordings_dir: folder.path().to_owned(),
            ring_timeout: 2 * RINGS,
            silent_trunk: DEFAULT_SILENT_TRUNK,
            skilled,
            keeper: None,
        };
        let stop = Stop::default();
        let (nothing, switch) = (TakenOver::default(), Arc::new(switch));
        let calls = tokio::spawn(run_calls(offers, nothing, switch, settings, office, stop.clone()));
        Ok(Self {
            asterisk: Arc::new(asterisk),
            calls,
            stop,
            _folder: folder,
        })
    }

    /// Plays the call to its end; gives what went over the caller's line.
    pub(super) async fn play(
        mut self,
        callee: Callee,
        input: Input,
        voice: Voice,
        told: &mut mpsc::Receiver<Told>,
        mut tell: impl FnMut(Told),
    ) -> Result<Sound, Failure> {
        let mut begins = Some((input, voice));
        let mut tasks = None;
        let mut rung = Rung::new(callee);
        let mut joined: Option<Instant> = None;
        let mut look = tokio::time::interval(LOOK);
        while self.asterisk.channels().iter().any(|id| id == CALLER) {
            tokio::select! {
                Some(line) = told.recv() => {
                    if line.text == "bridged" {
                        joined = Some(Instant::now());
                    }
                    tell(line);
                }
                Some(peer) = self.asterisk.media() => match begins.take() {
                    Some((input, voice)) => {
                        let (line, sound) = Line::hold(peer);
                        let calling = call(line, input, voice, rung.rings.subscribe(), self.asterisk.clone());
                        tasks = Some((tokio::spawn(calling), sound));
                    }
                    None => rung.is_spoken_to(peer, &self.asterisk),
                },
                _ = look.tick() => {
                    rung.look(&self.asterisk);
                    if joined.is_some_and(|at| at.elapsed() >= JOINED) {
                        self.asterisk.hangs_up(CALLER, 16);
                    }
                }
            }
        }
        self.stop.drain.cancel();
        // The call waits for whoever is told.
        let ends = async {
            loop {
                tokio::select! {
                    biased;
                    Some(line) = told.recv() => tell(line),
                    _ = &mut self.calls => return,
                }
            }
        };
        _ = tokio::time::timeout(END, ends).await;
        while let Ok(line) = told.try_recv() {
            tell(line);
        }
        let Some((calling, sound)) = tasks else {
            return Ok(Sound::default());
        };
        if calling.is_finished() {
            calling.await.unwrap_or(Ok(()))?;
        } else {
            calling.abort();
        }
        let sound = tokio::time::timeout(END, sound).await;
        Ok(sound.ok().and_then(Result::ok).unwrap_or_default())
    }
}

/// Whoever is rung, one after the other.
struct Rung {
    callee: Callee,
    /// The leg that was rung last, and since when.
    leg: Option<(String, Instant)>,
    answered: bool,
    /// Whether somebody is rung now.
    rings: watch::Sender<bool>,
}

impl Rung {
    fn new(callee: Callee) -> Self {
        Self {
            callee,
            leg: None,
            answered: false,
            rings: watch::Sender::new(false),
        }
    }

    /// Lets whoever is rung do what he does.
    fn look(&mut self, asterisk: &Asterisk) {
        let legs: Vec<String> = asterisk
            .channels()
            .into_iter()
            .filter(|id| id.contains("_leg-"))
            .collect();
        for leg in &legs {
            if self.leg.as_ref().is_none_or(|(known, _)| known != leg) {
                asterisk.rings(leg);
                self.leg = Some((leg.clone(), Instant::now()));
                self.answered = false;
            }
        }
        let Some((leg, since)) = &self.leg else {
            return;
        };
        let is_up = legs.contains(leg);
        if is_up && !self.answered && since.elapsed() >= RINGS {
            match self.callee {
                Callee::Answers | Callee::Refuses => {
                    self.answered = true;
                    asterisk.answers(leg);
                }
                Callee::Busy => asterisk.hangs_up(leg, 17),
                Callee::NoAnswer => {}
            }
        }
        self.rings
            .send_if_modified(|rings| std::mem::replace(rings, is_up) != is_up);
    }

    /// A call is announced to whoever was rung: he takes it or not, with a key.
    fn is_spoken_to(&self, peer: Peer, asterisk: &Arc<Asterisk>) {
        let Some((leg, _)) = self.leg.clone() else {
            return;
        };
        let (asterisk, key) = (
            asterisk.clone(),
            if self.callee == Callee::Refuses { '2' } else { '1' },
        );
        tokio::spawn(async move {
            let (mut line, _sound) = Line::hold(peer);
            line.his_turn().await;
            asterisk.presses(&leg, key);
        });
    }
}
