//! What must hold once nothing breaks any more, and once every caller is gone.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use evatel_ari::{Config, Rest, model::ChannelState, op};
use serde_json::Value;

use super::Outcome;
use crate::{calls::SOON, world::World};

/// How long an answered caller, or a bridge, may be alone: a call that begins again has its media leg by then.
const ALONE: Duration = Duration::from_secs(6);
/// How long the end of a leg may take to reach the log: the daemon may have to connect again first.
const TOLD: Duration = Duration::from_secs(20);
/// How long everything may take to be cleared away, on a machine that is busy with it.
const CLEARED: Duration = Duration::from_secs(30);

/// Looks that no answered channel stands in the application with nobody, neither joined nor spoken to, and that no bridge of ours has lost
/// its members.
pub(super) async fn nobody_is_in_limbo(config: &Config, world: &World) -> Result<()> {
    let (app, mark) = (config.app.clone(), config.mark());
    let rest = Rest::new(config.clone());
    let mut alone: HashMap<String, Instant> = HashMap::new();
    let until = Instant::now() + ALONE + Duration::from_secs(1);
    while Instant::now() < until {
        let channels = rest.send(op::channels::list()).await?;
        let bridges = rest.send(op::bridges::list()).await?;
        let mut still = HashMap::new();
        for channel in channels
            .iter()
            .filter(|it| it.state == ChannelState::Up && it.is_in_app(app.as_ref()))
        {
            let joined = bridges
                .iter()
                .any(|bridge| bridge.channels.contains(&channel.id) && bridge.channels.len() > 1);
            if !joined {
                let id = channel.id.to_string();
                let since = alone.get(&id).copied().unwrap_or_else(Instant::now);
                ensure!(
                    since.elapsed() < ALONE,
                    "`{id}` has stood in the application with nobody for {:?}: {channel:?}\n{}",
                    since.elapsed(),
                    world.daemon.log_of(&id)
                );
                still.insert(id, since);
            }
        }
        for bridge in bridges
            .iter()
            .filter(|it| mark.is_on(it.id.as_str()) && it.channels.len() < 2)
        {
            let id = bridge.id.to_string();
            let since = alone.get(&id).copied().unwrap_or_else(Instant::now);
            ensure!(
                since.elapsed() < ALONE,
                "`{id}` has joined nobody for {:?}: {bridge:?}\n{}",
                since.elapsed(),
                world.daemon.log_of(&id)
            );
            still.insert(id, since);
        }
        alone = still;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Ok(())
}

/// Waits until each leg that is open in the log by now has its channel, or has ended. A daemon that missed an end would not know for ever,
/// and the next one, which closes such entries, would hide it.
pub(super) async fn the_log_is_true(config: &Config, world: &World) -> Result<()> {
    let rest = Rest::new(config.clone());
    let deadline = Instant::now() + TOLD;
    let mut open: Option<HashSet<String>> = None;
    loop {
        let listed = world
            .evatel(&["call", "list", "--open", "--limit", "1000"])
            .await?;
        let listed = listed.as_array().into_iter().flatten();
        let mut now: HashSet<String> = listed
            .filter_map(|leg| leg["leg"].as_str())
            .map(str::to_owned)
            .collect();
        // Asked last: a leg that begins meanwhile is not among those that were open before.
        for channel in rest.send(op::channels::list()).await? {
            now.remove(channel.id.as_str());
        }
        if let Some(before) = &open {
            now.retain(|leg| before.contains(leg));
        }
        if now.is_empty() {
            return Ok(());
        }
        ensure!(
            Instant::now() < deadline,
            "open in the log for {TOLD:?} without a channel: {now:?}"
        );
        open = Some(now);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// Looks that nothing is left on the switch, that each leg in the log has an end and a cause, and that every place is free.
pub(super) async fn everything_is_closed(world: &World) -> Result<Outcome> {
    world.nothing_is_up(CLEARED).await?;
    let deadline = Instant::now() + CLEARED;
    loop {
        let open = world
            .evatel(&["call", "list", "--open", "--limit", "1000"])
            .await?;
        let open = open.as_array().map_or(0, Vec::len);
        if open == 0 {
            break;
        }
        if Instant::now() > deadline {
            bail!("{open} legs are still open in the log:\n{}", world.daemon.log());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let legs = world.evatel(&["call", "list", "--limit", "100000"]).await?;
    let legs: &[Value] = legs.as_array().map_or(&[], Vec::as_slice);
    ensure!(!legs.is_empty(), "no call came through");
    for leg in legs {
        ensure!(
            leg["ended_at"].is_string() && leg["hangup"].is_string(),
            "{leg:#}"
        );
    }
    every_place_is_free(world).await?;
    let log = std::fs::read_to_string(world.dir().join("serve.log"))?;
    Ok(Outcome {
        legs: legs.len(),
        answered: legs.iter().filter(|leg| leg["answered_at"].is_string()).count(),
        taken_over: log.matches("Call taken over").count(),
        begun_again: log.matches("Call begins again").count(),
        ..Outcome::default()
    })
}

/// With one place for the whole account, a call gets it only if no other is taken.
async fn every_place_is_free(world: &World) -> Result<()> {
    world.change(&["account", "set", "--max-legs", "1"]).await?;
    let call = world.phone.call("5145550142").await?;
    call.answered(SOON)
        .await
        .context("after it all, a call does not come through: is a place still taken?")?;
    call.finish(SOON).await?;
    world.nothing_is_up(CLEARED).await
}
