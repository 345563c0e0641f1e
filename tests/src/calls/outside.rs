//! Calls from outside to the Smart Number.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::time::Instant;

use super::{Report, SOON, answer, joined, listen, voice};
use crate::{
    sipp::Outgoing,
    timeline,
    world::{MARIE, World},
};

/// How the owner takes the call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Accept {
    /// With key 1.
    Key,
    /// By saying so.
    Voice,
}

/// Call A: somebody interrupts the greeting with his name, the owner is told it and takes the call.
pub async fn outside(accept: Accept, lang: &'static str, world: &World) -> Result<Report> {
    let mut report = Report::new("A", lang);
    let call = world.carrier.call("5145550199", "4385550177").await?;
    let answered = call.answered(SOON).await?;
    let greeted = call
        .audio
        .wait_for_speech(answered, SOON)
        .await
        .context("no greeting")?;
    report.first_audio_ms = timeline::first_audio_ms(answered, &call.audio.recording());

    // The caller lets the greeting begin, and then speaks into it.
    tokio::time::sleep_until(Instant::from_std(greeted + Duration::from_millis(900))).await;
    let words = if lang == "fr" {
        "c'est Jean Bouchard, bonjour"
    } else {
        "this is John Butcher, hello"
    };
    let speech = voice(lang).say(words).await?;
    let sent = call.audio.speak(&speech).await?;
    call.audio
        .wait_for_speech(sent.last_at, SOON)
        .await
        .context("nothing was said after the name")?;
    report.turn_ms = timeline::turn_ms(sent, &call.audio.recording());
    report.barge_in_ms = timeline::barge_in_ms(sent, &call.audio.recording());

    let rung = world
        .phone
        .rung(SOON)
        .await
        .context("the owner's telephone was not rung")?;
    let picked_up = rung.answered(SOON).await?;
    // The announcement, with the caller's own words in it.
    listen(&rung.audio, picked_up)
        .await
        .context("the call was not announced")?;
    match accept {
        Accept::Key => drop(rung.audio.press("1").await?),
        Accept::Voice => {
            let words = if lang == "fr" { "accepter" } else { "accept" };
            rung.audio.speak(&voice(lang).say(words).await?).await?;
        }
    }
    joined(world, &mut report, &call, &rung).await?;
    Ok(report)
}

/// Call C, first part: somebody outside orders a call and gets no leg.
pub async fn outside_order(lang: &'static str, world: &World) -> Result<Report> {
    let mut report = Report::new("C", lang);
    let call = world.carrier.call("5145550199", "4385550177").await?;
    let answered = call.answered(SOON).await?;
    report.first_audio_ms = Some(first_audio(&call, answered).await?);
    listen(&call.audio, answered).await?;
    let order = format!("{} {}", if lang == "fr" { "appelle" } else { "call" }, MARIE.0);
    report.turn_ms = Some(answer(&call.audio, &voice(lang), &order).await?);
    let id = world.line("caller-has-no-authority", SOON).await?;
    call.hang_up()?;
    report.keep("caller", &call.audio);
    report.tell(world.ended(&id, SOON).await?);
    ensure!(
        world.carrier.rung(Duration::from_millis(300)).await.is_err(),
        "an outside caller got a leg"
    );
    Ok(report)
}

pub(super) async fn first_audio(call: &Outgoing, answered: std::time::Instant) -> Result<u64> {
    let began = call
        .audio
        .wait_for_speech(answered, SOON)
        .await
        .context("the assistant said nothing")?;
    Ok((began - answered).as_millis() as u64)
}
