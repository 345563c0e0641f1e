//! One call over the wire: who speaks and hears at which port, who is rung, and what the daemon tells of it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use evatel_core::{account::Language, calls::HangupCause};
use evatel_voice::{
    catalogue::Catalogue,
    scenario::{Deed, Happening, Moment, PromptKey, Scenario, Who},
    synth::{Synthesizer, sentences},
};
use jiff::SignedDuration;

use super::{
    house::House,
    listener::{Heard, Listener},
    log::{Tail, Told},
};
use crate::{
    calls::SOON,
    rtp::Peer,
    sipp::{Behaviour, Incoming, Outgoing},
    world::{Clock, World},
};

/// How often it is looked what happened.
const LOOK: Duration = Duration::from_millis(30);
/// A sound that begins is found to 40 ms.
const GAP: Duration = Duration::from_millis(40);
/// What SIPp tells where a call is over.
const ENDS: [&str; 4] = ["byed", "left", "refused", "cancelled"];

/// A call of a scenario.
pub(super) struct Line<'a> {
    world: &'a World,
    house: &'a House,
    language: Language,
    /// The daemon's own voice.
    voice: Arc<dyn Synthesizer>,
    one_moment: String,
    call: Outgoing,
    began: Instant,
    caller: Listener,
    callee: Option<Listener>,
    tail: Tail,
    /// Who was rung last, and whether he has answered.
    rung: Option<(Incoming, bool)>,
    /// What the caller said, as it may be heard again.
    said: Vec<(String, Vec<i16>)>,
    over: bool,
    pub(super) moments: Vec<Moment>,
}

impl<'a> Line<'a> {
    /// Calls: the owner from his telephone, a stranger from outside.
    pub(super) async fn open(
        scenario: &Scenario,
        house: &'a House,
        world: &'a World,
        voice: Arc<dyn Synthesizer>,
    ) -> Result<Self> {
        let ahead = world.cli().clock().map_or(SignedDuration::ZERO, Clock::ahead);
        let tail = Tail::new(world.daemon.log_file(), ahead)?;
        let began = Instant::now();
        let call = match scenario.caller {
            evatel_voice::scenario::Caller::Owner => world.phone.call("*55").await?,
            evatel_voice::scenario::Caller::Stranger => {
                world.carrier.call("5145550199", "4385550177").await?
            }
        };
        Ok(Self {
            world,
            house,
            language: scenario.language,
            voice,
            one_moment: Catalogue::new().one_moment(scenario.language),
            caller: Listener::new(call.audio.clone(), scenario.language),
            callee: None,
            call,
            began,
            tail,
            rung: None,
            said: Vec::new(),
            over: false,
            moments: Vec::new(),
        })
    }

    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn since_began(&self, at: Instant) -> Duration {
        at.saturating_duration_since(self.began)
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Gives a party's audio.
    pub(super) fn peer(&self, who: Who) -> Result<Peer, String> {
        match (who, &self.callee) {
            (Who::Caller, _) => Ok(self.caller.peer().clone()),
            (Who::Callee, Some(callee)) => Ok(callee.peer().clone()),
            (Who::Callee, None) => Err("nobody was rung".to_owned()),
        }
    }

    /// Gives the name under which whoever a step names, by name or number, is noted when he is rung.
    pub(super) fn known_as(&self, whom: &str) -> String {
        match whom.chars().all(|c| c.is_ascii_digit() || c == '+') {
            true => self.house.name_of(whom),
            false => whom.to_owned(),
        }
    }

    /// Remembers what the caller said.
    pub(super) fn remember(&mut self, text: &str, samples: &[i16]) {
        self.said.push((text.to_owned(), samples.to_vec()));
    }

    /// Expects what the caller said to be heard by the callee, or by himself where nobody was rung.
    pub(super) fn expect_recorded(&mut self, text: &str) -> Result<(), String> {
        let said = self.said.iter().rev().find(|(said, _)| said == text);
        let (_, samples) = said.ok_or("the caller did not say that")?;
        let listener = self.callee.as_mut().unwrap_or(&mut self.caller);
        listener.expect_recorded(text, samples);
        Ok(())
    }

    /// Expects the caller to hear that somebody is rung.
    pub(super) fn expect_ringing(&mut self) {
        self.caller.expect_ringing();
    }

    /// Says when the caller last heard something, a little before this.
    pub(super) fn last_sound_before(&self, at: Duration) -> Option<Duration> {
        let at = self.began + at.saturating_sub(GAP);
        let last = self.caller.peer().last_speech_before(at);
        last.map(|last| self.since_began(last))
    }

    pub(super) fn note(&mut self, at: Instant, what: Happening) {
        let at = self.since_began(at);
        self.moments.push(Moment { at, what });
    }

    /// Lets a moment pass and notes what happened in it.
    pub(super) async fn pass(&mut self) -> Result<()> {
        let world = self.world;
        let long = Duration::from_secs(3600);
        let rung = tokio::select! {
            () = tokio::time::sleep(LOOK) => None,
            rung = world.carrier.rung(long) => Some(rung?),
            rung = world.phone.rung(long) => Some(rung?),
        };
        if let Some(rung) = rung {
            let whom = match rung.audio.address().ip() {
                crate::ports::PHONE_IP => House::owner().to_owned(),
                _ => self.house.name_of(rung.number()),
            };
            self.note(rung.at, Happening::Rings { whom });
            self.callee = Some(Listener::new(rung.audio.clone(), self.language));
            self.rung = Some((rung, false));
        }
        for (at, told) in self.tail.more()? {
            self.told(at, told).await?;
        }
        let listeners = [
            (Who::Caller, Some(&mut self.caller)),
            (Who::Callee, self.callee.as_mut()),
        ];
        let mut heard = Vec::new();
        for (who, listener) in listeners {
            let Some(listener) = listener else { continue };
            heard.extend(listener.look().into_iter().map(|(at, heard)| (at, who, heard)));
        }
        for (at, who, heard) in heard {
            let what = match heard {
                Heard::Begins { prompt, text } => Happening::Hears { who, prompt, text },
                Heard::All { prompt } => Happening::HeardAll { who, prompt },
                Heard::Ringing => Happening::HearsRinging { after_ms: 0 },
                Heard::Recorded { text } => Happening::HearsRecorded { who, text },
            };
            self.note(at, what);
        }
        let end = self.call.notices();
        let end = end.iter().find(|notice| ENDS.contains(&notice.event.as_str()));
        if let Some(end) = end
            && !std::mem::replace(&mut self.over, true)
        {
            let cause = match end.event.as_str() {
                "refused" => HangupCause::Rejected,
                _ => HangupCause::Normal,
            };
            self.note(end.at, Happening::Ends { cause });
        }
        Ok(())
    }

    async fn told(&mut self, at: Instant, told: Told) -> Result<()> {
        match told {
            Told::Says { to, prompts } => {
                let voice = self.voice.clone();
                let Some(listener) = self.listener(party(&to)) else {
                    return Ok(());
                };
                for (key, text) in prompts {
                    match key.as_str() {
                        "" => {}
                        // Each may be waited for by itself.
                        "dialogue" => {
                            for sentence in sentences(&text) {
                                let prompt = PromptKey::DIALOGUE;
                                listener.expect(at, prompt, &sentence, &voice).await?;
                            }
                        }
                        _ => {
                            let prompt = PromptKey::try_from(key).map_err(anyhow::Error::msg)?;
                            listener.expect(at, prompt, &text, &voice).await?;
                        }
                    }
                }
            }
            Told::SpeaksSlower { to } => {
                let who = party(&to);
                if let Some(listener) = self.listener(who) {
                    listener.slow_down();
                }
                self.note(at, Happening::Slower { who });
            }
            Told::Story { who, text } => match self.happening(&who, &text)? {
                Some(what) => self.note(at, what),
                None if who == "assistant" => {}
                None => self.note(at, Happening::Told { by: who, text }),
            },
        }
        Ok(())
    }

    fn listener(&mut self, who: Who) -> Option<&mut Listener> {
        match who {
            Who::Caller => Some(&mut self.caller),
            Who::Callee => self.callee.as_mut(),
        }
    }

    /// Makes of a line of the story what a step may wait for.
    fn happening(&self, who: &str, text: &str) -> Result<Option<Happening>> {
        if who == "note" {
            let text = text.to_owned();
            return Ok(Some(Happening::Notes { text }));
        }
        if who == "assistant" {
            let filled = text.strip_prefix("to ").and_then(|rest| rest.split_once(": "));
            return Ok(filled
                .filter(|(_, said)| *said == self.one_moment)
                .map(|(to, _)| Happening::Fills { who: party(to) }));
        }
        if who != "system" {
            return Ok(None);
        }
        if text == "bridged" {
            return Ok(Some(Happening::Joined));
        }
        if let Some((_, rule)) = text
            .strip_prefix("deny ")
            .and_then(|rest| rest.rsplit_once("by "))
        {
            let rule = rule.to_owned();
            return Ok(Some(Happening::Refused { rule }));
        }
        if let Some(word) = text.strip_suffix(" is heard and does not interrupt") {
            return Ok(Some(Happening::GoesOn { who: party(word) }));
        }
        let kept = text.strip_prefix("message kept in `");
        if let Some(path) = kept.and_then(|rest| rest.strip_suffix('`')) {
            let path = self.world.dir().join(path);
            let reader = hound::WavReader::open(&path).with_context(|| format!("`{}`", path.display()))?;
            let ms = u64::from(reader.duration()) * 1000 / u64::from(reader.spec().sample_rate);
            return Ok(Some(Happening::Keeps { ms }));
        }
        Ok(None)
    }

    /// Lets whoever was rung last do something.
    pub(super) async fn callee_does(&mut self, deed: Deed) -> Result<(), String> {
        let nobody = "nobody is rung who could do that";
        let (incoming, answered) = self.rung.as_mut().ok_or(nobody)?;
        let failed = |error: anyhow::Error| format!("{error:#}");
        match (deed, *answered) {
            (Deed::Answers, false) => {
                incoming.answer().map_err(failed)?;
                let at = incoming.answered(SOON).await.map_err(failed)?;
                *answered = true;
                self.note(at, Happening::Answers);
            }
            (Deed::HangsUp, true) => incoming.hang_up().map_err(failed)?,
            (Deed::IsBusy, false) => incoming.behave(Behaviour::Busy).await.map_err(failed)?,
            (Deed::Declines, false) => incoming.behave(Behaviour::Decline).await.map_err(failed)?,
            (Deed::IsUnreachable, false) => incoming.behave(Behaviour::Unknown).await.map_err(failed)?,
            _ => return Err(nobody.to_owned()),
        }
        Ok(())
    }

    /// Lets the caller hang up.
    pub(super) fn hang_up(&self) -> Result<()> {
        self.call.hang_up()
    }

    /// Waits until the switch has nothing left of the call.
    pub(super) async fn is_gone(&self, within: Duration) -> bool {
        self.world.nothing_is_up(within).await.is_ok()
    }
}

/// Reads the word by which the daemon calls a party.
fn party(word: &str) -> Who {
    match word {
        "caller" => Who::Caller,
        _ => Who::Callee,
    }
}
