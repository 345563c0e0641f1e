//! What somebody outside may cause: nothing, unless he has the PIN.

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        self, SOON, check_joined,
        talk::{from_outside, legs},
        voice,
    },
    sipp::{End, stranger_calls},
    world::{Options, PIN, World},
};

/// Somebody who does not know the PIN keys this one.
const WRONG: &str = "736194";

#[tokio::test]
async fn an_order_from_outside_gets_no_leg_and_the_right_pin_gets_one() -> Result<()> {
    let world = World::start(Options::default()).await?;
    let report = calls::outside_order("fr", &world).await?;
    ensure!(
        report.decision == "deny"
            && report.rule == "caller-has-no-authority"
            && report.authoriser == "caller",
        "{report:?}"
    );
    let out = legs(&report.story, "outbound");
    ensure!(out.len() == 1 && out[0]["answered_at"].is_null(), "{out:#?}");

    let report = calls::pin("appelle Marie Tremblay", "fr", &world).await?;
    check_joined(&report)?;
    ensure!(report.authoriser.starts_with("pin:usr-"), "{report:?}");
    ensure!(report.rule == "class-open:canada", "{report:?}");
    ensure!(nowhere(PIN, &world)?, "the PIN was written");
    Ok(())
}

#[tokio::test]
async fn wrong_pins_end_the_call_then_lock_even_the_right_one_out_and_are_written_nowhere() -> Result<()> {
    let world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    // Three attempts a call, five in all: the sixth is the right one, and too late.
    for last in [WRONG, PIN] {
        let mut talk = from_outside("5145550199", "4385550177", voice("fr"), &world).await?;
        talk.told("Qui appelle").await?;
        talk.presses("*").await?;
        talk.hears("Entrez votre code").await?;
        for _ in 0..2 {
            talk.presses(&format!("{WRONG}#")).await?;
            talk.told("caller 6 secret keys").await?;
            talk.told("PIN refused").await?;
            talk.hears("Ce code n'est pas le bon").await?;
        }
        talk.presses(&format!("{last}#")).await?;
        talk.told("PIN refused").await?;
        talk.hears("Trop d'essais").await?;
        let ended = talk.call.ended(SOON).await?;
        ensure!(ended.end == End::FarHungUp, "{ended:?}");
        let story = talk.over().await?;
        ensure!(legs(&story, "outbound").is_empty(), "{story:#}");
    }
    for pin in [WRONG, PIN] {
        ensure!(nowhere(pin, &world)?, "a PIN was written");
    }
    Ok(())
}

#[tokio::test]
async fn a_number_that_is_nobodys_is_404_and_a_stranger_is_refused() -> Result<()> {
    let world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    calls::unassigned(&world).await?;
    let log = world.evatel(&["call", "list"]).await?;
    ensure!(
        log[0]["rule"] == "unassigned-number" && log[0]["answered_at"].is_null(),
        "{log:#}"
    );
    for number in ["5145550199", "15145550142", "911"] {
        let call = stranger_calls(world.sip, number, "5145550199").await?;
        let ended = call.ended(SOON).await?;
        ensure!(
            (ended.end, ended.status) == (End::Refused, 401),
            "a stranger who calls `{number}` is told {ended:?}"
        );
    }
    let log = world.evatel(&["call", "list"]).await?;
    ensure!(log.as_array().is_some_and(|legs| legs.len() == 1), "{log:#}");
    Ok(())
}

#[tokio::test]
async fn a_number_from_another_carrier_is_in_service_from_its_first_call_on() -> Result<()> {
    let world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    let users = world.evatel(&["user", "list"]).await?;
    let user = users[0]["id"].as_str().unwrap_or_default();
    let coming = ["did", "add", "5145550178", "--port-in", "--user", user];
    world.evatel(&coming).await?;
    for step in [
        &["did", "add", "5145550179", "--pool"][..],
        &["did", "reserve", "5145550179"],
    ] {
        world.evatel(step).await?;
    }
    let kept = world.carrier.call("5145550179", "4385550177").await?;
    let ended = kept.ended(SOON).await?;
    ensure!(
        (ended.end, ended.status, ended.cause) == (End::Refused, 404, Some(1)),
        "a number that is kept for somebody ended with {ended:?}"
    );
    let log = world.evatel(&["call", "list"]).await?;
    ensure!(log[0]["rule"] == "number-reserved", "{log:#}");

    let mut talk = from_outside("5145550178", "4385550177", voice("fr"), &world).await?;
    talk.told("Qui appelle").await?;
    talk.hangs_up().await?;
    let shown = world.evatel(&["did", "show", "5145550178"]).await?;
    ensure!(shown["status"] == "assigned", "{shown:#}");
    let history = world.evatel(&["did", "history", "5145550178"]).await?;
    let last = history.as_array().and_then(|events| events.last());
    ensure!(
        last.is_some_and(|event| event["verb"] == "complete-port-in" && event["by"] == "system:first-call"),
        "{history:#}"
    );
    Ok(())
}

/// Looks for digits in each file of a world, except where a WAV's sound could hold any: there in its name.
fn nowhere(digits: &str, world: &World) -> Result<bool> {
    fn clean(digits: &str, folder: &Path) -> Result<bool> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let is_named = path.to_string_lossy().contains(digits);
            let is_clean = if path.is_dir() {
                clean(digits, &path)?
            } else if path.is_file() && path.extension().is_none_or(|kind| kind != "wav") {
                let bytes = fs::read(&path)?;
                !bytes.windows(digits.len()).any(|part| part == digits.as_bytes())
            } else {
                true
            };
            if is_named || !is_clean {
                eprintln!("`{digits}` is in `{}`", path.display());
                return Ok(false);
            }
        }
        Ok(true)
    }
    clean(digits, world.dir())
}
