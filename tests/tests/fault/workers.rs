//! Speech workers die while somebody speaks.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    calls::{
        SOON, both_hear,
        talk::{Talk, from_device},
        voice,
    },
    process,
    world::{Daemon, Options, World},
};

#[tokio::test]
async fn a_worker_killed_in_the_middle_of_a_word_does_not_lose_the_call() -> Result<()> {
    survives(1).await
}

#[tokio::test]
async fn all_workers_killed_twice_in_one_utterance_do_not_lose_the_call() -> Result<()> {
    survives(2).await
}

/// Orders a call while workers are killed so many times, and is joined.
async fn survives(times: usize) -> Result<()> {
    let world = World::start(Options::default()).await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Bonjour. Qui dois-je appeler?").await?;
    // The second word has begun after half a second.
    let killing = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        kill_workers(times, &world.daemon).await
    };
    let (said, killed) = tokio::join!(talk.says("appelle Marie Tremblay"), killing);
    said?;
    let killed = killed?;
    ensure!(killed.len() >= times, "only {killed:?} were killed");

    // The words were kept and heard again by the next worker, or the assistant asks once more.
    if !confirmed(&mut talk).await? {
        talk.says("appelle Marie Tremblay").await?;
        ensure!(confirmed(&mut talk).await?, "never understood");
    }
    talk.says("oui").await?;
    let rung = world.carrier.rung(SOON).await?;
    rung.answer()?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    talk.hangs_up().await?;
    world.nothing_is_up(SOON).await
}

/// Hears what the assistant says next, and whether it is the confirmation.
async fn confirmed(talk: &mut Talk<'_>) -> Result<bool> {
    let line = talk.told("assistant to caller:").await?;
    let since = Instant::now();
    talk.call
        .audio
        .wait_for_quiet(since, Duration::from_millis(700), SOON)
        .await?;
    Ok(line.contains("Appeler Marie Tremblay?"))
}

/// Kills all workers so many times, each time as soon as there are new ones.
async fn kill_workers(times: usize, daemon: &Daemon) -> Result<Vec<u32>> {
    let mut killed = Vec::new();
    let deadline = Instant::now() + SOON;
    for _ in 0..times {
        loop {
            let fresh: Vec<u32> = daemon
                .workers()?
                .into_iter()
                .filter(|pid| !killed.contains(pid))
                .collect();
            if !fresh.is_empty() {
                fresh.iter().copied().for_each(process::kill);
                killed.extend(fresh);
                break;
            }
            ensure!(Instant::now() < deadline, "no worker came after {killed:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    daemon.logs("died", SOON).await.context("nobody noticed")?;
    Ok(killed)
}
