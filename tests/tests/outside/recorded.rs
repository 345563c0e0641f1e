//! A call of an account that records its calls.

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

#[tokio::test]
async fn a_recorded_call_is_announced_to_both_and_its_file_holds_both() -> Result<()> {
    let world = World::start(Options {
        records_calls: true,
        ..Options::default()
    })
    .await?;
    let (talk, rung) = recorded_call(&world).await?;

    // One after the other: the file is the sum of both, in which neither would stand out.
    let (one, two) = (signal::burst(1), signal::burst(2));
    let began = Instant::now();
    talk.call.audio.speak(&one).await?;
    let last = rung.audio.speak(&two).await?.last_at;
    let pause = std::time::Duration::from_millis(400);
    talk.call.audio.wait_for_quiet(last, pause, SOON).await?;
    ensure!(signal::heard(&one, rung.audio.recording().since(began)));
    ensure!(signal::heard(&two, talk.call.audio.recording().since(began)));

    let story = talk.hangs_up().await?;
    recording_holds(&[("caller", &one), ("callee", &two)], &story)
}
