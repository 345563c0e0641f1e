//! Call C, second part: the owner from any telephone, with his PIN.

use anyhow::{Context, Result, ensure};

use super::{Report, SOON, answer, joined, listen, outside::first_audio, voice};
use crate::world::{PIN, World};

/// The owner calls his own number, keys his PIN, and orders a call.
pub async fn pin(words: &'static str, lang: &'static str, world: &World) -> Result<Report> {
    let mut report = Report::new("C with PIN", lang);
    let voice = voice(lang);
    let call = world.carrier.call("+15145550199", "4385550188").await?;
    let answered = call.answered(SOON).await?;
    report.first_audio_ms = Some(first_audio(&call, answered).await?);
    let pressed = call.audio.press("*").await?;
    listen(&call.audio, pressed.last_at)
        .await
        .context("no PIN was asked for")?;
    let keyed = call.audio.press(&format!("{PIN}#")).await?;
    listen(&call.audio, keyed.last_at)
        .await
        .context("nothing was said after the PIN")?;
    report.turn_ms = Some(answer(&call.audio, &voice, words).await?);
    listen(&call.audio, std::time::Instant::now())
        .await
        .context("the order was not confirmed")?;
    answer(&call.audio, &voice, if lang == "fr" { "oui" } else { "yes" }).await?;
    let rung = world
        .carrier
        .rung(SOON)
        .await
        .context("the contact was not rung")?;
    rung.answer()?;
    rung.answered(SOON).await?;
    joined(world, &mut report, &call, &rung).await?;
    ensure!(
        !report.story.to_string().contains(PIN),
        "the PIN can be read in the story"
    );
    ensure!(
        !world.daemon.log().contains(PIN),
        "the PIN can be read in the log"
    );
    Ok(report)
}
