//! Whoever was not joined yet begins again, or is served by the dialplan.

use std::time::Instant;

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        SOON,
        pair::check_closed,
        talk::{Talk, from_device, from_outside, legs, lines},
        voice,
    },
    world::World,
};

use super::support::{displace, next_daemon, world};

/// How often this line is in the story.
async fn count(wanted: &str, id: &str, world: &World) -> Result<usize> {
    let story = world.story(id).await?;
    Ok(lines(&story).iter().filter(|line| line.contains(wanted)).count())
}

#[tokio::test]
async fn a_caller_who_was_greeted_is_greeted_again_in_the_same_call() -> Result<()> {
    let mut world = world().await?;
    let mut talk = from_outside("5145550199", "4385550177", voice("fr"), &world).await?;
    talk.hears("Bonjour. Vous êtes bien chez Luc Gagnon.").await?;
    let Talk { call, id, .. } = talk;
    world.daemon.kill().await?;
    let silent = Instant::now();
    next_daemon("Call begins again", &mut world).await?;
    call.audio.wait_for_speech(silent, SOON).await?;
    ensure!(world.newest_call().await? == id, "it is another call now");
    call.finish(SOON).await?;
    let story = world.ended(&id, SOON).await?;
    check_closed(&story)?;
    ensure!(legs(&story, "inbound")[0]["hangup"] == "normal", "{story:#}");
    ensure!(count("the call begins again", &id, &world).await? == 1);
    world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn a_telephone_that_rang_stops_is_rung_anew_and_the_two_are_joined() -> Result<()> {
    let mut world = world().await?;
    let Talk { call, id, .. } = from_device("5145550142", voice("fr"), &world).await?;
    let cut = world.carrier.rung(SOON).await?;
    world.daemon.kill().await?;
    next_daemon("Call begins again", &mut world).await?;
    cut.ended(SOON).await?;
    let rung = world.carrier.rung(SOON).await?;
    rung.answer()?;
    world.line("bridged", SOON).await?;
    let heard = evatel_tests::calls::both_hear(&call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    call.finish(SOON).await?;
    rung.ended(SOON).await?;
    let story = world.ended(&id, SOON).await?;
    check_closed(&story)?;
    let outbound = legs(&story, "outbound");
    ensure!(
        outbound.len() == 2
            && outbound[0]["hangup"] == "temporary-failure"
            && outbound[1]["hangup"] == "normal",
        "{story:#}"
    );
    world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn a_caller_who_gave_up_meanwhile_is_closed_in_the_log() -> Result<()> {
    let mut world = world().await?;
    let mut talk = from_outside("5145550199", "4385550177", voice("fr"), &world).await?;
    talk.hears("Bonjour. Vous êtes bien chez Luc Gagnon.").await?;
    let Talk { call, id, .. } = talk;
    world.daemon.kill().await?;
    call.finish(SOON).await?;
    next_daemon("Took over what an earlier daemon left", &mut world).await?;
    let story = world.ended(&id, SOON).await?;
    ensure!(legs(&story, "inbound")[0]["hangup"] == "normal", "{story:#}");
    world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn a_displaced_daemon_sends_whom_it_speaks_to_on_in_the_dialplan_which_rings_the_telephone()
-> Result<()> {
    let mut world = world().await?;
    let mut talk = from_outside("5145550199", "4385550177", voice("fr"), &world).await?;
    talk.hears("Bonjour. Vous êtes bien chez Luc Gagnon.").await?;
    let Talk { call, id, .. } = talk;
    let _other = displace(&mut world).await?;
    let rung = world.phone.rung(SOON).await?;
    rung.answered(SOON).await?;
    let heard = evatel_tests::calls::both_hear(&call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    check_closed(&world.ended(&id, SOON).await?)?;
    call.finish(SOON).await?;
    rung.ended(SOON).await?;
    world.nothing_is_up(SOON).await
}
