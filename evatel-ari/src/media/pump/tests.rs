//! The task of a leg on virtual time, with a transport that only remembers.

use std::{
    sync::{Mutex, atomic::AtomicBool, atomic::Ordering},
    task::{Context, Poll},
};

use evatel_voice::{frame::Frame8k, port::AudioPort};
use tokio::{task::JoinHandle, time::Instant as Virtual};

use super::*;

/// What went over the transport.
#[derive(Debug, Default)]
struct Log {
    sent: Mutex<Vec<(Virtual, i16)>>,
    asked: Mutex<Vec<String>>,
    blocked: AtomicBool,
}

struct FakeWire<const TELLS: bool> {
    log: Arc<Log>,
    to_tell: mpsc::UnboundedReceiver<Told>,
}

impl<const TELLS: bool> Wire<160> for FakeWire<TELLS> {
    const TARGET: u64 = if TELLS { 2 } else { 1 };
    const TELLS: bool = TELLS;

    fn poll(&mut self, context: &mut Context<'_>, _: &mut Ear<'_, 160>) -> Poll<Told> {
        self.to_tell
            .poll_recv(context)
            .map(|told| told.unwrap_or(Told::Closed))
    }

    fn send(&mut self, frame: &Frame8k) -> Sent {
        if self.log.blocked.load(Ordering::Relaxed) {
            return Sent::Dropped;
        }
        self.log.sent.lock().unwrap().push((Virtual::now(), frame.0[0]));
        Sent::Taken
    }

    fn command(&mut self, command: Ask<'_>) -> Sent {
        self.log.asked.lock().unwrap().push(format!("{command:?}"));
        Sent::Taken
    }

    async fn close(self) {}
}

/// A leg whose mouth says numbered frames, as many as it is asked to.
struct Leg {
    log: Arc<Log>,
    tell: mpsc::UnboundedSender<Told>,
    commands: mpsc::Sender<Command>,
    counters: Arc<Counters>,
    port: AudioPort,
    ending: JoinHandle<Ending>,
}

impl Leg {
    fn start<const TELLS: bool>() -> Self {
        let (log, counters) = (Arc::<Log>::default(), Arc::<Counters>::default());
        let (tell, to_tell) = mpsc::unbounded_channel();
        let (commands, to_do) = mpsc::channel(8);
        let (port, side) = AudioPort::pair();
        let wire = FakeWire::<TELLS> {
            log: log.clone(),
            to_tell,
        };
        let pump = Pump::new(wire, side, to_do, broadcast::channel(8).0, counters.clone());
        Self {
            log,
            tell,
            commands,
            counters,
            port,
            ending: tokio::spawn(pump.run()),
        }
    }

    /// Says frames without end, numbered from 0.
    fn talk(&self) {
        let mouth = self.port.outgoing.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let mut frame = Frame8k::SILENCE;
                frame.0[0] = number;
                if mouth.send(frame).await.is_err() {
                    return;
                }
            }
        });
    }

    /// Lets steps of 20 ms pass.
    async fn steps(&self, steps: u32) {
        tokio::time::sleep(Duration::from_millis(20) * steps).await;
    }

    fn sent(&self) -> usize {
        self.log.sent.lock().unwrap().len()
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.asked.lock().unwrap())
    }

    async fn flush(&self) -> oneshot::Receiver<Flushed> {
        // Between two steps of the leg, which takes it before the next.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let (answer, answered) = oneshot::channel();
        self.commands.send(Command::Flush(answer)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        answered
    }

    async fn mark(&self) -> oneshot::Receiver<Mark> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(Command::Mark(answer)).await.unwrap();
        answered
    }
}

#[tokio::test(start_paused = true)]
async fn one_frame_goes_each_20_ms_two_ahead_and_all_in_order() {
    let leg = Leg::start::<true>();
    leg.talk();
    leg.steps(40).await;
    let sent = leg.log.sent.lock().unwrap().clone();
    assert!((40..=42).contains(&sent.len()), "{}", sent.len());
    assert!(sent.iter().map(|(_, number)| *number).eq(0..sent.len() as i16));
    let gaps: Vec<_> = sent[2..]
        .windows(2)
        .map(|two| (two[1].0 - two[0].0).as_millis())
        .collect();
    assert!(gaps.iter().all(|gap| (19..=21).contains(gap)), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn who_asks_us_to_wait_gets_nothing_until_he_lets_us_go_on() {
    let leg = Leg::start::<true>();
    leg.talk();
    leg.steps(5).await;
    leg.tell.send(Told::XOff).unwrap();
    leg.steps(1).await;
    let before = leg.sent();
    leg.steps(20).await;
    assert_eq!(leg.sent(), before);
    leg.tell.send(Told::XOn).unwrap();
    leg.steps(5).await;
    assert!(leg.sent() > before + 3);
}

#[tokio::test(start_paused = true)]
async fn a_flush_is_answered_by_the_count_of_the_far_end() {
    let leg = Leg::start::<true>();
    leg.talk();
    leg.steps(10).await;
    let answer = leg.flush().await;
    let sent = leg.sent() as u64;
    assert_eq!(leg.asked(), ["GetStatus", "Flush"]);
    leg.tell.send(Told::Queue(3)).unwrap();
    let flushed = answer.await.unwrap();
    let expected = Flushed {
        heard: sent - 3,
        thrown: 3,
        by: Account::Asterisk,
    };
    assert_eq!(flushed, expected);
    // A second one knows of the first.
    leg.steps(10).await;
    let answer = leg.flush().await;
    let sent = leg.sent() as u64;
    leg.tell.send(Told::Queue(1)).unwrap();
    assert_eq!(answer.await.unwrap().heard, sent - 4);
    assert_eq!(leg.counters.stats().flushed, 4);
}

#[tokio::test(start_paused = true)]
async fn a_mark_waits_for_its_frame_is_asked_for_and_answered() {
    let leg = Leg::start::<true>();
    for _ in 0..3 {
        leg.port.outgoing.send(Frame8k::SILENCE).await.unwrap();
    }
    let mut answer = leg.mark().await;
    leg.steps(3).await;
    assert_eq!(leg.sent(), 3);
    assert_eq!(leg.asked(), [r#"Mark("1")"#]);
    assert!(answer.try_recv().is_err());
    leg.tell.send(Told::Mark(1)).unwrap();
    assert_eq!(answer.await.unwrap(), Mark::Heard);
}

#[tokio::test(start_paused = true)]
async fn a_flush_before_a_mark_is_told_as_such() {
    let leg = Leg::start::<true>();
    leg.port.outgoing.send(Frame8k::SILENCE).await.unwrap();
    leg.steps(2).await;
    let answer = leg.mark().await;
    let _flushed = leg.flush().await;
    leg.tell.send(Told::Queue(1)).unwrap();
    assert_eq!(answer.await.unwrap(), Mark::Flushed);
}

#[tokio::test(start_paused = true)]
async fn where_nobody_tells_a_mark_is_heard_by_the_clock() {
    let leg = Leg::start::<false>();
    for _ in 0..3 {
        leg.port.outgoing.send(Frame8k::SILENCE).await.unwrap();
    }
    let began = Virtual::now();
    assert_eq!(leg.mark().await.await.unwrap(), Mark::Heard);
    let heard = began.elapsed().as_millis();
    assert!((40..=80).contains(&heard), "{heard} ms");
    assert!(leg.asked().is_empty());
    assert_eq!(leg.flush().await.await.unwrap().by, Account::Clock);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_slipped_is_drained_by_steps_that_are_left_out() {
    let leg = Leg::start::<true>();
    leg.talk();
    leg.steps(60).await;
    leg.tell.send(Told::Queue(4)).unwrap();
    leg.steps(50).await;
    let before = leg.sent();
    leg.tell.send(Told::Queue(4)).unwrap();
    leg.steps(20).await;
    let sent = leg.sent() - before;
    assert!((17..=19).contains(&sent), "{sent} in 20 steps");
    assert_eq!(leg.counters.stats().drained, 2);
}

#[tokio::test(start_paused = true)]
async fn a_queue_beyond_its_bound_is_thrown_away() {
    let leg = Leg::start::<true>();
    leg.talk();
    leg.steps(60).await;
    leg.asked();
    leg.tell.send(Told::Queue(40)).unwrap();
    leg.steps(1).await;
    assert_eq!(leg.asked(), ["GetStatus", "Flush"]);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_answer_gets_no_more_sound_after_a_second_and_is_given_up_after_five() {
    let leg = Leg::start::<true>();
    leg.talk();
    // The question comes with the fiftieth step.
    leg.steps(110).await;
    let before = leg.sent();
    leg.steps(50).await;
    assert_eq!(leg.sent(), before);
    leg.steps(200).await;
    assert_eq!(leg.ending.await.unwrap(), Ending::Unread);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_is_dropped_and_counted_and_the_leg_given_up_after_five_seconds() {
    let leg = Leg::start::<false>();
    leg.talk();
    leg.steps(10).await;
    leg.log.blocked.store(true, Ordering::Relaxed);
    leg.steps(100).await;
    assert!((98..=101).contains(&leg.counters.stats().dropped));
    assert!(!leg.ending.is_finished());
    leg.steps(160).await;
    assert_eq!(leg.ending.await.unwrap(), Ending::Unread);
}

#[tokio::test(start_paused = true)]
async fn a_leg_ends_when_its_agent_its_call_or_its_connection_does() {
    let leg = Leg::start::<true>();
    drop(leg.port);
    assert_eq!(leg.ending.await.unwrap(), Ending::AgentGone);
    let leg = Leg::start::<true>();
    leg.commands.send(Command::End).await.unwrap();
    assert_eq!(leg.ending.await.unwrap(), Ending::Dropped);
    let leg = Leg::start::<true>();
    drop(leg.commands);
    assert_eq!(leg.ending.await.unwrap(), Ending::Dropped);
    let leg = Leg::start::<true>();
    leg.tell.send(Told::Broken("reset".into())).unwrap();
    assert_eq!(leg.ending.await.unwrap(), Ending::Broken("reset".into()));
    let leg = Leg::start::<true>();
    leg.tell.send(Told::Closed).unwrap();
    assert_eq!(leg.ending.await.unwrap(), Ending::Closed);
}
