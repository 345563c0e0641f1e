//! The ways of the sound that an operator may choose.

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    calls::{
        SOON, both_hear,
        talk::{from_outside, hears_out},
        voice,
    },
    proxy::{Proxy, Which},
    world::{Options, World},
};

#[tokio::test]
async fn over_each_medium_a_caller_is_heard_announced_and_joined() -> Result<()> {
    for (media, technology) in [
        ("audiosocket", "AudioSocket/"),
        ("rtp", "UnicastRTP/"),
        ("websocket", "WebSocket/evatel"),
        ("websocket-server", "WebSocket/INCOMING"),
    ] {
        call_over(media, technology)
            .await
            .with_context(|| format!("over `{media}`"))?;
    }
    Ok(())
}

#[tokio::test]
async fn sound_that_is_cut_during_the_greeting_comes_back_and_the_call_goes_on() -> Result<()> {
    let mut world = World::start(Options::default()).await?;
    let proxy = Proxy::between(&mut world).await?;
    let mut talk = from_outside("5145550199", "4385550177", voice("fr"), &world).await?;
    let greeted = talk.call.audio.wait_for_speech(talk.since, SOON).await?;
    proxy.cut(Which::Media);
    talk.told("system the sound of the caller broke and is back")
        .await?;
    talk.since = greeted;
    talk.hears_the_rest().await?;
    talk.says("Jean Bouchard").await?;
    let rung = world.phone.rung(SOON).await?;
    let picked_up = rung.answered(SOON).await?;
    rung.audio.wait_for_speech(picked_up, SOON).await?;
    proxy.cut(Which::Media);
    talk.told("system the sound of the callee broke and is back")
        .await?;
    hears_out(&rung.audio, picked_up).await?;
    rung.audio.press("1").await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    talk.hangs_up().await?;
    world.nothing_is_up(SOON).await
}

async fn call_over(media: &'static str, technology: &str) -> Result<()> {
    let world = World::start(Options {
        media,
        ..Options::default()
    })
    .await?;
    ensure!(world.daemon.ready["media"] == media, "{:#}", world.daemon.ready);
    let told = world.evatel(&["doctor"]).await?;
    let mut findings = told["findings"].as_array().into_iter().flatten();
    let audio = findings.find(|finding| finding["check"] == "audio");
    let seen = audio.and_then(|audio| audio["seen"].as_str()).unwrap_or_default();
    ensure!(
        seen.contains(&format!("over `{media}` a tone came back")),
        "{told:#}"
    );

    let mut talk = from_outside("5145550199", "4385550177", voice("fr"), &world).await?;
    talk.told("Qui appelle").await?;
    let channels = world.asterisk.console("core show channels concise").await?;
    ensure!(channels.contains(technology), "no `{technology}` in: {channels}");
    talk.hears_the_rest().await?;
    // Whether his words end is known by their sound alone; the owner is told them.
    talk.says("Jean Bouchard").await?;
    let rung = world.phone.rung(SOON).await?;
    let picked_up = rung.answered(SOON).await?;
    talk.told("to callee: Un appel de (the recorded name)").await?;
    hears_out(&rung.audio, picked_up).await?;
    rung.audio.speak(&voice("fr").say("accepter").await?).await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    talk.hangs_up().await?;
    world.nothing_is_up(SOON).await
}
