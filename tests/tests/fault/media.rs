//! The sound of a call stutters on its way.

use std::time::Duration;

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{SOON, talk::from_device, voice},
    proxy::{Proxy, Which},
    world::{Options, World},
};

#[tokio::test]
async fn a_call_whose_sound_stutters_and_breaks_goes_on_and_the_log_says_so() -> Result<()> {
    let mut world = World::start(Options::default()).await?;
    let proxy = Proxy::between(&mut world).await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.told("Bonjour. Qui dois-je appeler?").await?;

    // For most of a second nothing passes, in either direction, and again and again, under what the assistant says.
    for _ in 0..3 {
        proxy.stutter(true);
        tokio::time::sleep(Duration::from_millis(800)).await;
        proxy.stutter(false);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    talk.hears_the_rest().await?;
    // What he says in a stutter may be lost: then he is asked again, and says it again.
    let speaking = talk.call.audio.clone();
    let order = voice("fr").say("appelle Marie Tremblay").await?;
    let said = tokio::spawn(async move { speaking.speak(&order).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    proxy.stutter(true);
    tokio::time::sleep(Duration::from_millis(400)).await;
    proxy.stutter(false);
    talk.since = said.await??.last_at;
    let mut line = talk.told("assistant to caller:").await?;
    for _ in 0..2 {
        if line.contains("Appeler Marie Tremblay?") {
            break;
        }
        talk.hears_the_rest().await?;
        talk.says("appelle Marie Tremblay").await?;
        line = talk.told("assistant to caller:").await?;
    }
    ensure!(line.contains("Appeler Marie Tremblay?"), "`{line}`");
    talk.hears_the_rest().await?;

    // Cut through, it is opened again.
    proxy.cut(Which::Media);
    world.daemon.logs("broke and is opened again", SOON).await?;
    talk.presses("1").await?;
    let rung = world.carrier.rung(SOON).await?;
    rung.answer()?;
    talk.told("bridged").await?;
    world.daemon.logs("stuttered", SOON).await?;
    talk.hangs_up().await?;
    world.nothing_is_up(SOON).await
}
