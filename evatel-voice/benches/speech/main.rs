//! `cargo xtask bench speech [--json] [--seed N]`: how well and how fast the ear understands voices that its model never
//! heard.
//!
//! The 12 held-out variants of espeak-ng say commands, contacts (half of them with names from no training sentence) and
//! things that must not be understood, in French and English, on a clean telephone line and with noise 20 dB below the
//! voice. Each utterance goes through the ear of a call: voice activity, end of turn, a worker process, the grammar.
//! What went wrong is listed on standard error, with distance and margin. All figures are of the dev profile; the
//! recogniser is native code.

mod corpus;
mod ear;
mod report;

use std::{
    hint::black_box,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use evatel_core::{account::Language, flow::Expect, intent::Intent};
use evatel_voice::{frame::Clip, worker::run_if_worker};
use tokio::task::JoinSet;

use self::{
    corpus::{Corpus, Kind, Random, Utterance},
    ear::{Ear, Line},
    report::{Figure, Goal, percentile},
};

fn main() -> Result<()> {
    run_if_worker();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    // `cargo bench` gives this argument, `cargo test --all-targets` does not.
    if !has("--bench") {
        return Ok(());
    }
    let seed = arguments
        .iter()
        .skip_while(|argument| *argument != "--seed")
        .nth(1);
    let seed = seed
        .map_or(Ok(SEED), |seed| seed.parse())
        .context("`--seed` takes a number")?;
    let figures = tokio::runtime::Runtime::new()?.block_on(measure(seed))?;
    if has("--json") {
        report::print_json(&figures);
    } else {
        report::print_table(&figures);
    }
    Ok(())
}

const SEED: u64 = 7;

async fn measure(seed: u64) -> Result<Vec<Figure>> {
    let began = Instant::now();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/phones");
    let corpus = Corpus::draw(&models, &mut Random(seed))?;
    let ear = Arc::new(Ear::open(&models, &corpus).await?);
    let outcomes = hear_all(&ear, &corpus.utterances, seed).await?;
    let mut figures = accuracy(&outcomes);
    figures.extend(speed(&ear, &corpus, &outcomes).await?);
    eprintln!(
        "{} utterances, each on 2 lines, seed {seed}, {:.0} s",
        corpus.utterances.len(),
        began.elapsed().as_secs_f64()
    );
    Ok(figures)
}

/// What was made of one utterance on one line.
struct Outcome {
    said: Utterance,
    sound: Clip,
    line: Line,
    intent: Intent,
}

impl Outcome {
    fn is_right(&self) -> bool {
        self.intent == self.said.meant
    }

    /// Something else was understood: worse than nothing.
    fn is_wrong(&self) -> bool {
        !self.is_right() && self.intent != Intent::NotUnderstood
    }
}

/// Hears all utterances, one lane for each worker.
async fn hear_all(ear: &Arc<Ear>, utterances: &[Utterance], seed: u64) -> Result<Vec<Outcome>> {
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        let ear = ear.clone();
        let mine: Vec<Utterance> = utterances.iter().skip(lane).step_by(LANES).cloned().collect();
        lanes.spawn(async move {
            let mut outcomes = Vec::new();
            for (said, number) in mine.into_iter().zip(0_u64..) {
                let voice = ear::spoken(&said).await?;
                // Each has its own noise, whatever the lanes do.
                let mut noise =
                    Random(seed ^ (number * LANES as u64 + lane as u64 + 1).wrapping_mul(NOISE_STEP));
                for line in [Line::Clean, Line::Noisy] {
                    let sound = ear::on_the_line(&voice, line, &mut noise);
                    let answer = ear.hear(&said, &sound).await?;
                    let outcome = Outcome {
                        said: said.clone(),
                        sound,
                        line,
                        intent: answer.intent,
                    };
                    if !outcome.is_right() {
                        let score = answer.score.map_or("nothing heard".to_owned(), |score| {
                            format!("distance {:.2}, margin {:.2}", score.distance, score.margin)
                        });
                        eprintln!(
                            "{} {line:?} {}: `{}` became {:?}: {score}: {}",
                            said.language, said.variant, said.text, outcome.intent, answer.heard
                        );
                    }
                    outcomes.push(outcome);
                }
            }
            Ok::<_, anyhow::Error>(outcomes)
        });
    }
    let mut outcomes = Vec::new();
    for lane in lanes.join_all().await {
        outcomes.extend(lane?);
    }
    Ok(outcomes)
}

const LANES: usize = 2;
const NOISE_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn accuracy(outcomes: &[Outcome]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for language in [Language::Fr, Language::En] {
        for line in [Line::Clean, Line::Noisy] {
            let (name, contacts_goal) = match line {
                Line::Clean => ("clean", 0.97),
                Line::Noisy => ("20 dB", 0.95),
            };
            let mut share = |what: &str, kinds: &[Kind], hit: fn(&Outcome) -> bool, goal| {
                let of: Vec<&Outcome> = outcomes
                    .iter()
                    .filter(|outcome| outcome.said.language == language && outcome.line == line)
                    .filter(|outcome| kinds.contains(&outcome.said.kind))
                    .collect();
                let hits = of.iter().filter(|outcome| hit(outcome)).count();
                let what = format!("{what}, {language}, {name} (of {})", of.len());
                figures.push(Figure::share(what, hits, of.len(), goal));
            };
            let right = Outcome::is_right;
            share(
                "commands understood",
                &[Kind::Command],
                right,
                Goal::AtLeast(0.95),
            );
            let goal = Goal::AtLeast(contacts_goal);
            share("contacts of known names", &[Kind::KnownName], right, goal);
            share("contacts of new names", &[Kind::NewName], right, goal);
            let wanted = [Kind::Command, Kind::KnownName, Kind::NewName];
            share(
                "understood as something else",
                &wanted,
                Outcome::is_wrong,
                Goal::AtMost(0.01),
            );
            share(
                "false accepts",
                &[Kind::Stranger],
                Outcome::is_wrong,
                Goal::AtMost(0.02),
            );
        }
    }
    figures
}

async fn speed(ear: &Arc<Ear>, corpus: &Corpus, outcomes: &[Outcome]) -> Result<Vec<Figure>> {
    let mut calls: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| {
            outcome.line == Line::Noisy && outcome.said.expect == Expect::Command && outcome.is_right()
        })
        .collect();
    calls = Random(SEED).sample(&calls, AT_ONCE * 4);
    let answers = answer_times(ear, &calls).await?;
    let (p50, p95) = (percentile(&answers, 0.5), percentile(&answers, 0.95));
    let mut figures = vec![
        Figure::time("end of turn to intent, p50, 12 calls at once", p50, ANSWER_GOAL),
        Figure::time("end of turn to intent, p95, 12 calls at once", p95, ANSWER_GOAL),
    ];
    let (mut busy, mut sound, mut heard) = (Duration::ZERO, Duration::ZERO, Vec::new());
    for call in &calls {
        let (phones, took) = ear.decode(call.said.language, &call.sound).await?;
        busy += took;
        sound += ear::DECODED;
        heard.push((call.said.language, phones));
    }
    figures.push(Figure {
        what: "real-time factor of the recogniser".to_owned(),
        value: busy.as_secs_f64() / sound.as_secs_f64(),
        unit: "factor",
        goal: Goal::AtMost(0.1),
        // Real time: a slower recogniser never catches up.
        limit: Some(1.0),
    });
    let mut matching = Vec::new();
    for language in [Language::Fr, Language::En] {
        let book = ear
            .grammar()
            .lexicon()
            .contacts(&corpus.address_book, language)
            .await?;
        for (_, phones) in heard.iter().filter(|(spoken, _)| *spoken == language) {
            let began = Instant::now();
            black_box(ear.grammar().interpret(phones, language, Expect::Command, &book));
            matching.push(began.elapsed());
        }
    }
    let (p50, p95) = (percentile(&matching, 0.5), percentile(&matching, 0.95));
    figures.push(Figure::time(
        "phones to intent, 1,000 contacts, p50",
        p50,
        MATCHING_GOAL,
    ));
    figures.push(Figure::time(
        "phones to intent, 1,000 contacts, p95",
        p95,
        MATCHING_GOAL,
    ));
    Ok(figures)
}

const AT_ONCE: usize = 12;
const ANSWER_GOAL: Duration = Duration::from_millis(100);
const MATCHING_GOAL: Duration = Duration::from_millis(50);

async fn answer_times(ear: &Arc<Ear>, calls: &[&Outcome]) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for calls in calls.chunks(AT_ONCE) {
        let mut together = JoinSet::new();
        for call in calls {
            let (ear, said, sound) = (ear.clone(), call.said.clone(), call.sound.clone());
            together.spawn(async move { ear.answer_time(&said, &sound).await });
        }
        for time in together.join_all().await {
            times.push(time?);
        }
    }
    Ok(times)
}
