//! Numbers that the owner dials at his telephone, without a word.

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        SOON, both_hear,
        talk::{from_device, from_outside, legs},
        voice,
    },
    ports::{CARRIER_IP, Lease},
    sipp::{Behaviour, Carrier, End},
    world::{DID, MARIE, Options, PIERRE, World},
};

#[tokio::test]
async fn a_dialled_number_leaves_in_the_carriers_form_and_busy_and_refusals_come_back() -> Result<()> {
    let world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;

    // Allowed.
    let mut talk = from_device("15145550142", voice("fr"), &world).await?;
    let rung = world.carrier.rung(SOON).await?;
    ensure!(rung.number() == "5145550142", "`{}` was called", rung.number());
    ensure!(
        rung.caller() == "5145550199",
        "the callee sees `{}`",
        rung.caller()
    );
    talk.call.ringing(SOON).await?;
    rung.answer()?;
    talk.call.answered(SOON).await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    let story = talk.hangs_up().await?;
    ensure!(rung.ended(SOON).await?.end == End::FarHungUp);
    let out = legs(&story, "outbound");
    ensure!(
        out.len() == 1
            && out[0]["to"] == MARIE.1
            && out[0]["cause"] == "dial"
            && out[0]["authoriser"] == format!("device:{}", world.device)
            && out[0]["rule"] == "class-open:canada",
        "{story:#}"
    );

    // Busy.
    world.carrier.callee().set_behaviour(Behaviour::Busy);
    let talk = from_device("5145550142", voice("fr"), &world).await?;
    let ended = talk.call.ended(SOON).await?;
    ensure!(
        (ended.end, ended.status, ended.cause) == (End::Refused, 486, Some(17)),
        "the caller was told {ended:?}"
    );
    let busy = world.carrier.rung(SOON).await?;
    ensure!(busy.ended(SOON).await?.end == End::Refused);

    // Refused: he hears why.
    let mut talk = from_device("01133142764978", voice("fr"), &world).await?;
    let rule = format!("restriction:{}", world.restriction);
    talk.told(&format!("deny {} by {rule}", PIERRE.1)).await?;
    talk.hears("Les appels à l'étranger ne sont pas permis sur ce compte. Au revoir.")
        .await?;
    ensure!(talk.call.ended(SOON).await?.end == End::FarHungUp);
    let story = talk.over().await?;
    let out = legs(&story, "outbound");
    ensure!(
        out.len() == 1 && out[0]["decision"] == "deny" && out[0]["rule"] == *rule,
        "{story:#}"
    );
    Ok(())
}

#[tokio::test]
async fn a_suspended_account_still_reaches_911_by_the_emergency_route_and_is_reached_at_its_callback_number()
-> Result<()> {
    let world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    let mut ports = Lease::new(1)?;
    let port = ports.port()?;
    let peer = format!("{CARRIER_IP}:{port}");
    let rescue = Carrier::start(world.sip, port).await?;
    let trunk = [
        "trunk", "add", "--name", "Rescue", "--format", "e164", "--peer", &peer,
    ];
    let trunk = world.change(&trunk).await?;
    let trunk = trunk["id"].as_str().unwrap_or_default();
    let place = [
        "--street",
        "1200, rue Principale",
        "--city",
        "Montréal",
        "--province",
        "QC",
    ];
    let route = ["--callback", "+15145550199", "--trunk", trunk];
    world
        .change(&[&["emergency", "set"], &place[..], &route].concat())
        .await?;
    world.evatel(&["provision", "apply"]).await?;
    world.change(&["account", "set", "--status", "suspended"]).await?;

    let mut talk = from_device("5145550142", voice("fr"), &world).await?;
    talk.told("deny +15145550142 by account-suspended").await?;
    talk.hears("Ce compte est suspendu.").await?;
    talk.call.ended(SOON).await?;

    let mut talk = from_device("911", voice("fr"), &world).await?;
    let rung = rescue.rung(SOON).await?;
    ensure!(rung.number() == "911", "`{}` was called", rung.number());
    ensure!(rung.caller() == DID, "the centre sees `{}`", rung.caller());
    rung.answer()?;
    talk.call.answered(SOON).await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, centre) heard the other: {heard:?}"
    );
    let story = talk.hangs_up().await?;
    let out = legs(&story, "outbound");
    ensure!(
        out.len() == 1 && out[0]["to"] == "911" && out[0]["rule"] == "emergency-always",
        "{story:#}"
    );

    // The centre calls back, from another number: the telephone rings at once, and nobody is asked for his name.
    let mut talk = from_outside(DID, "5145550911", voice("fr"), &world).await?;
    let rung = world.phone.rung(SOON).await?;
    talk.call.ringing(SOON).await?;
    rung.answer()?;
    talk.call.answered(SOON).await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(centre, caller) heard the other: {heard:?}"
    );
    let story = talk.hangs_up().await?;
    let came = legs(&story, "inbound");
    ensure!(came[0]["rule"] == "emergency-call-back", "{story:#}");
    Ok(())
}
