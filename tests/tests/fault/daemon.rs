//! The daemon is told to stop, or a second one started, while a call is up.

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{self, SOON, check_joined},
    world::{Options, World},
};

use evatel_tests::calls::pair::{check_closed, joined};

async fn world() -> Result<World> {
    World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await
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
