//! The owner is not reached: it is said why, and the caller chooses what then.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    calls::{
        SOON,
        talk::{Talk, from_outside, hears_out, legs, lines},
        voice,
    },
    signal,
    sipp::{Behaviour, End},
    world::{Options, World},
};

const CALLER: &str = "4385550177";

/// A caller who gets to where the owner's telephone is tried: `#` instead of a name.
async fn asks_for_the_owner(world: &World) -> Result<Talk<'_>> {
    let mut talk = from_outside("5145550199", CALLER, voice("fr"), world).await?;
    talk.told("Qui appelle").await?;
    talk.presses("#").await?;
    talk.told("allow 101 by own-rule").await?;
    Ok(talk)
}

/// How the attempts to reach the owner ended, in their order.
fn attempts(story: &serde_json::Value) -> Vec<String> {
    let legs = legs(story, "outbound");
    legs.iter()
        .map(|leg| leg["hangup"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn busy_declined_and_unreachable_are_said_and_the_caller_tries_again_or_leaves_a_message() -> Result<()>
{
    let options = Options {
        phone: Behaviour::Busy,
        ..Options::default()
    };
    let world = World::start(options).await?;

    // Busy; again, by voice; declined; a message, by key.
    let mut talk = asks_for_the_owner(&world).await?;
    talk.hears("Luc Gagnon est déjà en ligne. Dites message, réessaie ou fin")
        .await?;
    world.phone.set_behaviour(Behaviour::Decline);
    talk.says("réessaie").await?;
    talk.told("allow 101 by own-rule").await?;
    talk.hears("Luc Gagnon ne peut pas prendre votre appel").await?;
    talk.presses("1").await?;
    talk.hears("Laissez votre message").await?;
    let message = signal::burst(3);
    talk.call.audio.speak(&message).await?;
    talk.presses("#").await?;
    talk.hears("Votre message est enregistré. Au revoir").await?;
    ensure!(talk.call.ended(SOON).await?.end == End::FarHungUp);
    let story = talk.over().await?;
    ensure!(attempts(&story) == ["busy", "rejected"], "{story:#}");
    let lines = lines(&story);
    let kept = lines
        .iter()
        .find_map(|line| line.strip_prefix("system message kept in `")?.strip_suffix('`'));
    let file = PathBuf::from(kept.with_context(|| format!("no message was kept: {lines:#?}"))?);
    ensure!(
        file.starts_with(world.dir().join("recordings")),
        "`{}` lies elsewhere",
        file.display()
    );
    let samples: Vec<i16> = hound::WavReader::open(&file)?
        .samples::<i16>()
        .collect::<Result<_, _>>()?;
    ensure!(
        signal::heard(&message, &samples),
        "the message is another: {:?}",
        signal::find(&message, &samples)
    );

    // The telephone fails; again, by key; it is away for a while (480); again; nobody is registered; end, by voice.
    world.phone.set_behaviour(Behaviour::Fail);
    let mut talk = asks_for_the_owner(&world).await?;
    talk.told("Luc Gagnon n'est pas joignable").await?;
    world.phone.set_behaviour(Behaviour::Unavailable);
    talk.presses("2").await?;
    talk.told("allow 101 by own-rule").await?;
    talk.told("Luc Gagnon ne répond pas").await?;
    world.phone.unregister().await?;
    talk.presses("2").await?;
    talk.told("allow 101 by own-rule").await?;
    talk.hears("Luc Gagnon n'est pas joignable").await?;
    talk.says("fin").await?;
    talk.hears("Au revoir").await?;
    ensure!(talk.call.ended(SOON).await?.end == End::FarHungUp);
    let story = talk.over().await?;
    ensure!(
        attempts(&story) == ["no-circuit", "no-answer", "absent"],
        "{story:#}"
    );
    Ok(())
}

#[tokio::test]
async fn no_answer_and_a_refusal_by_key_are_said_and_a_caller_who_never_says_his_name_is_announced_without()
-> Result<()> {
    let options = Options {
        phone: Behaviour::Ring,
        ring_timeout_s: Some(5),
        ..Options::default()
    };
    let world = World::start(options).await?;

    // Nobody answers: the telephone stops ringing, and the caller ends the call by key.
    let mut talk = asks_for_the_owner(&world).await?;
    let rung = world.phone.rung(SOON).await?;
    talk.told("Luc Gagnon ne répond pas").await?;
    let ended = rung.ended(SOON).await?;
    ensure!(ended.end == End::Cancelled, "the telephone was told {ended:?}");
    let rang = ended.at - rung.at;
    ensure!(
        (4_500..7_000).contains(&rang.as_millis()),
        "it rang for {rang:?}, not 5 s"
    );
    talk.presses("3").await?;
    talk.hears("Au revoir").await?;
    ensure!(talk.call.ended(SOON).await?.end == End::FarHungUp);
    let story = talk.over().await?;
    ensure!(attempts(&story) == ["no-answer"], "{story:#}");

    // A silent caller is asked twice more.
    world.phone.set_behaviour(Behaviour::Answer {
        after: std::time::Duration::from_millis(200),
    });
    let mut talk = from_outside("5145550199", CALLER, voice("fr"), &world).await?;
    talk.hears("Vous êtes bien chez Luc Gagnon. Qui appelle").await?;
    talk.hears("Je n'ai rien entendu. Qui appelle").await?;
    talk.hears("Je n'ai rien entendu. Qui appelle").await?;
    let rung = world.phone.rung(SOON).await?;
    let picked_up = rung.answered(SOON).await?;
    talk.told("to callee: Un appel d'une personne qui n'a pas dit son nom")
        .await?;
    hears_out(&rung.audio, picked_up).await?;
    rung.audio.press("2").await?;
    talk.told("callee key 2").await?;
    rung.ended(SOON).await?;
    talk.hears("Luc Gagnon ne peut pas prendre votre appel").await?;
    let story = talk.hangs_up().await?;
    ensure!(
        !lines(&story).iter().any(|line| line.contains("bridged")),
        "{story:#}"
    );
    Ok(())
}
