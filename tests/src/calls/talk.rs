//! A person in a call: he hears the assistant out, and then speaks or presses keys.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::{PAUSE, SOON, voice};
use crate::{
    rtp::{Codec, Peer, Sent},
    signal,
    sipp::{Incoming, Outgoing},
    speech::Voice,
    world::World,
};

/// A call that we made, followed line by line in its story.
#[derive(Debug)]
pub struct Talk<'a> {
    /// The call's signalling and audio.
    pub call: Outgoing,
    /// The call's id in the log.
    pub id: String,
    /// Since when something new may be heard.
    pub since: Instant,
    /// How many lines of the story were dealt with.
    read: usize,
    voice: Voice,
    world: &'a World,
}

/// Calls one of our numbers from outside.
pub async fn from_outside<'a>(
    number: &str,
    caller: &str,
    voice: Voice,
    world: &'a World,
) -> Result<Talk<'a>> {
    let before = world.newest_call().await.ok();
    let call = world.carrier.call(number, caller).await?;
    Talk::follow(call, before, voice, world).await
}

/// Calls a number from the owner's telephone.
pub async fn from_device<'a>(number: &str, voice: Voice, world: &'a World) -> Result<Talk<'a>> {
    from_device_with(Codec::default(), number, voice, world).await
}

/// The same with this codec.
pub async fn from_device_with<'a>(
    codec: Codec,
    number: &str,
    voice: Voice,
    world: &'a World,
) -> Result<Talk<'a>> {
    let before = world.newest_call().await.ok();
    let call = world.phone.call_with(codec, number).await?;
    Talk::follow(call, before, voice, world).await
}

impl<'a> Talk<'a> {
    async fn follow(
        call: Outgoing,
        before: Option<String>,
        voice: Voice,
        world: &'a World,
    ) -> Result<Talk<'a>> {
        let since = Instant::now();
        let id = loop {
            match world.newest_call().await {
                Ok(id) if Some(&id) != before.as_ref() => break id,
                _ if since.elapsed() > SOON => {
                    bail!("the call is not in the log:\n{}", world.daemon.log())
                }
                _ => tokio::time::sleep(LOOK).await,
            }
        };
        Ok(Talk {
            call,
            id,
            voice,
            read: 0,
            since,
            world,
        })
    }

    /// Waits for a line of the story with this in it, after those that were waited for before, and gives it.
    pub async fn told(&mut self, wanted: &str) -> Result<String> {
        self.told_within(wanted, SOON).await
    }

    /// Waits so long for a line: see [`Self::told`].
    pub async fn told_within(&mut self, wanted: &str, within: Duration) -> Result<String> {
        let deadline = Instant::now() + within;
        loop {
            let story = self.world.story(&self.id).await?;
            let lines = lines(&story);
            let fresh = lines.iter().enumerate().skip(self.read);
            if let Some((at, line)) = fresh.into_iter().find(|(_, line)| line.contains(wanted)) {
                self.read = at + 1;
                return Ok(line.clone());
            }
            ensure!(
                Instant::now() < deadline,
                "no line with `{wanted}` within {within:?} after line {}; the story: {lines:#?}\n{}",
                self.read,
                self.world.daemon.log()
            );
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Hears the assistant say something with this in it, to its end.
    pub async fn hears(&mut self, wanted: &str) -> Result<()> {
        self.hears_within(wanted, SOON).await
    }

    /// Waits so long for it: see [`Self::hears`].
    pub async fn hears_within(&mut self, wanted: &str, within: Duration) -> Result<()> {
        let line = self.told_within(wanted, within).await?;
        ensure!(line.starts_with("assistant to caller:"), "`{line}` was not said");
        self.hears_the_rest()
            .await
            .with_context(|| format!("of `{wanted}`"))
    }

    /// Hears out what the assistant says next, or is saying.
    pub async fn hears_the_rest(&mut self) -> Result<()> {
        self.since = hears_out(&self.call.audio, self.since).await?;
        Ok(())
    }

    /// Says something.
    pub async fn says(&mut self, words: &str) -> Result<Sent> {
        let sent = self.call.audio.speak(&self.voice.say(words).await?).await?;
        self.since = sent.last_at;
        Ok(sent)
    }

    /// Presses keys.
    pub async fn presses(&mut self, keys: &str) -> Result<Sent> {
        let sent = self.call.audio.press(keys).await?;
        self.since = sent.last_at;
        Ok(sent)
    }

    /// Waits until every leg of the call has ended in the log, and gives its story.
    pub async fn over(&self) -> Result<Value> {
        self.world.ended(&self.id, SOON).await
    }

    /// Hangs up, and gives the story once it is over.
    pub async fn hangs_up(&self) -> Result<Value> {
        self.call.finish(SOON).await?;
        self.over().await
    }
}

/// Calls the Smart Number of an account that records, whose owner takes the call: both are told, in French, and joined.
pub async fn recorded_call(world: &World) -> Result<(Talk<'_>, Incoming)> {
    let mut talk = from_outside("5145550199", "4385550177", voice("fr"), world).await?;
    talk.told("assistant to caller: Bonjour. Vous êtes bien chez Luc Gagnon. Cet appel est enregistré.")
        .await?;
    talk.presses("#").await?;
    let rung = world.phone.rung(SOON).await?;
    let picked_up = rung.answered(SOON).await?;
    let announced = talk.told("assistant to callee").await?;
    ensure!(announced.contains("Cet appel est enregistré."), "`{announced}`");
    hears_out(&rung.audio, picked_up).await?;
    rung.audio.press("1").await?;
    talk.told("bridged").await?;
    Ok((talk, rung))
}

/// Looks that the recording of a call holds these signals: `(who sent it, what)`.
pub fn recording_holds(signals: &[(&str, &[i16])], story: &Value) -> Result<()> {
    let file = legs(story, "inbound")[0]["recording"].clone();
    let file = file
        .as_str()
        .with_context(|| format!("no recording: {story:#}"))?;
    let samples: Vec<i16> = hound::WavReader::open(file)
        .with_context(|| format!("`{file}`"))?
        .samples::<i16>()
        .collect::<Result<_, _>>()?;
    for (who, signal) in signals {
        ensure!(
            signal::heard(signal, &samples),
            "the {who} is not in `{file}`: {:?}",
            signal::find(signal, &samples)
        );
    }
    Ok(())
}

/// Waits for the assistant's next words after `since`, and until they are said; gives when they were.
pub async fn hears_out(audio: &Peer, since: Instant) -> Result<Instant> {
    let began = audio.wait_for_speech(since, SOON).await?;
    audio
        .wait_for_quiet(began, PAUSE, Duration::from_secs(40))
        .await?;
    Ok(Instant::now())
}

/// The lines of a story: who, and what.
pub fn lines(story: &Value) -> Vec<String> {
    let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let lines = story["transcript"].as_array().into_iter().flatten();
    lines
        .map(|line| format!("{} {}", text(line, "who"), text(line, "text")))
        .collect()
}

/// The legs of a story in one direction, `inbound` or `outbound`, in the order in which they began.
pub fn legs(story: &Value, direction: &str) -> Vec<Value> {
    let legs = story["legs"].as_array().into_iter().flatten();
    let mut legs: Vec<Value> = legs
        .filter(|leg| leg["direction"] == direction)
        .cloned()
        .collect();
    legs.sort_by_key(|leg| leg["started_at"].as_str().unwrap_or_default().to_owned());
    legs
}

/// How often a story is looked at: each look is a run of the command line.
const LOOK: Duration = Duration::from_millis(120);
