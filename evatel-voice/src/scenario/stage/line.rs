//! A party's end of the call: his agent, what he says, and what he hears.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use evatel_core::{account::Language, flow::ActionId};
use tokio::sync::mpsc;

use super::carrier::Carrier;
use crate::{
    agent::{Agent, AgentCommand, AgentEvent, AgentHandle, Engines},
    frame::{FRAME, Frame8k},
    port::{AudioPort, LegSide},
    scenario::{
        moment::Happening,
        script::{CallerLine, PromptKey, Who},
    },
};

/// A gap of this length between two frames is a silence: the mouth prepares its next sentence in less.
const SILENCE: Duration = Duration::from_millis(100);

/// The line of one party.
#[derive(Default)]
pub(super) struct Line {
    agent: Option<OnLine>,
    /// What he says next: texts, each with its frames.
    saying: VecDeque<(String, VecDeque<Frame8k>)>,
    /// What is heard behind him, again and again, and where it stands.
    noise: Vec<i16>,
    place: usize,
    /// The first of them has begun.
    has_begun: bool,
    /// How his sound arrives.
    carrier: Carrier,
    /// Which frame of which sentence he heard last.
    before: Option<(i16, i16)>,
    /// There was a gap after it.
    paused: bool,
    /// What he hears now.
    hears: Option<i16>,
    /// For how long he has heard nothing; without end where he never did.
    silent: Option<Duration>,
    /// The last prompt of each `Say`.
    prompts: HashMap<ActionId, PromptKey>,
}

struct OnLine {
    handle: AgentHandle,
    events: mpsc::Receiver<AgentEvent>,
    leg: LegSide,
}

impl Line {
    /// The line of a party whose sound arrives so.
    pub(super) fn over(line: CallerLine) -> Self {
        Self {
            carrier: Carrier::new(line),
            ..Self::default()
        }
    }

    pub(super) fn say(&mut self, text: &str, frames: Vec<Frame8k>) {
        self.saying.push_back((text.to_owned(), frames.into()));
    }

    pub(super) fn speaks(&self) -> bool {
        !self.saying.is_empty()
    }

    pub(super) fn silent_for(&self) -> Duration {
        self.silent.unwrap_or(Duration::MAX)
    }

    /// Sends 20 ms of what the party says, and tells where something begins or ends.
    pub(super) fn speak(&mut self, who: Who) -> Option<Happening> {
        let mut told = None;
        let mut frame = Frame8k::SILENCE;
        if let Some((text, frames)) = self.saying.front_mut() {
            match frames.pop_front() {
                Some(next) => {
                    frame = next;
                    if !std::mem::replace(&mut self.has_begun, true) {
                        let text = text.clone();
                        told = Some(Happening::Says { who, text });
                    }
                }
                None => {
                    self.saying.pop_front();
                    self.has_begun = false;
                    told = Some(Happening::Said { who });
                }
            }
        }
        self.mix(&mut frame);
        for frame in self.carrier.carry(frame) {
            if let Some(online) = &self.agent {
                // An agent 1 s behind loses the frame, as in a call.
                _ = online.leg.hear(frame);
            }
        }
        told
    }

    /// Takes which frame of which sentence the party hears; says whether it follows the one before it of the same sentence at once.
    pub(super) fn is_steady(&mut self, heard: Option<(i16, i16)>) -> bool {
        let Some((number, place)) = heard else {
            self.paused = true;
            return true;
        };
        let paused = std::mem::take(&mut self.paused);
        match self.before.replace((number, place)) {
            Some((before, last)) if before == number => !paused && place == last.wrapping_add(1),
            // Another sentence, or the first: it begins at its beginning.
            _ => place == 0,
        }
    }

    pub(super) fn set_noise(&mut self, noise: Vec<i16>) {
        self.noise = noise;
    }

    fn mix(&mut self, frame: &mut Frame8k) {
        if self.noise.is_empty() {
            return;
        }
        for sample in &mut frame.0 {
            *sample = sample.saturating_add(self.noise[self.place]);
            self.place = (self.place + 1) % self.noise.len();
        }
    }

    /// Takes the 20 ms that the party hears.
    pub(super) fn play(&mut self) -> Option<Frame8k> {
        self.agent.as_mut()?.leg.play()
    }

    pub(super) fn event(&mut self) -> Option<AgentEvent> {
        self.agent.as_mut()?.events.try_recv().ok()
    }

    /// Notes what the party hears now; gives what he heard before.
    pub(super) fn hears(&mut self, number: Option<i16>) -> Option<i16> {
        match number {
            Some(number) => self.hears.replace(number),
            None => self.hears,
        }
    }

    /// Counts silence; says whether it has just become certain.
    pub(super) fn is_quiet(&mut self, silent: bool) -> bool {
        if !silent {
            self.silent = Some(Duration::ZERO);
            return false;
        }
        let Some(before) = self.silent else {
            return false;
        };
        let now = before + FRAME;
        self.silent = Some(now);
        let is_new = before < SILENCE && now >= SILENCE;
        if is_new {
            self.hears = None;
        }
        is_new
    }

    /// Remembers the last prompt of a `Say`.
    pub(super) fn will_say(&mut self, id: ActionId, last: Option<PromptKey>) {
        self.prompts.extend(last.map(|prompt| (id, prompt)));
    }

    pub(super) fn said_all(&mut self, id: ActionId) -> Option<PromptKey> {
        self.prompts.remove(&id)
    }

    pub(super) async fn command(&mut self, command: AgentCommand, engines: Engines, language: Language) {
        let online = self.agent.get_or_insert_with(|| {
            let (port, leg) = AudioPort::pair();
            let (handle, events) = Agent::start(port, engines, language);
            OnLine { handle, events, leg }
        });
        // An agent ends with its line only.
        _ = online.handle.send(command).await;
    }

    /// Tells an agent that is there something.
    pub(super) async fn tell(&self, command: AgentCommand) {
        if let Some(online) = &self.agent {
            _ = online.handle.send(command).await;
        }
    }

    /// Takes the agent off the line.
    pub(super) fn close(&mut self) {
        self.agent = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaks(heard: &[Option<(i16, i16)>]) -> Vec<usize> {
        let mut line = Line::default();
        let steady: Vec<bool> = heard.iter().map(|heard| line.is_steady(*heard)).collect();
        (0..heard.len()).filter(|&at| !steady[at]).collect()
    }

    #[test]
    fn a_sentence_is_steady_frame_after_frame_and_a_pause_may_follow_it() {
        let heard = [Some((0, 0)), Some((0, 1)), None, Some((1, 0)), Some((1, 1))];
        assert_eq!(breaks(&heard), Vec::<usize>::new());
    }

    #[test]
    fn a_gap_a_missing_frame_and_one_that_comes_twice_break_it() {
        assert_eq!(breaks(&[Some((0, 0)), None, Some((0, 1)), Some((0, 2))]), [2]);
        assert_eq!(breaks(&[Some((0, 0)), Some((0, 2))]), [1]);
        assert_eq!(breaks(&[Some((0, 0)), Some((0, 0))]), [1]);
        assert_eq!(breaks(&[Some((0, 3))]), [0]);
    }
}
