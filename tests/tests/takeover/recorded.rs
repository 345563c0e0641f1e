//! A recording that is under way when the daemon dies.

use std::time::Instant;

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        SOON,
        talk::{recorded_call, recording_holds},
    },
    signal,
    world::{Options, World},
};

use super::support::{check_legs, next_daemon};

#[tokio::test]
async fn a_recording_goes_on_without_a_daemon_and_is_kept_by_the_next() -> Result<()> {
    let mut world = World::start(Options {
        records_calls: true,
        ..Options::default()
    })
    .await?;
    let (talk, rung) = recorded_call(&world).await?;
    let (call, id) = (talk.call, talk.id);
    world.daemon.kill().await?;

    // One after the other: the file is the sum of both, in which neither would stand out.
    let (one, two) = (signal::burst(1), signal::burst(2));
    let began = Instant::now();
    call.audio.speak(&one).await?;
    next_daemon("Call taken over", &mut world).await?;
    let last = rung.audio.speak(&two).await?.last_at;
    let pause = std::time::Duration::from_millis(400);
    call.audio.wait_for_quiet(last, pause, SOON).await?;
    ensure!(signal::heard(&one, rung.audio.recording().since(began)));
    call.finish(SOON).await?;
    rung.ended(SOON).await?;

    let story = world.ended(&id, SOON).await?;
    check_legs(&story, "normal")?;
    recording_holds(&[("caller", &one), ("callee", &two)], &story)?;
    world.nothing_is_up(SOON).await
}
