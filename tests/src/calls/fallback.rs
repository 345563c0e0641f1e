//! Calls that the daemon does not take.

use anyhow::{Context, Result, ensure};

use super::{Report, SOON, both_hear};
use crate::{
    sipp::{End, Ended},
    world::{DID, World},
};

/// The daemon is away or hangs: the dialplan rings the owner's telephone by itself.
pub async fn fallback(name: &'static str, world: &World) -> Result<Report> {
    let mut report = Report::new(name, "fr");
    let asked = std::time::Instant::now();
    let call = world.carrier.call("15145550199", "4385550177").await?;
    let rung = world
        .phone
        .rung(SOON)
        .await
        .context("the dialplan did not ring the telephone")?;
    let waited = rung.at.saturating_duration_since(asked);
    ensure!(
        waited.as_millis() < 3_500,
        "the telephone rang only after {waited:?}"
    );
    call.answered(SOON).await?;
    report.bridged = true;
    (report.caller_heard_callee, report.callee_heard_caller) = both_hear(&call.audio, &rung.audio).await?;
    call.hang_up()?;
    rung.ended(SOON).await?;
    report.keep("caller", &call.audio);
    report.keep("callee", &rung.audio);
    report.caller = "4385550177".into();
    report.did = DID.into();
    report.callee = world.device.clone();
    report.authoriser = "dialplan".into();
    report.decision = "allow".into();
    report.rule = format!("fallback after {} ms", waited.as_millis());
    Ok(report)
}

/// Nobody has this number: SIP 404 before answer, Q.850 cause 1.
pub async fn unassigned(world: &World) -> Result<Ended> {
    let call = world.carrier.call("5145550000", "4385550177").await?;
    let ended = call.ended(SOON).await?;
    ensure!(
        ended.end == End::Refused && ended.status == 404,
        "an unassigned number ended with {ended:?}"
    );
    ensure!(
        ended.cause == Some(1),
        "an unassigned number had cause {:?}",
        ended.cause
    );
    Ok(ended)
}
