//! Leading a call over the wire through the steps of a scenario.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use evatel_core::account::Language;
use evatel_voice::{
    frame::Frame8k,
    scenario::{
        Aloud, Deed, Happening, Hearing, Keying, Moment, Noise, NoiseKind, Played, PromptKey, Ringing,
        Saying, Scenario, Step, StepFailed, Took, Who,
    },
    synth::{CacheLimit, Cached, Espeak, Synthesizer, tone},
};

use super::{house::House, line::Line};
use crate::{
    rtp::{Peer, Sent},
    timeline::HUSHED,
    world::World,
};

/// How long a step waits that says nothing of it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Who waits for his turn begins to speak after so much quiet: words have gaps of up to 300 ms.
const HIS_TURN: Duration = Duration::from_millis(500);
/// How long the call may go on after the caller has hung up.
const END: Duration = Duration::from_secs(5);
/// A cough, as loud as this voice.
const COUGH: Noise = Noise {
    db: 0,
    kind: NoiseKind::Pink,
    seed: 5,
};

/// Plays a scenario; `Err` where the harness itself failed.
pub(super) async fn direct(scenario: &Scenario, house: &House, world: &World) -> Result<Played> {
    // The daemon's own voice: what it says is found by its very samples.
    let voice: Arc<dyn Synthesizer> = Arc::new(Cached::new(Espeak::default(), CacheLimit(16 << 20)));
    let aloud = Aloud::new(scenario, voice.clone());
    let mut lines = Vec::new();
    for step in &scenario.steps {
        lines.push(samples(&match step {
            Step::Says(Saying { text, who, .. }) => match who {
                Who::Caller => aloud.caller(text).await?,
                Who::Callee => aloud.callee(text).await?,
            },
            Step::Callee(Deed::TalksOn) => aloud.callee(machine(scenario.language)).await?,
            _ => continue,
        }));
    }
    let line = Line::open(scenario, house, world, voice).await?;
    if let Some(noise) = scenario.noise_db {
        let spoken: Vec<i16> = lines.iter().flatten().copied().collect();
        line.peer(Who::Caller)
            .map_err(anyhow::Error::msg)?
            .set_noise(noise.behind(&spoken));
    }
    let director = Director {
        line,
        seen: 0,
        seen_at: Duration::ZERO,
        acted: Duration::ZERO,
        since: 0,
        onset: None,
        took: Vec::new(),
    };
    Ok(director.play(scenario, lines).await)
}

/// What an answering machine says, for longer than a person who is called does without a pause.
fn machine(language: Language) -> &'static str {
    match language {
        Language::Fr => {
            "vous êtes bien sur la boîte vocale de ce numéro veuillez laisser un message après le signal sonore"
        }
        Language::En => {
            "you have reached the voice mailbox of this number please leave a message after the tone"
        }
    }
}

fn samples(frames: &[Frame8k]) -> Vec<i16> {
    frames.iter().flat_map(|frame| frame.0).collect()
}

struct Director<'a> {
    line: Line<'a>,
    /// What happened before this has been seen.
    seen: usize,
    /// When what was seen last happened, or the last deed was over.
    seen_at: Duration,
    /// When a party last did something: budgets count from there.
    acted: Duration,
    /// What had happened when a party last began to do something.
    since: usize,
    /// When the caller last began to speak.
    onset: Option<Sent>,
    took: Vec<Took>,
}

impl Director<'_> {
    async fn play(mut self, scenario: &Scenario, lines: Vec<Vec<i16>>) -> Played {
        let mut lines = lines.into_iter();
        let mut failed = None;
        for (step, number) in scenario.steps.iter().zip(1..) {
            if let Err(reason) = self.take(step, number, &mut lines).await {
                failed = Some(StepFailed { number, reason });
                break;
            }
        }
        let ended = self.end().await;
        if failed.is_none() && !ended {
            failed = Some(StepFailed {
                number: scenario.steps.len() + 1,
                reason: "the call goes on although the caller has hung up".to_owned(),
            });
        }
        let mut moments = self.line.moments;
        moments.sort_by_key(|moment| moment.at);
        Played {
            failed,
            took: self.took,
            moments,
        }
    }

    async fn take(
        &mut self,
        step: &Step,
        number: usize,
        lines: &mut impl Iterator<Item = Vec<i16>>,
    ) -> Result<(), String> {
        match step {
            Step::Says(saying) => {
                let samples = lines.next().unwrap_or_default();
                self.says(saying, samples).await
            }
            Step::Noise(ms) => {
                let mut noise = COUGH.behind(&[6000; 160]);
                noise.truncate(*ms as usize * 8);
                self.speak(Who::Caller, "", noise).await
            }
            Step::Keys(Keying { keys, who }) => self.press(*who, keys).await,
            Step::Waits(ms) => {
                let until = self.line.now() + Duration::from_millis((*ms).into());
                while self.line.now() < until && !self.line.is_over() {
                    self.tick().await?;
                }
                self.seen_at = self.line.now();
                Ok(())
            }
            Step::Hears(hearing) => self.hears(step, hearing, number).await,
            Step::HearsRecorded(text) => {
                self.line.expect_recorded(text)?;
                self.reach(step).await.map(drop)
            }
            Step::HearsRinging(budget) => {
                self.line.expect_ringing();
                let at = self.reach(step).await?;
                if let Some(before) = self.line.last_sound_before(at) {
                    self.budget(number, at.saturating_sub(before), *budget);
                }
                Ok(())
            }
            Step::SilentWithin(ms) => self.silent_within(*ms, number).await,
            Step::NotHeard(prompt) => self.not_heard(*prompt),
            Step::Rings(ringing) => {
                let known = Step::Rings(Ringing {
                    whom: self.line.known_as(&ringing.whom),
                    ..ringing.clone()
                });
                let at = self.reach(&known).await?;
                if let Some(budget) = ringing.within_ms {
                    self.budget(number, at.saturating_sub(self.acted), budget);
                }
                Ok(())
            }
            Step::Callee(deed) => {
                let sound = match deed {
                    Deed::TalksOn => lines.next(),
                    Deed::Beeps => Some(tone::beep().samples().to_vec()),
                    _ => None,
                };
                if let Some(sound) = sound {
                    return self.speak(Who::Callee, "", sound).await;
                }
                self.begins();
                self.line.callee_does(*deed).await?;
                self.acts(self.line.now());
                Ok(())
            }
            Step::EarFails => Err("an ear cannot be made to fail over the wire".to_owned()),
            Step::Runs(_) | Step::Skill(_) => Err("nobody does what skills do over the wire".to_owned()),
            Step::HangsUp => self.hang_up(),
            Step::Ends
            | Step::Fills
            | Step::GoesOn
            | Step::HeardAll(_)
            | Step::HearsText(_)
            | Step::Joined
            | Step::Keeps(_)
            | Step::Notes(_)
            | Step::Refused(_)
            | Step::SpeaksSlower => self.reach(step).await.map(drop),
        }
    }

    async fn says(&mut self, saying: &Saying, samples: Vec<i16>) -> Result<(), String> {
        match saying.interrupts {
            Some(after) => {
                let until = self.seen_at + Duration::from_millis(after.into());
                while self.line.now() < until {
                    self.tick().await?;
                }
            }
            None => self.his_turn(saying.who).await?,
        }
        if saying.who == Who::Caller {
            self.line.remember(&saying.text, &samples);
        }
        self.speak(saying.who, &saying.text, samples).await
    }

    /// Waits until a party hears nothing more.
    async fn his_turn(&mut self, who: Who) -> Result<(), String> {
        let until = self.line.now() + PATIENCE;
        let peer = self.line.peer(who)?;
        loop {
            let now = Instant::now();
            let last = peer.last_speech_before(now);
            if last.is_none_or(|last| now.saturating_duration_since(last) >= HIS_TURN) {
                return Ok(());
            }
            if self.line.now() >= until {
                return Err(format!("it was not his turn to speak for {PATIENCE:?}"));
            }
            self.tick().await?;
        }
    }

    async fn speak(&mut self, who: Who, text: &str, samples: Vec<i16>) -> Result<(), String> {
        self.begins();
        let peer = self.line.peer(who)?;
        let text = text.to_owned();
        self.line.note(Instant::now(), Happening::Says { who, text });
        let sent = self.done(async move { peer.speak(&samples).await }).await?;
        if who == Who::Caller {
            self.onset = Some(sent);
        }
        self.line.note(sent.last_at, Happening::Said { who });
        self.acts(self.line.since_began(sent.last_at));
        Ok(())
    }

    async fn press(&mut self, who: Who, keys: &str) -> Result<(), String> {
        self.begins();
        let peer: Peer = self.line.peer(who)?;
        for key in keys.chars() {
            self.line.note(Instant::now(), Happening::Keys { who, key });
        }
        let keys = keys.to_owned();
        let sent = self.done(async move { peer.press(&keys).await }).await?;
        self.acts(self.line.since_began(sent.last_at));
        Ok(())
    }

    /// Waits for what a party does, while the call goes on.
    async fn done(
        &mut self,
        deed: impl Future<Output = Result<Sent>> + Send + 'static,
    ) -> Result<Sent, String> {
        let deed = tokio::spawn(deed);
        while !deed.is_finished() {
            self.tick().await?;
        }
        let sent = deed.await.map_err(|error| error.to_string())?;
        sent.map_err(|error| format!("{error:#}"))
    }

    async fn hears(&mut self, step: &Step, hearing: &Hearing, number: usize) -> Result<(), String> {
        let at = self.reach(step).await?;
        if let Some(budget) = hearing.within_ms {
            self.budget(number, at.saturating_sub(self.acted), budget);
        }
        if hearing.whole {
            let name = hearing.prompt.as_str();
            let whole = |what: &Happening| hearing.is_whole_by(what);
            self.see(&format!("hear all of `{name}`"), whole).await?;
        }
        Ok(())
    }

    /// Waits for what a step waits for; gives when it happened.
    async fn reach(&mut self, step: &Step) -> Result<Duration, String> {
        let goal = step.goal().unwrap_or_default();
        self.see(&goal, |what| step.is_reached_by(what)).await
    }

    /// The assistant falls silent after the caller began to speak: for 300 ms, longer than any gap between two words.
    async fn silent_within(&mut self, budget: u32, number: usize) -> Result<(), String> {
        let onset = self.onset.ok_or("nobody has begun to speak")?.first_at;
        let peer = self.line.peer(Who::Caller)?;
        let until = self.line.now() + PATIENCE;
        let Some(before) = peer.last_speech_before(onset) else {
            return Err("the caller heard nothing when he began to speak".to_owned());
        };
        if onset.saturating_duration_since(before) > HUSHED {
            return Err("the assistant was silent when the caller began to speak".to_owned());
        }
        loop {
            if let Some(last) = peer.recording().speech_end(before, HUSHED) {
                let took = last.saturating_duration_since(onset);
                self.line.note(last, Happening::Silence { who: Who::Caller });
                self.budget(number, took, budget);
                return Ok(());
            }
            if self.line.now() >= until {
                return Err(format!("the assistant spoke on for {PATIENCE:?}"));
            }
            self.tick().await?;
        }
    }

    fn not_heard(&self, prompt: PromptKey) -> Result<(), String> {
        let heard = self.line.moments[self.since..].iter().find(|moment| {
            matches!(&moment.what, Happening::Hears { who: Who::Caller, prompt: heard, .. } if *heard == prompt)
        });
        match heard {
            Some(moment) => Err(format!("`{}` was heard at {:?}", prompt.as_str(), moment.at)),
            None => Ok(()),
        }
    }

    /// Notes how long something took. On a busy machine it is told, and fails nothing.
    fn budget(&mut self, step: usize, took: Duration, budget: u32) {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let budget_ms = u64::from(budget);
        self.took.push(Took { step, ms, budget_ms });
    }

    /// Waits for something that has not been seen yet; gives when it happened.
    async fn see(&mut self, what: &str, wanted: impl Fn(&Happening) -> bool) -> Result<Duration, String> {
        let until = self.line.now() + PATIENCE;
        loop {
            let new = self.line.moments[self.seen..].iter().zip(self.seen..);
            let found = new
                .filter(|(moment, _)| wanted(&moment.what))
                .map(|(Moment { at, .. }, place)| (*at, place))
                .next();
            if let Some((at, place)) = found {
                (self.seen, self.seen_at) = (place + 1, at);
                return Ok(at);
            }
            if self.line.is_over() {
                return Err(format!("did not {what}: the call was over"));
            }
            if self.line.now() >= until {
                return Err(format!("did not {what} within {PATIENCE:?}"));
            }
            self.tick().await?;
        }
    }

    /// A party begins to do something.
    fn begins(&mut self) {
        self.since = self.line.moments.len();
        self.seen = self.since;
    }

    /// A party has done something.
    fn acts(&mut self, at: Duration) {
        self.acted = at;
        self.seen_at = at;
    }

    async fn tick(&mut self) -> Result<(), String> {
        self.line.pass().await.map_err(|error| format!("{error:#}"))
    }

    fn hang_up(&mut self) -> Result<(), String> {
        self.line.hang_up().map_err(|error| format!("{error:#}"))
    }

    /// Lets the caller hang up, and says whether the call then ends.
    async fn end(&mut self) -> bool {
        if !self.line.is_over() && self.hang_up().is_err() {
            return false;
        }
        let until = self.line.now() + END;
        while !self.line.is_over() && self.line.now() < until {
            if self.tick().await.is_err() {
                return false;
            }
        }
        self.line.is_gone(END).await
    }
}
