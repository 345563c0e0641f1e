//! The owner says whom to call.

use std::time::Duration;

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        self, Accept, Order, SOON, both_hear, check_joined,
        talk::{from_device, legs},
        voice,
    },
    sipp::{Behaviour, End},
    world::{MARIE, Options, PIERRE, World},
};

#[tokio::test]
async fn a_wrong_name_is_corrected_a_busy_contact_is_told_and_the_next_attempt_joins_both() -> Result<()> {
    let world = World::start(Options::default()).await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Bonjour. Qui dois-je appeler?").await?;
    talk.says("appelle Pierre Dupont").await?;
    talk.hears("Appeler Pierre Dupont?").await?;
    talk.says("non, Marie Tremblay").await?;
    talk.hears("Appeler Marie Tremblay?").await?;
    talk.says("oui").await?;
    let rung = world.carrier.rung(SOON).await?;
    ensure!(rung.number() == "5145550142", "`{}` was called", rung.number());
    ensure!(
        rung.caller() == "5145550199",
        "the contact sees `{}`, not the account's number",
        rung.caller()
    );
    rung.behave(Behaviour::Busy).await?;
    talk.hears("Marie Tremblay est déjà en ligne. Qui dois-je appeler?")
        .await?;

    talk.says("appelle Marie Tremblay").await?;
    talk.hears("Appeler Marie Tremblay?").await?;
    talk.presses("1").await?;
    let rung = world.carrier.rung(SOON).await?;
    rung.answer()?;
    rung.answered(SOON).await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    rung.hang_up()?;
    ensure!(talk.call.ended(SOON).await?.end == End::FarHungUp);

    let story = talk.over().await?;
    let (inbound, outbound) = (legs(&story, "inbound"), legs(&story, "outbound"));
    ensure!(
        inbound.len() == 1
            && inbound[0]["cause"] == "assistant"
            && inbound[0]["rule"] == "authenticated-device"
            && inbound[0]["from"] == *world.device,
        "{story:#}"
    );
    let causes: Vec<_> = outbound.iter().map(|leg| leg["hangup"].clone()).collect();
    ensure!(causes == ["busy", "normal"], "{story:#}");
    for leg in &outbound {
        let who = format!("device:{}", world.device);
        ensure!(
            leg["to"] == MARIE.1
                && leg["authoriser"] == *who
                && leg["decision"] == "allow"
                && leg["rule"] == "class-open:canada"
                && leg["cause"] == "voice-assistant",
            "{leg:#}"
        );
        ensure!(
            leg["started_at"].is_string() && leg["ended_at"].is_string(),
            "{leg:#}"
        );
    }
    ensure!(outbound[0]["answered_at"].is_null() && outbound[1]["answered_at"].is_string());
    Ok(())
}

#[tokio::test]
async fn a_contact_abroad_is_refused_with_its_rule_and_one_added_while_running_is_found() -> Result<()> {
    let world = World::start(Options::default()).await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Qui dois-je appeler?").await?;
    talk.says("appelle Pierre Dupont").await?;
    talk.hears("Appeler Pierre Dupont?").await?;
    talk.says("oui").await?;
    let rule = format!("restriction:{}", world.restriction);
    talk.told(&format!("deny {} by {rule}", PIERRE.1)).await?;
    talk.hears("Les appels à l'étranger ne sont pas permis sur ce compte. Qui dois-je appeler?")
        .await?;
    let story = talk.hangs_up().await?;
    let out = legs(&story, "outbound");
    ensure!(
        out.len() == 1 && out[0]["decision"] == "deny" && out[0]["rule"] == *rule && out[0]["to"] == PIERRE.1,
        "{story:#}"
    );
    ensure!(
        world.carrier.rung(Duration::from_millis(200)).await.is_err(),
        "a refused leg left"
    );

    world
        .change(&["contact", "add", "Zoé Beauchemin", "514-555-0177"])
        .await?;
    let mut talk = from_device("*55", voice("fr"), &world).await?;
    talk.hears("Qui dois-je appeler?").await?;
    talk.says("appelle Zoé Beauchemin").await?;
    talk.hears("Appeler Zoé Beauchemin?").await?;
    talk.says("oui").await?;
    let rung = world.carrier.rung(SOON).await?;
    ensure!(rung.number() == "5145550177", "`{}` was called", rung.number());
    // The star takes it back while it rings.
    talk.presses("*").await?;
    let ended = rung.ended(SOON).await?;
    ensure!(ended.end == End::Cancelled, "the contact was told {ended:?}");
    talk.hears("Qui dois-je appeler?").await?;
    talk.hangs_up().await?;
    Ok(())
}

#[tokio::test]
async fn an_english_account_is_served_in_english() -> Result<()> {
    let world = World::start(Options {
        language: "en",
        ..Options::default()
    })
    .await?;
    let report = calls::outside(Accept::Voice, "en", &world).await?;
    check_joined(&report)?;
    ensure!(
        report
            .said
            .iter()
            .any(|said| said.contains("You have reached Luc Gagnon")),
        "{:?}",
        report.said
    );
    let order = |name, words, allowed| Order {
        name,
        lang: "en",
        words,
        allowed,
    };
    let report = calls::assistant(order("B", "call Marie Tremblay", true), &world).await?;
    check_joined(&report)?;
    ensure!(
        report.said.iter().any(|said| said.contains("Whom shall I call?")),
        "{:?}",
        report.said
    );
    let report = calls::assistant(order("B abroad", "call Pierre Dupont", false), &world).await?;
    ensure!(
        report.decision == "deny" && report.rule == format!("restriction:{}", world.restriction),
        "{report:?}"
    );
    ensure!(
        report
            .said
            .iter()
            .any(|said| said.contains("International calls are not allowed")),
        "{:?}",
        report.said
    );
    Ok(())
}
