//! Keys do what words did not.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    calls::{
        SOON, both_hear,
        talk::{from_device, legs},
        voice,
    },
    sipp::End,
    world::{Options, PIERRE, World},
};

const MENU: &str = "Pour épeler un nom, faites le 1.";

#[tokio::test]
async fn silence_leads_to_the_keypad_where_a_name_is_spelled_and_picked() -> Result<()> {
    let world = World::start(Options::default()).await?;
    world
        .change(&["contact", "add", "Marie Beaulieu", "514-555-0143"])
        .await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Bonjour. Qui dois-je appeler?").await?;
    talk.hears("Je n'ai rien entendu. Qui dois-je appeler?").await?;
    talk.hears("Je n'ai rien entendu. Qui dois-je appeler?").await?;
    talk.told(MENU).await?;
    talk.presses("0").await?;
    talk.told(MENU).await?;
    talk.presses("1").await?;
    talk.told("Épelez le nom").await?;
    talk.presses("9999#").await?;
    talk.told("Aucun contact ne s'épelle ainsi.").await?;
    talk.presses("1").await?;
    talk.told("Épelez le nom").await?;
    // MARIE
    talk.presses("62743#").await?;
    let offered = talk.told("Pour Marie").await?;
    let (_, after) = offered
        .split_once("Pour Marie Tremblay, faites le ")
        .with_context(|| format!("`{offered}`"))?;
    ensure!(offered.contains("Pour Marie Beaulieu, faites le "), "`{offered}`");
    talk.presses(&after[..1]).await?;
    talk.hears("Appeler Marie Tremblay?").await?;
    talk.presses("1").await?;
    let rung = world.carrier.rung(SOON).await?;
    ensure!(rung.number() == "5145550142", "`{}` was called", rung.number());
    talk.hangs_up().await?;
    ensure!(rung.ended(SOON).await?.end == End::Cancelled);
    Ok(())
}

#[tokio::test]
async fn words_not_understood_lead_to_the_keypad_where_a_number_is_dialled_through_the_same_gate()
-> Result<()> {
    let world = World::start(Options::default()).await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Bonjour. Qui dois-je appeler?").await?;
    for _ in 0..2 {
        talk.says("le chat dort sur la table rouge").await?;
        talk.told("caller NotUnderstood").await?;
        talk.hears("Désolé, je n'ai pas compris. Qui dois-je appeler?")
            .await?;
    }
    talk.says("le chat dort sur la table rouge").await?;
    talk.told("caller NotUnderstood").await?;
    talk.told(MENU).await?;

    // Back to words, and to the keypad again by its key.
    talk.presses("*").await?;
    talk.told("Qui dois-je appeler?").await?;
    talk.presses("2").await?;
    talk.told("Composez le numéro").await?;
    talk.presses("01133142764978#").await?;
    let rule = format!("restriction:{}", world.restriction);
    talk.told(&format!("deny {} by {rule}", PIERRE.1)).await?;
    talk.hears("Les appels à l'étranger ne sont pas permis").await?;
    ensure!(
        world.carrier.rung(Duration::from_millis(200)).await.is_err(),
        "a refused leg left"
    );

    talk.presses("2").await?;
    talk.told("Composez le numéro").await?;
    talk.presses("5145550142#").await?;
    talk.told("allow +15145550142 by class-open:canada").await?;
    let rung = world.carrier.rung(SOON).await?;
    ensure!(rung.number() == "5145550142", "`{}` was called", rung.number());
    rung.answer()?;
    rung.answered(SOON).await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    let story = talk.hangs_up().await?;
    rung.ended(SOON).await?;
    let decisions: Vec<_> = legs(&story, "outbound")
        .iter()
        .map(|leg| leg["decision"].clone())
        .collect();
    ensure!(decisions == ["deny", "allow"], "{story:#}");
    Ok(())
}
