//! The owner takes the call, or the caller gives up first.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    calls::{
        PAUSE, SOON, both_hear,
        talk::{from_outside, hears_out, legs},
        voice,
    },
    rtp::Peer,
    sipp::{Behaviour, End},
    timeline::barge_in_ms,
    world::{DID, Options, World},
};
use jiff::Timestamp;

const CALLER: &str = "4385550177";

#[tokio::test]
async fn a_caller_is_announced_by_name_accepted_and_both_hear_each_other_by_whatever_form_of_the_number()
-> Result<()> {
    let world = World::start(Options {
        phone: Behaviour::Ring,
        ..Options::default()
    })
    .await?;

    // Accepted with a key; the callee hangs up first.
    let mut talk = from_outside("5145550199", CALLER, voice("fr"), &world).await?;
    talk.hears("Qui appelle").await?;
    let name = talk.says("Jean Bouchard").await?;
    talk.told("allow 101 by own-rule").await?;
    let rung = world.phone.rung(SOON).await?;
    ensure!(rung.caller() == CALLER, "the owner sees `{}`", rung.caller());
    hears_ringback(&talk.call.audio, name.last_at).await?;
    rung.answer()?;
    let picked_up = rung.answered(SOON).await?;
    talk.told("to callee: Un appel de (the recorded name) Pour accepter")
        .await?;
    hears_out(&rung.audio, picked_up).await?;
    rung.audio.press("1").await?;
    talk.told("callee key 1").await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    rung.hang_up()?;
    let ended = talk.call.ended(SOON).await?;
    ensure!(
        (ended.end, ended.cause) == (End::FarHungUp, Some(16)),
        "the caller was told {ended:?}"
    );
    check_log(&talk.over().await?, &world)?;

    // The greeting is interrupted; accepted by voice; the caller hangs up first.
    let mut talk = from_outside("15145550199", CALLER, voice("fr"), &world).await?;
    talk.told("Qui appelle").await?;
    talk.call.audio.wait_for_speech(talk.since, SOON).await?;
    let name = talk.says("Jean Bouchard").await?;
    talk.told("caller interrupts").await?;
    let rung = world.phone.rung(SOON).await?;
    rung.answer()?;
    let picked_up = rung.answered(SOON).await?;
    hears_out(&rung.audio, picked_up).await?;
    let hushed = barge_in_ms(name, &talk.call.audio.recording()).context("the greeting went on")?;
    ensure!(hushed < 1_000, "the greeting went on for {hushed} ms");
    rung.audio.speak(&voice("fr").say("accepter").await?).await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    let story = talk.hangs_up().await?;
    ensure!(rung.ended(SOON).await?.end == End::FarHungUp);
    check_log(&story, &world)?;

    // The caller gives up while it rings.
    let mut talk = from_outside("+15145550199", CALLER, voice("fr"), &world).await?;
    talk.hears("Qui appelle").await?;
    talk.says("Jean Bouchard").await?;
    let rung = world.phone.rung(SOON).await?;
    let story = talk.hangs_up().await?;
    let ended = rung.ended(SOON).await?;
    ensure!(ended.end == End::Cancelled, "the telephone was told {ended:?}");
    let out = legs(&story, "outbound");
    ensure!(out.len() == 1 && out[0]["answered_at"].is_null(), "{story:#}");
    Ok(())
}

/// Waits for a tone that stays longer than any word: half a second of it without a pause.
async fn hears_ringback(audio: &Peer, since: Instant) -> Result<()> {
    // "Un instant, je joins …" comes first.
    let said = hears_out(audio, since).await?;
    let tone = audio
        .wait_for_speech(said, SOON)
        .await
        .context("no ringback after the words")?;
    audio
        .wait_for_quiet(tone, PAUSE, SOON)
        .await
        .context("ringback never pauses")?;
    let heard = audio.recording();
    let end = heard
        .speech_end(tone, Duration::from_millis(100))
        .context("the tone has an end")?;
    let length = end - tone;
    ensure!(
        (900..2_200).contains(&length.as_millis()),
        "what was heard while it rang lasts {length:?}"
    );
    Ok(())
}

/// One entry a leg, with times, parties, authoriser, decision and rule.
fn check_log(story: &serde_json::Value, world: &World) -> Result<()> {
    let (inbound, outbound) = (legs(story, "inbound"), legs(story, "outbound"));
    ensure!(inbound.len() == 1 && outbound.len() == 1, "{story:#}");
    let (first, second) = (&inbound[0], &outbound[0]);
    ensure!(
        first["from"] == CALLER
            && first["to"] == DID
            && first["authoriser"] == "caller"
            && first["rule"] == "smart-number"
            && first["cause"] == "inbound",
        "{first:#}"
    );
    let by_rule = second["authoriser"]
        .as_str()
        .is_some_and(|who| who.starts_with("rule:usr-"));
    ensure!(
        second["to"] == *world.device
            && by_rule
            && second["rule"] == "own-rule"
            && second["decision"] == "allow"
            && second["cause"] == "find-me",
        "{second:#}"
    );
    for leg in [first, second] {
        // As times, not as text: a switch tells milliseconds, we microseconds.
        let time = |key: &str| {
            leg[key]
                .as_str()
                .context("no time")?
                .parse::<Timestamp>()
                .context("not a time")
        };
        let (started, answered, ended) = (time("started_at")?, time("answered_at")?, time("ended_at")?);
        ensure!(started <= answered && answered < ended, "{leg:#}");
        ensure!(leg["hangup"] == "normal" && leg["recording"].is_null(), "{leg:#}");
    }
    Ok(())
}
