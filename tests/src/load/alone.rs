//! Our agent without a switch, behind a websocket: what stands beside pipecat.
//!
//! A client sends and gets binary messages of 16-bit samples at 8 kHz, 20 ms each. Whatever is said is answered with one sentence, spoken by
//! espeak-ng each time: nothing is cached, as nothing is there.

use std::{collections::HashMap, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use evatel_core::{
    account::Language,
    flow::{ActionId, Expect},
};
use evatel_voice::{
    Agent, AgentCommand, AgentEvent, AudioPort, Engines, Frame8k, LegSide, Part, Recognition,
    endpoint::{EndpointRule, Outlook, Pace},
    grammar::Grammar,
    lexicon::{Contacts, Lexicon, PhoneSet},
    synth::Espeak,
    vad::VadConfig,
    worker::{Model, PoolConfig, WorkerPool},
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{MissedTickBehavior, interval},
};
use tokio_tungstenite::tungstenite::Message;

/// What is said to whatever was heard; the same in `benches/pipecat/bot.py`.
const ANSWER: &str = "Appeler Marie Tremblay?";

/// How long a pause ends a turn in which a whole order was understood, as the caller of this bench gives it.
pub(super) fn pause() -> Duration {
    EndpointRule::for_expect(EXPECT).wait(Pace::default(), Outlook::Complete)
}

/// What the caller is asked for.
const EXPECT: Expect = Expect::Command;

/// Serves until it is killed.
pub async fn serve(port: u16, model: PathBuf, worker: PathBuf) -> Result<()> {
    let mut config = PoolConfig::new(Model::phones(&model));
    config.program = Some(worker);
    let pool = WorkerPool::start(config).await?;
    let lexicon = Arc::new(Lexicon::new(PhoneSet::load(&model)?));
    let contacts = [("marie".parse()?, "Marie Tremblay".to_owned())];
    let contacts = Arc::new(lexicon.contacts(&contacts, Language::Fr).await?);
    let grammar = Arc::new(Grammar::load(lexicon).await?);
    let engines = Engines {
        recognition: Some(Recognition::with_grammar(Arc::new(pool), grammar)),
        voice: Arc::new(Espeak::default()),
        vad: VadConfig::default().into(),
    };
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let (engines, contacts) = (engines.clone(), contacts.clone());
        tokio::spawn(async move {
            if let Err(error) = talk(stream, engines, contacts).await {
                eprintln!("a client is gone: {error:#}");
            }
        });
    }
}

async fn talk(stream: TcpStream, engines: Engines, contacts: Arc<Contacts>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    let (port, mut leg): (AudioPort, LegSide) = AudioPort::pair();
    let (agent, mut events) = Agent::start(port, engines, Language::Fr);
    let mut number = 0;
    let mut next = || {
        number += 1;
        ActionId(number)
    };
    let listen = |id| AgentCommand::Listen {
        id,
        expect: EXPECT,
        contacts: contacts.clone(),
        scene: None,
    };
    agent
        .send(listen(next()))
        .await
        .ok()
        .context("the agent is gone")?;
    let mut tick = interval(Duration::from_millis(20));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    let samples: Vec<i16> = bytes.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
                    leg.hear(Frame8k::from_samples(&samples));
                }
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
            },
            event = events.recv() => {
                if let Some(AgentEvent::Heard { .. }) = event {
                    let say = AgentCommand::Say { id: next(), parts: vec![Part::Text(ANSWER.to_owned())], interruptible: true };
                    agent.send(say).await.ok().context("the agent is gone")?;
                    agent.send(listen(next())).await.ok().context("the agent is gone")?;
                }
            }
            _ = tick.tick() => {
                if let Some(frame) = leg.play() {
                    let bytes: Vec<u8> = frame.samples().iter().flat_map(|sample| sample.to_le_bytes()).collect();
                    socket.send(Message::Binary(bytes.into())).await?;
                }
            }
        }
    }
}

/// What was measured of so many calls at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    /// From the last word to the first sound of the answer, in ms.
    pub(super) ms: Vec<u64>,
    /// Answers that did not come.
    pub(super) missed: usize,
}

/// Talks with whoever serves at this port: so many turns, with these words.
pub(super) async fn turns(port: u16, words: Arc<Vec<i16>>, turns: usize) -> Result<Turns> {
    let (socket, _) = tokio_tungstenite::connect_async(format!("ws://127.0.0.1:{port}")).await?;
    let (mut sink, mut stream) = socket.split();
    let (heard, mut sounds) = tokio::sync::mpsc::unbounded_channel();
    let hearing = tokio::spawn(async move {
        while let Some(Ok(message)) = stream.next().await {
            let Message::Binary(bytes) = message else { continue };
            let samples: Vec<i16> = bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|pair| i16::from_le_bytes(*pair))
                .collect();
            // Who has all he wanted listens no more.
            if crate::rtp::is_speech(&samples) && heard.send(std::time::Instant::now()).is_err() {
                return;
            }
        }
    });
    let mut clock = interval(Duration::from_millis(20));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let silence = [0_i16; crate::FRAME];
    let mut found = Turns::default();
    let mut line: HashMap<&str, Vec<[i16; crate::FRAME]>> = HashMap::new();
    line.insert("pause", vec![silence; 75]);
    line.insert("wait", vec![silence; 150]);
    let (words, _) = words.as_chunks::<{ crate::FRAME }>();
    line.insert("words", words.to_vec());
    for _ in 0..turns {
        let mut said = std::time::Instant::now();
        for part in ["pause", "words", "wait"] {
            for frame in &line[part] {
                clock.tick().await;
                let bytes: Vec<u8> = frame.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                sink.send(Message::Binary(bytes.into())).await?;
            }
            if part == "words" {
                said = std::time::Instant::now();
            }
        }
        let mut first = None;
        while let Ok(at) = sounds.try_recv() {
            if at > said {
                first = Some(first.map_or(at, |first: std::time::Instant| first.min(at)));
            }
        }
        match first {
            Some(first) => found.ms.push((first - said).as_millis() as u64),
            None => found.missed += 1,
        }
    }
    hearing.abort();
    Ok(found)
}
