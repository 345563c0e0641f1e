//! The task of a leg: it owns the transport, hears at once and speaks by the clock.
//!
//! A step of it allocates nothing, takes no lock of ours and logs nothing. It knows no ARI: what ends the leg comes as a command.

use std::{
    borrow::Cow,
    collections::VecDeque,
    fmt,
    future::poll_fn,
    ops::ControlFlow::{self, Break, Continue},
    sync::Arc,
    time::{Duration, Instant},
};

use evatel_voice::port::LegSide;
use tokio::sync::{broadcast, mpsc, oneshot};

use super::{
    marks::{Mark, Marks},
    pacer::{Correction, Pacer},
    stats::Counters,
    websocket::control::Command as Ask,
    wire::{Ear, Sent, Told, Wire},
};

/// How often the far end is asked for the length of its queue, in steps of 20 ms: each second.
const ASK_EVERY: u32 = 50;
/// How long it may owe the answer before nothing more is sent: it does not read.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long it may read nothing before the leg is given up.
pub(super) const UNREAD: Duration = Duration::from_secs(5);
/// How many answers may be owed: one a second, and one a flush.
const OWED: usize = 16;

/// What the handle of a leg, or whoever watches over its call, wants done.
#[derive(Debug)]
pub(super) enum Command {
    /// The call is over.
    End,
    /// Throws away what was not heard.
    Flush(oneshot::Sender<Flushed>),
    /// Says when all that was said so far is heard.
    Mark(oneshot::Sender<Mark>),
}

/// What a flush left unheard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flushed {
    /// Frames that the party has heard since the leg opened.
    pub heard: u64,
    /// Frames that were sent and that it will not hear.
    pub thrown: u64,
    /// Who says so.
    pub by: Account,
}

/// Who says what the party has heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Asterisk counted the frames in its queue.
    Asterisk,
    /// It follows from the clock: a frame counts as heard 20 ms after it was sent. What was sent cannot be taken back.
    Clock,
}

/// Why a leg ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    AgentGone,
    Broken(Cow<'static, str>),
    Closed,
    Dropped,
    Unread,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AgentGone => f.write_str("the agent is gone"),
            Self::Broken(reason) => write!(f, "the connection broke: {reason}"),
            Self::Closed => f.write_str("Asterisk closed the connection"),
            Self::Dropped => f.write_str("its call ended, or its handle was dropped"),
            Self::Unread => write!(f, "Asterisk has read nothing for {} s", UNREAD.as_secs()),
        }
    }
}

/// Moves frames between one transport and one agent.
pub(super) struct Pump<W, const N: usize> {
    wire: W,
    side: LegSide<N>,
    commands: mpsc::Receiver<Command>,
    digits: broadcast::Sender<char>,
    counters: Arc<Counters>,
    pacer: Pacer,
    marks: Marks<oneshot::Sender<Mark>>,
    /// What the far end was asked and has not answered, in order.
    owed: VecDeque<(Instant, Question)>,
    /// Steps until it is asked again.
    ask_in: u32,
    /// It asked us to wait.
    held: bool,
    /// Since when nothing could be written.
    stuck: Option<Instant>,
}

/// Why the far end was asked for its queue.
enum Question {
    Flush(Flush),
    Slips,
}

struct Flush {
    answer: Option<oneshot::Sender<Flushed>>,
    /// Frames sent before it.
    sent: u64,
    /// Frames unheard by the clock.
    reckoned: u64,
}

impl<W: Wire<N>, const N: usize> Pump<W, N> {
    pub(super) fn new(
        wire: W,
        side: LegSide<N>,
        commands: mpsc::Receiver<Command>,
        digits: broadcast::Sender<char>,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            wire,
            side,
            commands,
            digits,
            counters,
            pacer: Pacer::new(W::TARGET, tokio::time::Instant::now().into_std()),
            marks: Marks::default(),
            owed: VecDeque::with_capacity(OWED),
            ask_in: ASK_EVERY,
            held: false,
            stuck: None,
        }
    }

    /// Runs until the call, the handle, the agent or the connection ends.
    pub(super) async fn run(mut self) -> Ending {
        let alarm = tokio::time::sleep_until(self.pacer.due().into());
        tokio::pin!(alarm);
        let ending = loop {
            let went = tokio::select! {
                biased;
                command = self.commands.recv() => self.obey(command),
                () = alarm.as_mut() => {
                    let went = self.step(tokio::time::Instant::now().into_std());
                    alarm.as_mut().reset(self.pacer.due().into());
                    went
                }
                told = Self::told(&mut self.wire, &self.side, &self.counters) => self.take(told),
            };
            if let Break(ending) = went {
                break ending;
            }
        };
        self.wire.close().await;
        ending
    }

    async fn told(wire: &mut W, side: &LegSide<N>, counters: &Counters) -> Told {
        poll_fn(|context| wire.poll(context, &mut Ear { side, counters })).await
    }

    fn obey(&mut self, command: Option<Command>) -> ControlFlow<Ending> {
        match command {
            None | Some(Command::End) => Break(Ending::Dropped),
            Some(Command::Flush(answer)) => self.flush(Some(answer)),
            Some(Command::Mark(answer)) => {
                let after = self.counters.sent.get() + self.side.outgoing.len() as u64;
                if let Err(answer) = self.marks.put(after, answer) {
                    answered(answer, Mark::Gone);
                }
                self.ask_marks()
            }
        }
    }

    /// Takes a step of 20 ms.
    fn step(&mut self, now: Instant) -> ControlFlow<Ending> {
        let step = self.pacer.step(now);
        if step.slipped > 0 {
            self.counters.slipped.add(step.slipped);
        }
        let mut ear = Ear {
            side: &self.side,
            counters: &self.counters,
        };
        self.wire.step(step.slipped, &mut ear);
        if self.side.incoming.is_closed() {
            return Break(Ending::AgentGone);
        }
        let unanswered = self
            .owed
            .front()
            .map_or(Duration::ZERO, |(asked, _)| now.saturating_duration_since(*asked));
        let stuck = self
            .stuck
            .map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        if unanswered.max(stuck) >= UNREAD {
            return Break(Ending::Unread);
        }
        if !self.held && unanswered < PATIENCE {
            self.speak(step.room, now)?;
        }
        self.side.unheard.set(self.pacer.ahead());
        if !W::TELLS {
            let heard = self.counters.sent.get().saturating_sub(self.pacer.ahead());
            self.marks
                .heard(heard)
                .for_each(|answer| answered(answer, Mark::Heard));
        }
        Continue(())
    }

    /// Sends what there is to say, `room` frames at most.
    fn speak(&mut self, room: u64, now: Instant) -> ControlFlow<Ending> {
        for _ in 0..room {
            let Some(frame) = self.side.play() else { break };
            match self.wire.send(&frame) {
                Sent::Taken => {
                    self.stuck = None;
                    self.pacer.sent();
                    self.counters.sent.add(1);
                }
                Sent::Dropped => {
                    self.stuck.get_or_insert(now);
                    self.counters.dropped.add(1);
                }
                Sent::Broken(reason) => return Break(Ending::Broken(reason)),
            }
        }
        self.ask_marks()?;
        self.ask_in = self.ask_in.saturating_sub(1);
        if W::TELLS && self.ask_in == 0 && self.pacer.is_flowing() && self.owed.len() < OWED {
            self.ask_in = ASK_EVERY;
            self.owed.push_back((now, Question::Slips));
            return self.ask(Ask::GetStatus);
        }
        Continue(())
    }

    /// Tells the far end of the marks whose place was just sent.
    fn ask_marks(&mut self) -> ControlFlow<Ending> {
        while W::TELLS
            && let Some(id) = self.marks.unasked(self.counters.sent.get())
        {
            self.ask(Ask::Mark(&id.to_string()))?;
        }
        Continue(())
    }

    fn ask(&mut self, what: Ask<'_>) -> ControlFlow<Ending> {
        match self.wire.command(what) {
            Sent::Taken => Continue(()),
            Sent::Dropped => Break(Ending::Unread),
            Sent::Broken(reason) => Break(Ending::Broken(reason)),
        }
    }

    fn flush(&mut self, answer: Option<oneshot::Sender<Flushed>>) -> ControlFlow<Ending> {
        let flush = Flush {
            answer,
            sent: self.counters.sent.get(),
            reckoned: self.pacer.ahead(),
        };
        if !W::TELLS {
            // Nothing can be taken back: it is heard.
            flush.answered(0, self.counters.flushed.get(), Account::Clock);
            return Continue(());
        }
        self.pacer.flushed();
        self.side.unheard.set(0);
        self.counters.flushed.add(flush.reckoned);
        // The last owed is the oldest: it was long enough.
        if self.owed.len() == OWED {
            return Break(Ending::Unread);
        }
        self.owed
            .push_back((tokio::time::Instant::now().into_std(), Question::Flush(flush)));
        self.ask(Ask::GetStatus)?;
        self.ask(Ask::Flush)
    }

    /// Takes what the far end told.
    fn take(&mut self, told: Told) -> ControlFlow<Ending> {
        match told {
            Told::Broken(reason) => return Break(Ending::Broken(reason)),
            Told::Closed => return Break(Ending::Closed),
            // Nobody may follow the digits: that is no error.
            Told::Digit(digit) => drop(self.digits.send(digit)),
            Told::Failed(reason) => tracing::warn!("Asterisk complains about a medium: {reason}"),
            Told::Mark(id) => self
                .marks
                .processed(id)
                .for_each(|answer| answered(answer, Mark::Heard)),
            Told::Queue(length) => return self.told_queue(length),
            Told::XOff => self.held = true,
            Told::XOn => self.held = false,
        }
        Continue(())
    }

    fn told_queue(&mut self, length: u64) -> ControlFlow<Ending> {
        match self.owed.pop_front() {
            Some((_, Question::Flush(flush))) => {
                self.counters.flushed.take_back(flush.reckoned);
                let before = self.counters.flushed.get();
                self.counters.flushed.add(length);
                self.marks
                    .flushed()
                    .for_each(|answer| answered(answer, Mark::Flushed));
                flush.answered(length, before, Account::Asterisk);
                Continue(())
            }
            Some((_, Question::Slips)) => match self.pacer.told(length) {
                Correction::Drain(frames) => {
                    self.counters.drained.add(frames);
                    Continue(())
                }
                Correction::Flush => {
                    self.counters.overrun.add(length);
                    self.flush(None)
                }
                Correction::None | Correction::Refill(_) => Continue(()),
            },
            None => Continue(()),
        }
    }
}

impl Flush {
    fn answered(self, thrown: u64, thrown_before: u64, by: Account) {
        let heard = self.sent.saturating_sub(thrown_before + thrown);
        if let Some(answer) = self.answer {
            answered(answer, Flushed { heard, thrown, by });
        }
    }
}

/// Answers; who asked may have given up.
fn answered<A>(to: oneshot::Sender<A>, answer: A) {
    drop(to.send(answer));
}

#[cfg(test)]
mod tests;
