//! How long the stages of an answer take, for whoever installed a recorder of the crate `metrics`: histograms in seconds,
//! `evatel_answer_seconds` by `stage`, and the whole from the caller's last word to the first sound given to the leg. Turns are counted by
//! what ended them: `evatel_turns_total` by `end`.

use std::time::Duration;

use metrics::{counter, histogram};
use tokio::time::Instant;

use crate::endpoint::Utterance;

/// Follows one answer on its way.
#[derive(Debug, Default)]
pub(super) struct Stages {
    answer: Option<Answer>,
}

#[derive(Debug)]
struct Answer {
    /// When the caller said his last word.
    asked: Instant,
    reached: Instant,
    next: Stage,
    /// How long the stages took that are over: endpointing, recognition, understanding, decision.
    took: [Duration; 4],
}

/// How long the stages of an answer took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Took {
    pub(super) endpointing: Duration,
    pub(super) recognition: Duration,
    pub(super) understanding: Duration,
    pub(super) decision: Duration,
    pub(super) voice: Duration,
    pub(super) whole: Duration,
}

/// The stages after recognition, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The brain makes an intent of what was heard.
    Understanding,
    /// The call decides what is said to it.
    Decision,
    /// The voice speaks its first frame.
    Voice,
}

impl Stages {
    /// A turn that was over at `over` is recognised now.
    pub(super) fn recognised(&mut self, over: Instant, turn: Utterance) {
        let now = Instant::now();
        let pause = turn.pause;
        counter!("evatel_turns_total", "end" => turn.end.word()).increment(1);
        record("endpointing", pause);
        record("recognition", now - over);
        self.answer = Some(Answer {
            asked: over - pause,
            reached: now,
            next: Stage::Understanding,
            took: [pause, now - over, Duration::ZERO, Duration::ZERO],
        });
    }

    /// A stage is over, if it is the next one of an answer; gives all of them with the last.
    pub(super) fn reach(&mut self, stage: Stage) -> Option<Took> {
        let answer = self.answer.as_mut().filter(|answer| answer.next == stage)?;
        let now = Instant::now();
        if now - answer.reached > LONGEST {
            self.answer = None;
            return None;
        }
        let took = now - std::mem::replace(&mut answer.reached, now);
        match stage {
            Stage::Understanding => {
                record("understanding", took);
                answer.took[2] = took;
                answer.next = Stage::Decision;
            }
            Stage::Decision => {
                record("decision", took);
                answer.took[3] = took;
                answer.next = Stage::Voice;
            }
            Stage::Voice => {
                let whole = now - answer.asked;
                record("voice", took);
                record("whole", whole);
                let [endpointing, recognition, understanding, decision] = answer.took;
                self.answer = None;
                return Some(Took {
                    endpointing,
                    recognition,
                    understanding,
                    decision,
                    voice: took,
                    whole,
                });
            }
        }
        None
    }

    /// The mouth fell silent for the caller, who began to speak so much before.
    pub(super) fn fell_silent(after: Duration) {
        histogram!("evatel_interruption_seconds").record(after);
    }

    /// What is said next is no answer.
    pub(super) fn forget(&mut self) {
        self.answer = None;
    }
}

fn record(stage: &'static str, took: Duration) {
    histogram!("evatel_answer_seconds", "stage" => stage).record(took);
}

/// What is said later than this is no answer, but what a call came to by itself: somebody did not pick up.
const LONGEST: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};

    use super::*;
    use crate::endpoint::EndOfTurn;

    fn turn(pause_ms: u64) -> Utterance {
        Utterance {
            from: Duration::ZERO,
            to: Duration::from_secs(2),
            pause: Duration::from_millis(pause_ms),
            end: EndOfTurn::Pause,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_stage_and_the_whole_are_timed_and_what_comes_much_later_is_no_answer() {
        let recorder = DebuggingRecorder::new();
        let seen = recorder.snapshotter();
        let _ours = metrics::set_default_local_recorder(&recorder);
        let pass = |ms| tokio::time::advance(Duration::from_millis(ms));
        let mut stages = Stages::default();

        let over = Instant::now();
        pass(8).await;
        stages.recognised(over, turn(600));
        pass(4).await;
        stages.reach(Stage::Understanding);
        // Frames of something else.
        stages.reach(Stage::Voice);
        pass(16).await;
        stages.reach(Stage::Decision);
        pass(32).await;
        let ms = Duration::from_millis;
        let took = Took {
            endpointing: ms(600),
            recognition: ms(8),
            understanding: ms(4),
            decision: ms(16),
            voice: ms(32),
            whole: ms(660),
        };
        assert_eq!(stages.reach(Stage::Voice), Some(took));
        assert_eq!(stages.reach(Stage::Voice), None);

        stages.recognised(Instant::now(), turn(0));
        stages.reach(Stage::Understanding);
        pass(10_001).await;
        stages.reach(Stage::Decision);
        stages.reach(Stage::Voice);

        let mut timed: Vec<(String, Vec<f64>)> = seen
            .snapshot()
            .into_vec()
            .into_iter()
            .filter(|(key, _, _, _)| key.key().name() == "evatel_answer_seconds")
            .map(|(key, _, _, value)| {
                let stage = key.key().labels().next().unwrap().value().to_owned();
                let DebugValue::Histogram(values) = value else {
                    panic!("{stage} is no histogram");
                };
                (
                    stage,
                    values.into_iter().map(|value| value.into_inner()).collect(),
                )
            })
            .collect();
        timed.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [
            ("decision", vec![0.016]),
            ("endpointing", vec![0.6, 0.0]),
            ("recognition", vec![0.008, 0.0]),
            ("understanding", vec![0.004, 0.0]),
            ("voice", vec![0.032]),
            ("whole", vec![0.66]),
        ];
        assert_eq!(timed, expected.map(|(stage, values)| (stage.to_owned(), values)));
    }
}
