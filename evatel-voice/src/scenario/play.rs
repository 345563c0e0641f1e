//! Playing a scenario, step by step.

use std::{sync::Arc, time::Duration};

use evatel_core::{account::Language, directory::Directory, id::ContactId};
use serde::Serialize;

use super::{
    Ears,
    aloud::Aloud,
    house,
    moment::{Happening, Moment},
    script::{Hearing, PromptKey, Ringing, Saying, Scenario, Step, Who},
    sound::{Ear, Sounds, Voice},
    stage::Stage,
};
use crate::{
    agent::{Engines, Recognition},
    frame::{FRAME, Frame8k},
    grammar::Grammar,
    lexicon::{Contacts, Error, Lexicon},
    vad::VadConfig,
};

/// How long a step waits that says nothing of it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Who waits for his turn begins to speak after so much silence.
const HIS_TURN: Duration = Duration::from_millis(200);
/// Between two keys.
const KEY: Duration = Duration::from_millis(100);
/// How long the call may go on after the caller has hung up, and be listened to after its end.
const END: Duration = Duration::from_secs(5);

/// Plays scenarios with the phones of one model.
#[derive(Clone, Debug)]
pub struct Player {
    grammar: Arc<Grammar>,
    ears: Ears,
}

/// How a scenario went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Played {
    /// The step that failed; none where all went as the file has it.
    pub failed: Option<StepFailed>,
    /// How long each step that has a budget took, in ms, by its number from 1.
    pub took: Vec<Took>,
    /// All that happened.
    pub moments: Vec<Moment>,
}

/// How long a step took that has a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Took {
    /// Its number, from 1.
    pub step: usize,
    /// How long.
    pub ms: u64,
    /// How long it may take.
    pub budget_ms: u64,
}

/// A step that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("step {number}: {reason}")]
pub struct StepFailed {
    /// Its number, from 1; one more than there are where the call did not end, or left something behind.
    pub number: usize,
    /// What was not as the file has it.
    pub reason: String,
}

impl Player {
    /// Makes a player with the built-in grammar.
    #[must_use]
    pub fn new(grammar: Arc<Grammar>, ears: Ears) -> Self {
        Self { grammar, ears }
    }

    /// Plays a scenario to its end. With scripted ears, call it on a runtime of one thread: its clock is stopped.
    ///
    /// # Errors
    /// When a word cannot be looked up, or a real voice does not speak.
    pub async fn play(&self, scenario: &Scenario) -> Result<Played, PlayError> {
        let lacks_skills = scenario.skills.is_some() && scenario.can_do.is_none();
        if lacks_skills || scenario.dialogue.is_some() && scenario.loaded.is_none() {
            return Err(PlayError::NotLoaded);
        }
        if let Some(skills) = &scenario.can_do {
            let grammar = Grammar::clone(&self.grammar);
            let grammar = Arc::new(grammar.with_skills(skills.clone()).await?);
            let ears = self.ears.clone();
            return Self { grammar, ears }.play_with_all(scenario).await;
        }
        self.play_with_all(scenario).await
    }

    async fn play_with_all(&self, scenario: &Scenario) -> Result<Played, PlayError> {
        let sounds = Sounds::default();
        let directory = house::directory(scenario);
        let contacts = Arc::new(self.contacts(&directory, scenario.language).await?);
        if let Some(dialogue) = &scenario.loaded {
            self.grammar.prepare(dialogue).await?;
        }
        let lines = self.lines(scenario, &sounds).await?;
        let engines = self.engines(&sounds, scenario);
        let noise = self.noise(scenario, &lines);
        // Looking words up took real time; from here on the clock is the scenario's.
        let scripted = matches!(self.ears, Ears::Scripted);
        if scripted {
            tokio::time::pause();
        }
        let mut stage = Stage::open(scenario, engines, contacts, sounds.clone()).await;
        stage.behind_caller(noise);
        let director = Director::new(stage, sounds);
        let played = director.direct(scenario, lines).await;
        if scripted {
            tokio::time::resume();
        }
        Ok(played)
    }

    fn engines(&self, sounds: &Sounds, scenario: &Scenario) -> Engines {
        let (transcriber, vad): (Arc<dyn crate::transcribe::Transcriber>, _) = match &self.ears {
            Ears::Scripted => {
                let ear = Ear {
                    sounds: sounds.clone(),
                    takes: Duration::from_millis(scenario.ear_takes.into()),
                };
                (Arc::new(ear), VadConfig::level_only())
            }
            Ears::Real { transcriber, .. } => (transcriber.clone(), VadConfig::default()),
        };
        Engines {
            recognition: Some(Recognition::with_grammar(transcriber, self.grammar.clone())),
            voice: Arc::new(Voice::new(sounds.clone(), &self.ears)),
            vad: vad.into(),
        }
    }

    async fn contacts(&self, directory: &Directory, language: Language) -> Result<Contacts, Error> {
        let owner = house::owner();
        let names: Vec<(ContactId, String)> = directory
            .contacts(&owner)
            .flat_map(|contact| {
                contact
                    .spoken_names()
                    .map(|name| (contact.id.clone(), name.to_string()))
            })
            .collect();
        self.lexicon().contacts(&names, language).await
    }

    /// Makes the sound of all that is said, in order of the steps.
    async fn lines(&self, scenario: &Scenario, sounds: &Sounds) -> Result<Vec<Vec<Frame8k>>, PlayError> {
        let mut lines = Vec::new();
        for step in &scenario.steps {
            let Step::Says(Saying { text, who, .. }) = step else {
                continue;
            };
            lines.push(match &self.ears {
                Ears::Scripted => {
                    let parts: Vec<&str> = text.split("...").map(str::trim).collect();
                    let found = self.lexicon().pronounce_all(&parts, scenario.language).await?;
                    let phones = self.lexicon().phones();
                    let tokens = |pronunciation: &crate::lexicon::Pronunciation| -> Vec<String> {
                        let spelled = phones.spelled(pronunciation.phones().unwrap_or_default());
                        spelled.split_whitespace().map(str::to_owned).collect()
                    };
                    let tokens: Vec<_> = found.iter().map(tokens).collect();
                    sounds.words(text, &tokens)
                }
                Ears::Real { voice, .. } => {
                    let aloud = Aloud::new(scenario, voice.clone());
                    match who {
                        Who::Caller => aloud.caller(text).await?,
                        Who::Callee => aloud.callee(text).await?,
                    }
                }
            });
        }
        Ok(lines)
    }

    /// Makes what is heard behind a caller who is really heard.
    fn noise(&self, scenario: &Scenario, lines: &[Vec<Frame8k>]) -> Vec<i16> {
        let (Ears::Real { .. }, Some(noise)) = (&self.ears, scenario.noise_db) else {
            return Vec::new();
        };
        let spoken: Vec<i16> = lines.iter().flatten().flat_map(|frame| frame.0).collect();
        noise.behind(&spoken)
    }

    fn lexicon(&self) -> &Lexicon {
        self.grammar.lexicon()
    }
}

/// Why a scenario could not be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlayError {
    /// The skills' phrases cannot be read.
    #[error(transparent)]
    Grammar(#[from] crate::grammar::Error),
    /// A word cannot be looked up.
    #[error(transparent)]
    Lexicon(#[from] Error),
    /// The dialogue or the skills were not loaded ([`Scenario::load_files`]).
    #[error("the files that it names were not loaded")]
    NotLoaded,
    /// The voice does not speak.
    #[error(transparent)]
    Voice(#[from] crate::synth::Error),
}

/// Leads a call through its steps.
struct Director {
    stage: Stage,
    sounds: Sounds,
    /// What happened before this has been seen.
    seen: usize,
    /// When a party last did something: budgets count from there.
    acted: Duration,
    /// What had happened when a party last began to do something.
    since: usize,
    took: Vec<Took>,
}

impl Director {
    fn new(stage: Stage, sounds: Sounds) -> Self {
        Self {
            stage,
            sounds,
            seen: 0,
            acted: Duration::ZERO,
            since: 0,
            took: Vec::new(),
        }
    }

    async fn direct(mut self, scenario: &Scenario, lines: Vec<Vec<Frame8k>>) -> Played {
        let mut lines = lines.into_iter();
        let mut failed = None;
        for (step, number) in scenario.steps.iter().zip(1..) {
            if let Err(reason) = self.take(step, number, &mut lines).await {
                failed = Some(StepFailed { number, reason });
                break;
            }
        }
        if failed.is_none()
            && let Err(reason) = self.end().await
        {
            let number = scenario.steps.len() + 1;
            failed = Some(StepFailed { number, reason });
        }
        Played {
            failed,
            took: self.took,
            moments: self.stage.moments,
        }
    }

    async fn take(
        &mut self,
        step: &Step,
        number: usize,
        lines: &mut impl Iterator<Item = Vec<Frame8k>>,
    ) -> Result<(), String> {
        match step {
            Step::Says(saying) => {
                let frames = lines.next().unwrap_or_default();
                self.says(saying, frames).await
            }
            Step::Noise(ms) => {
                let frames = self.sounds.noise((ms / 20) as usize);
                self.speak(Who::Caller, "", frames).await
            }
            Step::Keys(keying) => {
                self.begins();
                for key in keying.keys.chars() {
                    self.pass(KEY).await;
                    self.stage.key(keying.who, key).await;
                }
                self.acted = self.stage.now();
                Ok(())
            }
            Step::Waits(ms) => {
                self.pass(Duration::from_millis((*ms).into())).await;
                Ok(())
            }
            Step::Hears(hearing) => self.hears(step, hearing, number).await,
            Step::HearsRinging(budget) => self.hears_ringing(step, *budget, number).await,
            Step::SilentWithin(ms) => self.silent_within(*ms, number).await,
            Step::NotHeard(prompt) => self.not_heard(*prompt),
            Step::Rings(Ringing { within_ms, .. }) => {
                let at = self.reach(step).await?;
                match within_ms {
                    Some(budget) => self.budget(number, at.saturating_sub(self.acted), *budget, "it rang"),
                    None => Ok(()),
                }
            }
            Step::Callee(deed) => {
                self.begins();
                if !self.stage.callee_does(*deed).await {
                    return Err("nobody is rung who could do that".to_owned());
                }
                self.acted = self.stage.now();
                Ok(())
            }
            Step::EarFails => {
                self.begins();
                self.stage.fail_ear().await;
                self.acted = self.stage.now();
                Ok(())
            }
            Step::Skill(came) => {
                self.begins();
                if !self.stage.skill_comes_to(came).await {
                    return Err("nothing is being done that could come to something".to_owned());
                }
                self.acted = self.stage.now();
                Ok(())
            }
            Step::HangsUp => {
                self.stage.caller_hangs_up().await;
                Ok(())
            }
            Step::Ends
            | Step::Fills
            | Step::GoesOn
            | Step::HeardAll(_)
            | Step::HearsRecorded(_)
            | Step::HearsText(_)
            | Step::Joined
            | Step::Keeps(_)
            | Step::Notes(_)
            | Step::Refused(_)
            | Step::Runs(_)
            | Step::SpeaksSlower => self.reach(step).await.map(drop),
        }
    }

    async fn says(&mut self, saying: &Saying, frames: Vec<Frame8k>) -> Result<(), String> {
        match saying.interrupts {
            Some(after) => self.pass(Duration::from_millis(after.into())).await,
            None => self.his_turn(saying.who).await?,
        }
        self.speak(saying.who, &saying.text, frames).await
    }

    /// Waits until a party hears nothing more.
    async fn his_turn(&mut self, who: Who) -> Result<(), String> {
        let until = self.stage.now() + PATIENCE;
        while self.stage.silent_for(who) < HIS_TURN {
            if self.stage.now() >= until {
                return Err(format!("it was not his turn to speak for {PATIENCE:?}"));
            }
            self.tick().await?;
        }
        Ok(())
    }

    async fn speak(&mut self, who: Who, text: &str, frames: Vec<Frame8k>) -> Result<(), String> {
        self.begins();
        self.stage.say(who, text, frames);
        while self.stage.speaks(who) {
            self.tick().await?;
        }
        self.acted = self.stage.now();
        Ok(())
    }

    async fn hears(&mut self, step: &Step, hearing: &Hearing, number: usize) -> Result<(), String> {
        let name = hearing.prompt.as_str();
        let at = self.reach(step).await?;
        if let Some(budget) = hearing.within_ms {
            let took = at.saturating_sub(self.acted);
            self.budget(number, took, budget, &format!("`{name}` came"))?;
        }
        if hearing.whole {
            let whole = |what: &Happening| hearing.is_whole_by(what);
            self.see(&format!("hear all of `{name}`"), whole).await?;
        }
        let broken = Happening::Breaks { who: hearing.who };
        let heard = &self.stage.moments[self.since..self.seen];
        match heard.iter().find(|moment| moment.what == broken) {
            Some(moment) if hearing.steady => Err(format!(
                "`{name}` was not heard frame after frame, at {:?}",
                moment.at
            )),
            _ => Ok(()),
        }
    }

    async fn hears_ringing(&mut self, step: &Step, budget: u32, number: usize) -> Result<(), String> {
        self.reach(step).await?;
        let Some(Happening::HearsRinging { after_ms }) =
            self.stage.moments[..self.seen].last().map(|moment| &moment.what)
        else {
            return Ok(());
        };
        let silence = Duration::from_millis(*after_ms);
        self.budget(number, silence, budget, "ringing was heard")
    }

    /// Waits for what a step waits for; gives when it happened.
    async fn reach(&mut self, step: &Step) -> Result<Duration, String> {
        let goal = step.goal().unwrap_or_default();
        self.see(&goal, |what| step.is_reached_by(what)).await
    }

    async fn silent_within(&mut self, budget: u32, number: usize) -> Result<(), String> {
        let is_silence = |what: &Happening| *what == Happening::Silence { who: Who::Caller };
        let is_onset = |moment: &&Moment| matches!(moment.what, Happening::Says { who: Who::Caller, .. });
        let onset = self.stage.moments[self.since..].iter().find(is_onset);
        let onset = onset.map(|moment| moment.at).ok_or("nobody has begun to speak")?;
        self.seen = self.since;
        let at = self.see("fall silent", is_silence).await?;
        // Silence is certain after 100 ms; it began with the first of them.
        let at = at.saturating_sub(Duration::from_millis(100));
        self.budget(number, at.saturating_sub(onset), budget, "silence came")
    }

    fn not_heard(&self, prompt: PromptKey) -> Result<(), String> {
        let heard = self.stage.moments[self.since..].iter().find(|moment| {
            matches!(&moment.what, Happening::Hears { who: Who::Caller, prompt: heard, .. } if *heard == prompt)
        });
        match heard {
            Some(moment) => Err(format!("`{}` was heard at {:?}", prompt.as_str(), moment.at)),
            None => Ok(()),
        }
    }

    fn budget(&mut self, step: usize, took: Duration, budget: u32, what: &str) -> Result<(), String> {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let budget_ms = u64::from(budget);
        self.took.push(Took { step, ms, budget_ms });
        if ms > budget_ms {
            return Err(format!("{what} after {ms} ms, more than {budget_ms} ms"));
        }
        Ok(())
    }

    /// Waits for something that has not been seen yet; gives when it happened.
    async fn see(&mut self, what: &str, wanted: impl Fn(&Happening) -> bool) -> Result<Duration, String> {
        let until = self.stage.now() + PATIENCE;
        loop {
            let new = self.stage.moments[self.seen..].iter().zip(self.seen..);
            let mut found = new.filter(|(moment, _)| wanted(&moment.what));
            if let Some((moment, at)) = found.next() {
                let when = moment.at;
                self.seen = at + 1;
                return Ok(when);
            }
            if self.stage.is_over() {
                return Err(format!("did not {what}: the call was over"));
            }
            if self.stage.now() >= until {
                return Err(format!("did not {what} within {PATIENCE:?}"));
            }
            self.stage.tick().await;
        }
    }

    /// A party begins to do something.
    fn begins(&mut self) {
        self.since = self.stage.moments.len();
        self.seen = self.since;
    }

    async fn pass(&mut self, time: Duration) {
        let until = self.stage.now() + time;
        while self.stage.now() < until && !self.stage.is_over() {
            self.stage.tick().await;
        }
    }

    async fn tick(&mut self) -> Result<(), String> {
        if self.stage.is_over() {
            return Err("the call was over".to_owned());
        }
        self.stage.tick().await;
        Ok(())
    }

    /// Lets the caller hang up. The call then ends, and nobody listens to it any more.
    async fn end(&mut self) -> Result<(), String> {
        if !self.stage.is_over() {
            self.stage.caller_hangs_up().await;
        }
        for _ in 0..END.as_millis() / FRAME.as_millis() {
            if self.stage.is_over() && self.sounds.listening() == 0 {
                return Ok(());
            }
            self.stage.tick().await;
        }
        Err(match (self.stage.is_over(), self.sounds.listening()) {
            (false, _) => "the call goes on although the caller has hung up".to_owned(),
            (true, ears) => format!("the call is over and {ears} ears still listen to it"),
        })
    }
}
