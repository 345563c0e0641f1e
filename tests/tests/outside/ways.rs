//! Several trunks: the next carries what the first cannot, and only that.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        SOON, both_hear,
        talk::{Talk, from_device, legs, lines},
        voice,
    },
    curt::{Answer, Curt},
    ports::{CARRIER_IP, Lease},
    sipp::{Behaviour, End},
    world::{Options, World},
};

/// A world whose calls to North America go to a carrier that carries nothing first, and then to the one that does.
struct TwoWays {
    world: World,
    first: Curt,
    trunk: String,
    _ports: Lease,
}

impl TwoWays {
    async fn start(answer: Answer) -> Result<Self> {
        let world = World::start(Options {
            speech: false,
            silent_trunk_s: Some(2),
            ..Options::default()
        })
        .await?;
        let mut ports = Lease::new(1)?;
        let peer = SocketAddr::new(CARRIER_IP, ports.port()?);
        let first = Curt::start(peer, answer).await?;
        let peer = peer.to_string();
        let add = [
            "trunk", "add", "--name", "First", "--format", "e164", "--peer", &peer,
        ];
        let trunk = world.change(&add).await?;
        let trunk = trunk["id"].as_str().unwrap_or_default().to_owned();
        for (trunk, priority) in [(&trunk, "1"), (&world.trunk, "2")] {
            let route = ["route", "add", "+1", "--trunk", trunk, "--priority", priority];
            world.change(&route).await?;
        }
        world.evatel(&["provision", "apply"]).await?;
        Ok(Self {
            world,
            first,
            trunk,
            _ports: ports,
        })
    }
}

/// The carrier that does carry calls is rung, and the two who are joined hear each other.
async fn carried(mut talk: Talk<'_>, world: &World) -> Result<serde_json::Value> {
    let rung = world.carrier.rung(SOON).await?;
    ensure!(rung.number() == "5145550142", "`{}` was called", rung.number());
    rung.answer()?;
    talk.told("bridged").await?;
    let heard = both_hear(&talk.call.audio, &rung.audio).await?;
    ensure!(
        heard == (true, true),
        "(caller, callee) heard the other: {heard:?}"
    );
    talk.hangs_up().await
}

fn ends(story: &serde_json::Value) -> Vec<String> {
    let legs = legs(story, "outbound");
    let ends = legs
        .iter()
        .map(|leg| leg["hangup"].as_str().unwrap_or_default().to_owned());
    ends.collect()
}

#[tokio::test]
async fn a_call_that_the_first_trunk_refuses_as_a_network_does_is_carried_by_the_second() -> Result<()> {
    for status in [503, 500, 408] {
        let mut ways = TwoWays::start(Answer::Status(status)).await?;
        let talk = from_device("5145550142", voice("fr"), &ways.world).await?;
        ways.first.asked(SOON).await?;
        let story = carried(talk, &ways.world).await?;
        let passed = format!("`{}` does not carry the call", ways.trunk);
        ensure!(
            ends(&story).len() == 2 && lines(&story).iter().any(|line| line.contains(&passed)),
            "{status}: {story:#}"
        );
        ways.world.nothing_is_up(SOON).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_call_of_which_the_first_trunk_says_nothing_is_carried_by_the_second() -> Result<()> {
    let mut ways = TwoWays::start(Answer::Nothing).await?;
    let talk = from_device("5145550142", voice("fr"), &ways.world).await?;
    ways.first.asked(SOON).await?;
    let story = carried(talk, &ways.world).await?;
    ensure!(ends(&story)[0] == "no-response", "{story:#}");
    ways.world.nothing_is_up(SOON).await
}

#[tokio::test]
async fn what_the_called_party_answers_over_the_first_trunk_is_his_answer() -> Result<()> {
    for (status, end) in [(486, "busy"), (480, "no-answer"), (603, "rejected")] {
        let mut ways = TwoWays::start(Answer::Status(status)).await?;
        // Would it be rung, it would take the call.
        ways.world.carrier.callee().set_behaviour(Behaviour::default());
        let talk = from_device("5145550142", voice("fr"), &ways.world).await?;
        ways.first.asked(SOON).await?;
        let ended = talk.call.ended(SOON).await?;
        ensure!(
            ended.end == End::Refused && (status != 486 || ended.status == 486),
            "{status}: the caller was told {ended:?}"
        );
        let story = talk.over().await?;
        ensure!(ends(&story) == [end], "{status}: {story:#}");
        ways.world.nothing_is_up(SOON).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_full_trunk_is_passed_over_and_with_all_full_the_caller_is_told_so() -> Result<()> {
    let ways = TwoWays::start(Answer::Status(503)).await?;
    let world = &ways.world;
    for (trunk, calls) in [(&ways.trunk, "1"), (&world.trunk, "1")] {
        world.evatel(&["itsp", "line", trunk, "--calls", calls]).await?;
    }
    // The first trunk refuses, so that the second has its one call.
    let mut talk = from_device("5145550142", voice("fr"), world).await?;
    let rung = world.carrier.rung(SOON).await?;
    rung.answer()?;
    talk.told("bridged").await?;
    // Another call gets leave for the first trunk, which refuses; and the second is full.
    let mut other = from_device("5145550143", voice("fr"), world).await?;
    let full = format!("deny +15145550143 by trunk-full:calls:{}", world.trunk);
    other.told(&full).await?;
    other.call.ended(SOON).await?;
    let story = other.over().await?;
    ensure!(
        ends(&story).last().is_some_and(|end| end == "no-circuit"),
        "{story:#}"
    );
    talk.hangs_up().await?;
    world.nothing_is_up(SOON).await
}
