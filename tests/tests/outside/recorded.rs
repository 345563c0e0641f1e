//! A call of an account that records its calls.

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

#[tokio::test]
async fn a_recorded_call_is_announced_to_both_and_its_file_holds_both() -> Result<()> {
    let world = World::start(Options {
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
    let announced = talk.told("assistant to callee").await?;
    ensure!(announced.contains("Cet appel est enregistré."), "`{announced}`");
    hears_out(&rung.audio, picked_up).await?;
    rung.audio.press("1").await?;
    talk.told("bridged").await?;

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
    let inbound = legs(&story, "inbound");
    let file = inbound[0]["recording"]
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
    Ok(())
}
