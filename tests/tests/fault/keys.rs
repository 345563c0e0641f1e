//! Without any model there are keys.

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{SOON, both_hear, talk::from_device, voice},
    world::{Options, World},
};

#[tokio::test]
async fn without_a_model_keys_lead_from_the_telephone_to_a_joined_call() -> Result<()> {
    let world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    ensure!(world.daemon.ready["speech"].is_null(), "{}", world.daemon.ready);
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.told("Pour épeler un nom, faites le 1.").await?;
    talk.presses("1").await?;
    talk.told("Épelez le nom").await?;
    // MARIE
    talk.presses("62743#").await?;
    talk.hears("Appeler Marie Tremblay?").await?;
    talk.presses("1").await?;
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
