//! Whom a person's rules ring, and what they ask of him first.

use std::fs;

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        SOON, both_hear,
        talk::{from_device, from_outside, hears_out, legs},
        voice,
    },
    sipp::{Behaviour, End},
    world::{Options, PIN, World},
};

const CALLER: &str = "4385550177";
const MOBILE: &str = "+14385550123";

#[tokio::test]
async fn telephone_and_mobile_ring_at_once_and_the_telephone_stops_when_the_mobile_answers() -> Result<()> {
    let world = World::start(Options {
        phone: Behaviour::Ring,
        speech: false,
        ..Options::default()
    })
    .await?;
    let rules = world.dir().join("luc.json");
    fs::write(
        &rules,
        format!(
            r#"{{"schedule": {{"zone": "America/Toronto", "otherwise": "working"}},
                "statuses": [{{"status": "working", "rules": [{{"who": "everybody", "then": {{"forward": [
                    {{"ring_seconds": 30, "legs": [{{"to": "devices"}}, {{"to": "{MOBILE}", "confirm": true}}]}}]}}}}]}}]}}"#
        ),
    )?;
    world
        .change(&["presence", "set", "--file", &rules.to_string_lossy()])
        .await?;

    let mut talk = from_outside("5145550199", CALLER, voice("fr"), &world).await?;
    talk.hears("Qui appelle").await?;
    talk.says("Jean Bouchard").await?;
    let (telephone, mobile) = (world.phone.rung(SOON).await?, world.carrier.rung(SOON).await?);
    ensure!(
        mobile.number() == &MOBILE[2..],
        "`{}` was called",
        mobile.number()
    );
    mobile.answer()?;
    let picked_up = mobile.answered(SOON).await?;
    let stopped = telephone.ended(SOON).await?;
    ensure!(
        stopped.end == End::Cancelled,
        "the telephone was told {stopped:?}"
    );
    hears_out(&mobile.audio, picked_up).await?;
    mobile.audio.press("1").await?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &mobile.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    let story = talk.hangs_up().await?;
    let mut ends: Vec<String> = legs(&story, "outbound")
        .iter()
        .map(|leg| format!("{} {}", leg["to"], leg["hangup"]).replace('"', ""))
        .collect();
    ends.sort();
    ensure!(
        ends == [
            format!("{MOBILE} normal"),
            format!("{} answered-elsewhere", world.device)
        ],
        "{story:#}"
    );
    world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn a_number_that_wants_the_pin_is_dialled_at_the_telephone_when_the_right_one_came() -> Result<()> {
    let world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    world
        .change(&["restriction", "add", "--name", "NIP", "--require-pin", "canada"])
        .await?;

    let mut talk = from_device("5145550142", voice("fr"), &world).await?;
    talk.hears("Entrez votre code").await?;
    talk.presses("111111#").await?;
    talk.hears("Ce code n'est pas le bon").await?;
    talk.presses(&format!("{PIN}#")).await?;
    let rung = world.carrier.rung(SOON).await?;
    rung.answer()?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    let story = talk.hangs_up().await?;
    let out = legs(&story, "outbound");
    let by = out.last().map(|leg| leg["authoriser"].to_string());
    ensure!(
        by == Some(format!("\"device-pin:{}\"", world.device)),
        "{story:#}"
    );
    world.nothing_is_up(SOON).await
}
