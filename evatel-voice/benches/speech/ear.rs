//! The ear of a call, fed with what is said: the agent, its workers, its grammar.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use evatel_core::{
    account::Language,
    flow::ActionId,
    intent::{Intent, Score},
};
use evatel_voice::{
    Agent, AgentCommand, AgentEvent, AudioPort, Engines, Recognition,
    frame::{Clip, FRAME_MS, Frame8k},
    grammar::Grammar,
    lexicon::{Contacts, Lexicon, PhoneSet},
    synth::{Espeak, EspeakConfig, Synthesizer},
    transcribe::{Heard, PhoneToken, SESSION_FRAMES, Transcriber},
    vad::VadConfig,
    worker::{Model, PoolConfig, WorkerPool},
};

use crate::corpus::{Corpus, Random, Utterance};

/// The telephone line between voice and ear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Clean,
    /// Noise 20 dB below the voice.
    Noisy,
}

/// What came of an utterance.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Nothing understood where nothing was heard at all.
    pub(crate) intent: Intent,
    /// How near and how clear the best entry was.
    pub(crate) score: Option<Score>,
    /// The phones.
    pub(crate) heard: String,
    /// Where in the leg's sound the turn was over; none where nothing was heard at all.
    over: Option<Duration>,
    /// When the answer was there.
    pub(crate) at: Instant,
}

/// A professional's ear, in both languages.
#[derive(Debug)]
pub(crate) struct Ear {
    pool: WorkerPool,
    grammar: Arc<Grammar>,
    english: Arc<Contacts>,
    french: Arc<Contacts>,
}

impl Ear {
    pub(crate) async fn open(models: &Path, corpus: &Corpus) -> Result<Self> {
        let config = PoolConfig {
            workers: WORKERS,
            ..PoolConfig::new(Model::phones(models))
        };
        let grammar = Grammar::load(Arc::new(Lexicon::new(PhoneSet::load(models)?))).await?;
        let lexicon = grammar.lexicon();
        Ok(Self {
            pool: WorkerPool::start(config).await?,
            english: Arc::new(lexicon.contacts(&corpus.contacts, Language::En).await?),
            french: Arc::new(lexicon.contacts(&corpus.contacts, Language::Fr).await?),
            grammar: Arc::new(grammar),
        })
    }

    pub(crate) fn grammar(&self) -> &Grammar {
        &self.grammar
    }

    /// Hears an utterance as fast as it can.
    pub(crate) async fn hear(&self, said: &Utterance, sound: &Clip) -> Result<Answer> {
        let mut call = Call::start(self, said).await?;
        for frame in sound.frames() {
            call.leg
                .incoming
                .send(frame)
                .await
                .context("the agent has ended")?;
        }
        call.answer().await
    }

    /// Hears an utterance in real time, and says how long after the end of the turn it was understood.
    pub(crate) async fn answer_time(&self, said: &Utterance, sound: &Clip) -> Result<Duration> {
        let mut call = Call::start(self, said).await?;
        let leg = call.leg.incoming.clone();
        let feed = async {
            let mut clock = tokio::time::interval(Duration::from_millis(FRAME_MS));
            let mut sent = Vec::new();
            for frame in sound.frames() {
                clock.tick().await;
                leg.send(frame).await.context("the agent has ended")?;
                sent.push(Instant::now());
            }
            Ok::<_, anyhow::Error>(sent)
        };
        let (sent, answer) = tokio::join!(feed, call.answer());
        let (sent, answer) = (sent?, answer?);
        let over = answer.over.context("nothing was heard")?;
        let last = usize::try_from(over.as_millis() / u128::from(FRAME_MS))?.saturating_sub(1);
        let ended = sent.get(last).context("the turn was over after its sound")?;
        Ok(answer.at.saturating_duration_since(*ended))
    }

    /// Lets one worker hear the first [`DECODED`] of an utterance at once, and gives the phones and the time that it took.
    pub(crate) async fn decode(
        &self,
        language: Language,
        sound: &Clip,
    ) -> Result<(Vec<PhoneToken>, Duration)> {
        let began = Instant::now();
        let mut session = self.pool.open(language)?;
        let frames = sound.frames().chain(std::iter::repeat(Frame8k::SILENCE));
        frames.take(SESSION_FRAMES).for_each(|frame| session.push(frame));
        session.finish();
        loop {
            match session.next().await.context("a session reports its end")? {
                Heard::Partial(_) => {}
                Heard::Final(tokens) => return Ok((tokens, began.elapsed())),
                other => bail!("recognition failed: {other:?}"),
            }
        }
    }
}

/// One turn of one call.
struct Call {
    leg: evatel_voice::port::LegSide,
    events: tokio::sync::mpsc::Receiver<AgentEvent>,
    _agent: evatel_voice::AgentHandle,
}

impl Call {
    async fn start(ear: &Ear, said: &Utterance) -> Result<Self> {
        let contacts = match said.language {
            Language::En => &ear.english,
            Language::Fr => &ear.french,
        };
        let engines = Engines {
            recognition: Some(Recognition::with_grammar(
                Arc::new(ear.pool.clone()),
                ear.grammar.clone(),
            )),
            voice: Arc::new(Espeak::default()),
            vad: VadConfig::default().into(),
        };
        let (port, leg) = AudioPort::pair();
        let (agent, events) = Agent::start(port, engines, said.language);
        let listen = AgentCommand::Listen {
            id: ActionId(1),
            expect: said.expect,
            contacts: contacts.clone(),
            scene: None,
        };
        agent.send(listen).await?;
        Ok(Self {
            leg,
            events,
            _agent: agent,
        })
    }

    async fn answer(&mut self) -> Result<Answer> {
        let nothing = |at| Answer {
            intent: Intent::NotUnderstood,
            score: None,
            heard: String::new(),
            over: None,
            at,
        };
        loop {
            let Ok(event) = tokio::time::timeout(SILENCE, self.events.recv()).await else {
                return Ok(nothing(Instant::now()));
            };
            match event.context("the agent has ended")? {
                AgentEvent::Heard {
                    intent,
                    score,
                    heard,
                    utterance,
                    ..
                } => {
                    return Ok(Answer {
                        intent,
                        score,
                        heard,
                        over: Some(utterance.to),
                        at: Instant::now(),
                    });
                }
                AgentEvent::BrainFailed { reason, .. } => bail!("the brain failed: {reason}"),
                AgentEvent::EngineFailed { reason } => bail!("recognition failed: {reason}"),
                _ => {}
            }
        }
    }
}

/// Speaks an utterance with its voice.
pub(crate) async fn spoken(said: &Utterance) -> Result<Clip> {
    let mut config = EspeakConfig {
        deadline: Duration::from_secs(20),
        ..EspeakConfig::default()
    };
    config.english.name = format!("en-us+{}", said.variant);
    config.french.name = format!("fr+{}", said.variant);
    config.english.words_per_minute = said.words_per_minute;
    config.french.words_per_minute = said.words_per_minute;
    Ok(Espeak::new(config)
        .speak(&said.text, said.language.into())
        .await?)
}

/// What arrives of a voice: a pause before and after, noise, G.711 mu-law in its continuous form.
pub(crate) fn on_the_line(voice: &Clip, line: Line, random: &mut Random) -> Clip {
    let (before, after) = (Clip::silence(BEFORE), Clip::silence(AFTER));
    let sound = [before.samples(), voice.samples(), after.samples()].concat();
    let mut noise = match line {
        Line::Clean => Noise::of_level(0.0, random),
        Line::Noisy => Noise::of_level(10.0_f32.powf((voice.level_dbfs() - 20.0) / 20.0), random),
    };
    let noisy = sound
        .iter()
        .map(|&sample| f32::from(sample) / 32768.0 + noise.next(random));
    Clip::new(noisy.map(|sample| (mu_law(sample) * 32767.0) as i16).collect())
}

/// Noise of a colour of chance, as in training: from white to one with nearly all of its power below 200 Hz.
struct Noise {
    peak: f32,
    colour: f32,
    last: f32,
}

impl Noise {
    /// Makes noise of this root mean square, 1 being full scale.
    fn of_level(level: f32, random: &mut Random) -> Self {
        let colour = 0.9 * random.unit();
        Self {
            // An even distribution has its root mean square at peak / sqrt(3); the filter makes it louder.
            peak: level * 3.0_f32.sqrt() * (1.0 - colour * colour).sqrt(),
            colour,
            last: 0.0,
        }
    }

    fn next(&mut self, random: &mut Random) -> f32 {
        self.last = self.colour * self.last + self.peak * (2.0 * random.unit() - 1.0);
        self.last
    }
}

fn mu_law(sample: f32) -> f32 {
    let sample = sample.clamp(-1.0, 1.0);
    let code = ((255.0 * sample.abs()).ln_1p() / 256.0_f32.ln() * 127.0).round() / 127.0;
    sample.signum() * (256.0_f32.powf(code) - 1.0) / 255.0
}

/// As much as a session takes without waiting.
pub(crate) const DECODED: Duration = Duration::from_millis(SESSION_FRAMES as u64 * FRAME_MS);

/// As many as a machine with two cores has.
const WORKERS: usize = 2;
const BEFORE: Duration = Duration::from_millis(300);
/// Longer than any pause that ends a turn.
const AFTER: Duration = Duration::from_millis(1000);
/// With no answer for so long nothing was heard.
const SILENCE: Duration = Duration::from_secs(5);
