//! The calls of the demo and of the live tests: who says what, and what came of it.

mod assistant;
mod fallback;
mod outside;
pub mod pair;
mod pin;
pub mod talk;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

pub use self::{
    assistant::{Order, assistant},
    fallback::{fallback, unassigned},
    outside::{Accept, outside, outside_order},
    pin::pin,
};
use crate::{
    rtp::{Peer, Recording},
    signal,
    sipp::{Incoming, Outgoing},
    speech::Voice,
    timeline,
    world::World,
};

/// Longest wait for anything that a call should bring about.
pub const SOON: Duration = Duration::from_secs(15);
/// Longest delay of sound through the switch.
const LATE: Duration = Duration::from_secs(3);
/// A pause after which the assistant has said what it wanted to say.
pub const PAUSE: Duration = Duration::from_millis(700);

/// What came of one call, as the demo's `--json` has it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Which call.
    pub name: &'static str,
    /// The assistant's language.
    pub lang: &'static str,
    /// Who called.
    pub caller: String,
    /// Who answers for the leg that was decided.
    pub authoriser: String,
    /// The number that was called.
    pub did: String,
    /// What was understood, by any ear.
    pub heard: Vec<String>,
    /// What the assistant said.
    pub said: Vec<String>,
    /// `allow` or `deny`.
    pub decision: String,
    /// The rule that decided.
    pub rule: String,
    /// Who was called.
    pub callee: String,
    /// The two were joined.
    pub bridged: bool,
    /// The callee's signal was in the caller's audio.
    pub caller_heard_callee: bool,
    /// The caller's signal was in the callee's audio.
    pub callee_heard_caller: bool,
    /// From the 200 OK to the first speech of the assistant.
    pub first_audio_ms: Option<u64>,
    /// From the last sample of the caller's turn to the assistant's first after it.
    pub turn_ms: Option<u64>,
    /// From the first sample that interrupts to the assistant's last.
    pub barge_in_ms: Option<u64>,
    /// The call's recording.
    pub recording: Option<String>,
    /// The whole story, for people.
    #[serde(skip)]
    pub story: Value,
    /// What went over each end's line, by name, for WAVs and waveforms.
    #[serde(skip)]
    pub audio: Vec<(String, Recording)>,
}

impl Report {
    fn new(name: &'static str, lang: &'static str) -> Self {
        Self {
            name,
            lang,
            ..Self::default()
        }
    }

    /// Fills in what the call log tells.
    fn tell(&mut self, story: Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let legs = story["legs"].as_array().cloned().unwrap_or_default();
        if let Some(first) = legs.iter().find(|leg| leg["direction"] == "inbound") {
            self.caller = text(&first["from"]);
            self.did = text(&first["to"]);
            self.recording = first["recording"].as_str().map(str::to_owned);
        }
        // The last outgoing leg is the one that the call was about; a call that made none is decided by its first leg.
        if let Some(last) = legs
            .iter()
            .rfind(|leg| leg["direction"] == "outbound")
            .or(legs.first())
        {
            self.authoriser = text(&last["authoriser"]);
            self.decision = text(&last["decision"]);
            self.rule = text(&last["rule"]);
            self.callee = text(&last["to"]);
        }
        for line in story["transcript"].as_array().into_iter().flatten() {
            let said = text(&line["text"]);
            match line["who"].as_str() {
                Some("assistant") => self.said.push(said),
                Some("caller" | "callee") => self.heard.push(said),
                _ => {}
            }
        }
        self.story = story;
    }

    fn keep(&mut self, name: &str, audio: &Peer) {
        self.audio.push((format!("{name} says"), audio.sent()));
        self.audio.push((format!("{name} hears"), audio.recording()));
    }
}

/// Lets both ends of a joined call send a signal of their own and says what was heard: (by the caller, by the callee).
pub async fn both_hear(caller: &Peer, callee: &Peer) -> Result<(bool, bool)> {
    let began = std::time::Instant::now();
    let (mine, his) = (signal::burst(1), signal::burst(2));
    let (sent, also_sent) = tokio::join!(caller.speak(&mine), callee.speak(&his));
    // A busy switch is late; what has not come after a while never comes.
    let until = sent?.last_at.max(also_sent?.last_at) + LATE;
    loop {
        let (at_caller, at_callee) = (caller.recording(), callee.recording());
        let heard = (
            signal::heard(&his, at_caller.since(began)),
            signal::heard(&mine, at_callee.since(began)),
        );
        if heard == (true, true) || std::time::Instant::now() > until {
            return Ok(heard);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits for the assistant's next words after `after`, and until they are said. Gives when they began.
async fn listen(audio: &Peer, after: std::time::Instant) -> Result<std::time::Instant> {
    let began = audio.wait_for_speech(after, SOON).await?;
    audio
        .wait_for_quiet(began, PAUSE, Duration::from_secs(40))
        .await?;
    Ok(began)
}

/// Says something once the assistant has finished; gives how long the assistant then took to speak, in ms.
async fn answer(audio: &Peer, voice: &Voice, words: &str) -> Result<u64> {
    let sent = audio.speak(&voice.say(words).await?).await?;
    audio
        .wait_for_speech(sent.last_at, SOON)
        .await
        .with_context(|| format!("after `{words}`"))?;
    timeline::turn_ms(sent, &audio.recording()).context("the assistant was not heard")
}

/// Joins the ends of a call: waits for the log to say so, lets them hear each other, and lets the caller hang up.
async fn joined(world: &World, report: &mut Report, call: &Outgoing, rung: &Incoming) -> Result<()> {
    let id = world.line("bridged", SOON).await?;
    report.bridged = true;
    (report.caller_heard_callee, report.callee_heard_caller) = both_hear(&call.audio, &rung.audio).await?;
    call.hang_up()?;
    rung.ended(SOON)
        .await
        .context("the callee was not hung up with the caller")?;
    report.keep("caller", &call.audio);
    report.keep("callee", &rung.audio);
    report.tell(world.ended(&id, SOON).await?);
    Ok(())
}

/// The voices of people, never heard in training.
pub fn voice(lang: &str) -> Voice {
    Voice::new(if lang == "fr" { "fr+m3" } else { "en-us+m3" })
}

/// Refuses a report that is not what a joined call must be.
pub fn check_joined(report: &Report) -> Result<()> {
    ensure!(
        report.bridged,
        "call {} was not joined: {:#}",
        report.name,
        report.story
    );
    ensure!(
        report.caller_heard_callee,
        "call {}: the caller did not hear the callee",
        report.name
    );
    ensure!(
        report.callee_heard_caller,
        "call {}: the callee did not hear the caller",
        report.name
    );
    ensure!(
        report.decision == "allow",
        "call {} was decided `{}`",
        report.name,
        report.decision
    );
    Ok(())
}
