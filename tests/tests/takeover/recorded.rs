//! A recording that is under way when the daemon dies.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    calls::{
        SOON,
        talk::{from_outside, hears_out, legs},
        voice,
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
    let mut talk = from_outside("5145550199", "4385550177", voice("fr"), &world).await?;
    talk.told("assistant to caller: Bonjour. Vous êtes bien chez Luc Gagnon. Cet appel est enregistré.")
        .await?;
    talk.presses("#").await?;
    let rung = world.phone.rung(SOON).await?;
    let picked_up = rung.answered(SOON).await?;
    talk.told("assistant to callee").await?;
    hears_out(&rung.audio, picked_up).await?;
    rung.audio.press("1").await?;
    talk.told("bridged").await?;
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
    let file = legs(&story, "inbound")[0]["recording"].clone();
    let file = file
        .as_str()
        .with_context(|| format!("no recording: {story:#}"))?;
    let samples: Vec<i16> = hound::WavReader::open(file)
        .with_context(|| format!("`{file}`"))?
        .samples::<i16>()
        .collect::<Result<_, _>>()?;
    for (who, signal) in [("caller", &one), ("callee", &two)] {
        let found = signal::find(signal, &samples);
        ensure!(
            found.peak >= signal::HEARD,
            "the {who} is not in `{file}`: {found:?}"
        );
    }
    world.nothing_is_up(SOON).await
}
