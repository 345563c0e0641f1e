//! 911 by way of the assistant.

use std::time::Duration;

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        SOON,
        talk::{from_device, from_outside, legs},
        voice,
    },
    sipp::End,
    world::{Options, PIN, World},
};

#[tokio::test]
async fn emergency_is_confirmed_when_spoken_at_the_device_and_refused_to_who_only_has_the_pin() -> Result<()>
{
    let world = World::start(Options::default()).await?;
    // First, since whoever called 911 is rung by all who call him afterwards.
    let mut talk = from_outside("5145550199", "4385550188", voice("fr"), &world).await?;
    talk.told("Qui appelle").await?;
    talk.presses("*").await?;
    talk.told("Entrez votre code").await?;
    talk.presses(&format!("{PIN}#")).await?;
    talk.told("Qui dois-je appeler?").await?;
    talk.presses("2").await?;
    talk.told("Composez le numéro").await?;
    talk.presses("911#").await?;
    talk.told("deny 911 by emergency-needs-device").await?;
    talk.hears("Le 9 1 1 ne peut être appelé que de votre propre appareil")
        .await?;
    talk.hangs_up().await?;
    ensure!(
        world.carrier.rung(Duration::from_millis(200)).await.is_err(),
        "a refused leg left"
    );

    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Qui dois-je appeler?").await?;
    talk.says("appelle le neuf un un").await?;
    talk.hears("Appeler le 9 1 1?").await?;
    ensure!(
        world.carrier.rung(Duration::from_millis(200)).await.is_err(),
        "911 was called without a confirmation"
    );
    talk.says("oui").await?;
    let rung = world.carrier.rung(SOON).await?;
    ensure!(rung.number() == "911", "`{}` was called", rung.number());
    let story = talk.hangs_up().await?;
    ensure!(rung.ended(SOON).await?.end == End::Cancelled);
    let out = legs(&story, "outbound");
    ensure!(
        out.len() == 1 && out[0]["rule"] == "emergency-always" && out[0]["cause"] == "voice-assistant",
        "{story:#}"
    );
    Ok(())
}
