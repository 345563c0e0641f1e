//! The daemon dies or is told to stop while a call is up.

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{self, SOON, check_joined},
    world::{Options, World},
};

use super::joined::{check_closed, joined};

async fn world() -> Result<World> {
    World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn a_daemon_killed_under_a_joined_call_leaves_nothing_behind_once_it_is_back() -> Result<()> {
    let mut world = world().await?;
    // One leg at a time: a place that stayed taken would refuse the next call.
    world.change(&["account", "set", "--max-legs", "1"]).await?;
    let cut = joined(&world).await?;
    world.restart_daemon().await?;
    world.nothing_is_up(SOON).await?;
    cut.call.ended(SOON).await?;
    cut.rung.ended(SOON).await?;
    check_closed(&world.ended(&cut.id, SOON).await?)?;

    let next = joined(&world).await?;
    next.is_heard().await?;
    check_closed(&next.finish(&world).await?)?;
    world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn a_daemon_killed_while_it_speaks_leaves_nothing_behind_once_it_is_back() -> Result<()> {
    let mut world = world().await?;
    let cut = world.carrier.call("5145550199", "4385550177").await?;
    let answered = cut.answered(SOON).await?;
    cut.audio.wait_for_speech(answered, SOON).await?;
    let id = world.newest_call().await?;
    world.restart_daemon().await?;
    world.nothing_is_up(SOON).await?;
    cut.ended(SOON).await?;
    check_closed(&world.ended(&id, SOON).await?)
}

#[tokio::test]
async fn a_daemon_told_to_stop_lets_the_joined_call_end_and_leaves_new_ones_to_the_dialplan() -> Result<()> {
    let mut world = world().await?;
    let joined = joined(&world).await?;
    world.daemon.ask_to_stop()?;
    world.daemon.logs("Stopping", SOON).await?;
    let report = calls::fallback("fallback while the daemon stops", &world).await?;
    check_joined(&report)?;
    ensure!(world.daemon.runs()?, "the daemon did not wait for its call");
    joined.is_heard().await?;
    check_closed(&joined.finish(&world).await?)?;
    ensure!(
        world.daemon.stopped(SOON).await?,
        "the daemon ended badly:\n{}",
        world.daemon.log()
    );
    world.nothing_is_up(SOON).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_is_refused_and_the_first_ones_call_goes_on() -> Result<()> {
    let world = world().await?;
    let pair = joined(&world).await?;
    let second = world.outcome(&["serve"]).await?;
    ensure!(
        second.code == Some(1) && second.stderr.contains("another daemon serves this database"),
        "{second:?}"
    );
    pair.is_heard().await?;
    check_closed(&pair.finish(&world).await?)
}
