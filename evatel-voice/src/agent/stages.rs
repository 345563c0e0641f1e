//! How long the stages of an answer take, for whoever installed a recorder of the crate `metrics`: histograms in seconds,
//! `evatel_answer_seconds` by `stage`, and the whole from the caller's last word to the first sound given to the leg. Turns are counted by
//! what ended them: `evatel_turns_total` by `end`.
//!
//! For whoever installed a subscriber of the crate `tracing` each turn is a span `turn`, at `debug`, from its recognition to the first sound of
//! its answer, and each stage a span in it: `understanding`, `decision`, `voice`. What came before is told in the fields of `turn`.

use std::time::Duration;

use metrics::{counter, histogram};
use tokio::time::Instant;
use tracing::{Span, debug_span};

use crate::{endpoint::Utterance, witness::ms};

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
    turn: Span,
    stage: Span,
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
        let span = debug_span!(
            "turn",
            end = turn.end.word(),
            endpointing_ms = ms(pause),
            recognition_ms = ms(now - over)
        );
        self.answer = Some(Answer {
            asked: over - pause,
            reached: now,
            next: Stage::Understanding,
            took: [pause, now - over, Duration::ZERO, Duration::ZERO],
            stage: debug_span!(parent: &span, "understanding"),
            turn: span,
        });
    }

    /// The span of the stage in which an answer is now.
    pub(super) fn span(&self) -> Span {
        let stage = self.answer.as_ref().map(|answer| answer.stage.clone());
        stage.unwrap_or_else(Span::current)
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
                answer.stage = debug_span!(parent: &answer.turn, "decision");
            }
            Stage::Decision => {
                record("decision", took);
                answer.took[3] = took;
                answer.next = Stage::Voice;
                answer.stage = debug_span!(parent: &answer.turn, "voice");
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
    use tracing::{Id, span::Attributes};
    use tracing_subscriber::{
        Layer,
        layer::{Context, SubscriberExt},
        registry::LookupSpan,
    };

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

    /// Writes down which span lies in which, and what is in its fields, as they begin.
    #[derive(Default)]
    struct Spans(std::sync::Mutex<Vec<String>>);

    impl<S> Layer<S> for &'static Spans
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
            let span = context.span(id).unwrap();
            let within = span.parent().map_or("", |parent| parent.name());
            let fields = attributes.values().to_string();
            let line = format!("{within}/{}{fields}", span.name());
            self.0.lock().unwrap().push(line);
        }

        fn on_close(&self, id: Id, context: Context<'_, S>) {
            let name = context.span(&id).unwrap().name();
            self.0.lock().unwrap().push(format!("{name} ends"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_is_a_span_and_its_stages_are_spans_in_it() {
        let spans: &'static Spans = Box::leak(Box::default());
        let _ours = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans));
        let mut stages = Stages::default();
        stages.recognised(Instant::now(), turn(600));
        for stage in [Stage::Understanding, Stage::Decision, Stage::Voice] {
            stages.reach(stage);
        }
        let spans = spans.0.lock().unwrap();
        assert_eq!(
            *spans,
            [
                "/turn{end: \"pause\", endpointing_ms: 600, recognition_ms: 0}",
                "turn/understanding{}",
                "turn/decision{}",
                "understanding ends",
                "turn/voice{}",
                "decision ends",
                "voice ends",
                "turn ends",
            ]
        );
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
