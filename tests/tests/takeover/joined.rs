//! Two who are joined talk on.

use anyhow::{Result, ensure};
use evatel_ari::op;
use evatel_tests::{
    calls::{
        SOON,
        pair::{check_closed, joined},
        talk::from_device,
        voice,
    },
    proxy::{Proxy, Which},
    sipp::End,
    world::World,
};

use super::support::{check_legs, displace, next_daemon, rest, world};

/// How long the dialled leg may last yet, in seconds: Asterisk itself ends it then.
async fn seconds_left(world: &World) -> Result<f64> {
    let rest = rest(world)?;
    let channels = rest.send(op::channels::list()).await?;
    let dialled = channels
        .iter()
        .find(|channel| channel.id.as_str().starts_with("evatel_leg-"));
    let Some(dialled) = dialled else {
        anyhow::bail!("no dialled leg in {channels:?}")
    };
    let left = rest
        .send(op::channels::variable(&dialled.id, "TIMEOUT(absolute)"))
        .await?;
    Ok(left.value.parse()?)
}

#[tokio::test]
async fn two_who_are_joined_hear_each_other_while_no_daemon_is_there_and_under_the_next() -> Result<()> {
    let mut world = world().await?;
    let pair = joined(&world).await?;
    pair.is_heard().await?;
    let before = seconds_left(&world).await?;
    world.daemon.kill().await?;
    pair.is_heard().await?;

    next_daemon("Call taken over", &mut world).await?;
    pair.is_heard().await?;
    let after = seconds_left(&world).await?;
    ensure!(
        after > 0.0 && after < before,
        "the leg's longest length does not hold any more: {before} s left, then {after} s"
    );
    // It is the account's only place: it is still taken.
    let mut refused = from_device("5145550143", voice("fr"), &world).await?;
    refused.told("by leg-limit").await?;
    refused.hangs_up().await?;

    let story = pair.finish(&world).await?;
    check_legs(&story, "normal")?;
    world.nothing_is_up(SOON).await?;
    // Now it is free.
    let next = joined(&world).await?;
    next.is_heard().await?;
    check_closed(&next.finish(&world).await?)
}

#[tokio::test]
async fn the_one_who_is_called_hangs_up_under_the_next_daemon_and_the_caller_is_not_left_alone() -> Result<()>
{
    let mut world = world().await?;
    let pair = joined(&world).await?;
    world.daemon.kill().await?;
    next_daemon("Call taken over", &mut world).await?;
    pair.rung.hang_up()?;
    ensure!(pair.call.ended(SOON).await?.end == End::FarHungUp);
    check_legs(&world.ended(&pair.id, SOON).await?, "normal")?;
    world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn who_hangs_up_while_no_daemon_is_there_does_not_leave_the_other_alone_for_good() -> Result<()> {
    let mut world = world().await?;
    let pair = joined(&world).await?;
    world.daemon.kill().await?;
    pair.rung.finish(SOON).await?;
    next_daemon("Took over what an earlier daemon left", &mut world).await?;
    pair.call.ended(SOON).await?;
    check_legs(&world.ended(&pair.id, SOON).await?, "normal")?;
    world.nothing_is_up(SOON).await?;
    check_closed(&joined(&world).await?.finish(&world).await?)
}

#[tokio::test]
async fn a_switch_that_was_restarted_too_leaves_no_open_entry_and_no_place_taken() -> Result<()> {
    let mut world = world().await?;
    let pair = joined(&world).await?;
    world.daemon.kill().await?;
    world.asterisk.kill().await?;
    // The daemon is there first, and waits.
    let cli = world.cli().clone();
    let log = cli.dir().join("serve.log");
    let waits = async {
        while !std::fs::read_to_string(&log)?.contains("Asterisk does not take us in yet") {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        world.asterisk.start_again().await
    };
    let (daemon, started) = tokio::join!(evatel_tests::world::Daemon::start(&cli), waits);
    started?;
    world.daemon = daemon?;
    let story = world.ended(&pair.id, SOON).await?;
    check_legs(&story, "temporary-failure")?;
    let next = joined(&world).await?;
    next.is_heard().await?;
    check_closed(&next.finish(&world).await?)
}

#[tokio::test]
async fn a_daemon_told_twice_to_stop_goes_at_once_and_leaves_the_joined_to_the_next() -> Result<()> {
    let mut world = world().await?;
    let pair = joined(&world).await?;
    world.daemon.ask_to_stop()?;
    world.daemon.logs("Stopping", SOON).await?;
    world.daemon.ask_to_stop()?;
    ensure!(world.daemon.stopped(SOON).await?, "{}", world.daemon.log());
    pair.is_heard().await?;
    next_daemon("Call taken over", &mut world).await?;
    pair.is_heard().await?;
    check_legs(&pair.finish(&world).await?, "normal")?;
    world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn a_connection_that_is_cut_and_comes_back_ends_no_call() -> Result<()> {
    let mut world = world().await?;
    let proxy = Proxy::between(&mut world).await?;
    let pair = joined(&world).await?;
    proxy.cut(Which::All);
    world.daemon.logs("connected to Asterisk again", SOON).await?;
    pair.is_heard().await?;
    check_legs(&pair.finish(&world).await?, "normal")?;
    world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn a_displaced_daemon_leaves_the_joined_to_the_next() -> Result<()> {
    let mut world = world().await?;
    let pair = joined(&world).await?;
    let other = displace(&mut world).await?;
    pair.is_heard().await?;
    // It would be displaced in turn by a daemon that comes back while it is there.
    next_daemon("Call taken over", &mut world).await?;
    drop(other);
    pair.is_heard().await?;
    check_legs(&pair.finish(&world).await?, "normal")?;
    world.nothing_is_up(SOON).await
}
