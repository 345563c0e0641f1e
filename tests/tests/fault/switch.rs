//! Asterisk dies under a call.

use std::time::Duration;

use anyhow::Result;
use evatel_tests::{
    calls::SOON,
    world::{Options, World},
};

use evatel_tests::calls::pair::{check_closed, joined};

/// Longest time until the daemon has the switch back, from the moment that the switch answers again.
const BACK: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_switch_restarted_under_a_joined_call_closes_it_in_the_log_and_takes_the_next() -> Result<()> {
    let mut world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    // One leg at a time: a place that stayed taken would refuse the next call.
    world.change(&["account", "set", "--max-legs", "1"]).await?;
    let cut = joined(&world).await?;
    cut.is_heard().await?;
    world.asterisk.kill().await?;
    world.daemon.logs("event connection lost", SOON).await?;
    world.asterisk.start_again().await?;
    world.daemon.logs("connected to Asterisk again", BACK).await?;
    check_closed(&world.ended(&cut.id, SOON).await?)?;
    world.nothing_is_up(SOON).await?;

    let next = joined(&world).await?;
    next.is_heard().await?;
    check_closed(&next.finish(&world).await?)?;
    assert!(world.daemon.runs()?, "the daemon has ended");
    Ok(())
}

#[tokio::test]
async fn a_switch_restarted_under_a_greeting_closes_the_call_and_greets_the_next_caller() -> Result<()> {
    let mut world = World::start(Options::default()).await?;
    let cut = world.carrier.call("5145550199", "4385550177").await?;
    let answered = cut.answered(SOON).await?;
    cut.audio.wait_for_speech(answered, SOON).await?;
    let id = world.newest_call().await?;
    world.asterisk.kill().await?;
    world.daemon.logs("event connection lost", SOON).await?;
    world.asterisk.start_again().await?;
    world.daemon.logs("connected to Asterisk again", BACK).await?;
    check_closed(&world.ended(&id, SOON).await?)?;

    let next = world.carrier.call("5145550199", "4385550177").await?;
    let answered = next.answered(SOON).await?;
    next.audio.wait_for_speech(answered, SOON).await?;
    next.finish(SOON).await?;
    let joined = joined(&world).await?;
    joined.is_heard().await?;
    check_closed(&joined.finish(&world).await?)?;
    world.nothing_is_up(SOON).await
}
