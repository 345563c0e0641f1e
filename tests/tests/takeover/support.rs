//! What the tests here share.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use evatel_ari::{Ari, Config, Rest, config::Leftovers};
use evatel_tests::{
    calls::{SOON, talk::legs},
    world::{Options, World},
};
use serde_json::Value;

/// A world in which one leg at a time may go out: a place that is lost or counted twice refuses the next call.
pub(crate) async fn world() -> Result<World> {
    let world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    world.change(&["account", "set", "--max-legs", "1"]).await?;
    Ok(world)
}

/// Starts the next daemon and waits until it has taken over `what`; says how long that took from the start of its process.
pub(crate) async fn next_daemon(what: &str, world: &mut World) -> Result<Duration> {
    let began = Instant::now();
    world.start_daemon().await?;
    let ready = began.elapsed();
    world.daemon.logs(what, SOON).await?;
    println!("`{what}`, ready for calls {ready:?} after the start of the process");
    Ok(ready)
}

/// Looks that each leg was answered, and ended with this cause.
pub(crate) fn check_legs(story: &Value, cause: &str) -> Result<()> {
    let all = [legs(story, "inbound"), legs(story, "outbound")].concat();
    ensure!(all.len() == 2, "{story:#}");
    for leg in &all {
        ensure!(
            leg["answered_at"].is_string() && leg["ended_at"].is_string() && leg["hangup"] == cause,
            "{story:#}"
        );
    }
    Ok(())
}

/// Says how to reach the world's switch as the daemon does.
pub(crate) fn config(world: &World) -> Result<Config> {
    let door = world.asterisk.door();
    let url = format!("http://127.0.0.1:{}", door.http_port);
    let mut config = Config::new(&url, door.user.clone(), door.password.clone().into(), "evatel")?;
    config.leftovers = Leftovers::HandOver;
    Ok(config)
}

/// Sends requests to the world's switch beside the daemon.
pub(crate) fn rest(world: &World) -> Result<Rest> {
    Ok(Rest::new(config(world)?))
}

/// Takes the daemon's application away from it, and waits until it has ended by itself.
pub(crate) async fn displace(world: &mut World) -> Result<Ari> {
    let (other, _) = Ari::connect(config(world)?).await?;
    let well = world
        .daemon
        .stopped(SOON)
        .await
        .context("a displaced daemon ends")?;
    ensure!(!well, "a displaced daemon says that it did not end well");
    Ok(other)
}
