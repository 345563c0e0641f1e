//! Calls from the owner's device to his assistant.

use anyhow::{Context, Result};

use super::{Report, SOON, answer, joined, listen, outside::first_audio, voice};
use crate::world::World;

/// What the owner wants.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The report's name.
    pub name: &'static str,
    /// `fr` or `en`.
    pub lang: &'static str,
    /// What he says.
    pub words: &'static str,
    /// The gate allows it.
    pub allowed: bool,
}

/// Call B: the owner says whom to call, confirms it, and is joined or told why not.
pub async fn assistant(order: Order, world: &World) -> Result<Report> {
    let mut report = Report::new(order.name, order.lang);
    let voice = voice(order.lang);
    let call = world.phone.call("*55").await?;
    let answered = call.answered(SOON).await?;
    report.first_audio_ms = Some(first_audio(&call, answered).await?);
    listen(&call.audio, answered).await?;
    report.turn_ms = Some(answer(&call.audio, &voice, order.words).await?);
    let asked = std::time::Instant::now();
    listen(&call.audio, asked)
        .await
        .context("the order was not confirmed")?;
    let yes = if order.lang == "fr" { "oui" } else { "yes" };
    answer(&call.audio, &voice, yes).await?;
    if order.allowed {
        let rung = world
            .carrier
            .rung(SOON)
            .await
            .context("the contact was not rung")?;
        rung.answer()?;
        rung.answered(SOON).await?;
        joined(world, &mut report, &call, &rung).await?;
    } else {
        let id = world.line("deny", SOON).await?;
        let refused = std::time::Instant::now();
        call.audio.wait_for_quiet(refused, super::PAUSE, SOON).await?;
        call.hang_up()?;
        report.keep("caller", &call.audio);
        report.tell(world.ended(&id, SOON).await?);
    }
    Ok(report)
}
