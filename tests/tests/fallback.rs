//! With the daemon away or hanging, the dialplan serves by itself: nobody is left without an answer.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::time::{Duration, Instant};

use evatel_tests::{
    calls::{self, SOON, check_joined},
    sipp::{Behaviour, End, Phone},
    world::{DID, Options, World},
};

/// The dialplan's watchdog (2 s) and what a busy machine adds.
const WATCHDOG: Duration = Duration::from_millis(3_500);

/// A world in which a second user of the same account has a telephone, at [`EXTENSION`].
async fn world_of_two() -> (World, Phone) {
    let world = World::start(Options::default()).await.unwrap();
    let user = world
        .evatel(&["user", "add", "--name", "Anne Roy", "--extension", EXTENSION])
        .await
        .unwrap();
    let user = user["id"].as_str().unwrap();
    let device = world
        .change(&["device", "add", "--name", "Salon", "--user", user])
        .await
        .unwrap();
    // A running Asterisk takes the new device in.
    let applied = world.evatel(&["provision", "apply"]).await.unwrap();
    assert!(applied["asterisk_away"].is_null(), "{applied}");
    let (id, secret) = (device["sip_user"].as_str(), device["secret"].as_str());
    let phone = Phone::register(world.sip, id.unwrap(), secret.unwrap(), Behaviour::Ring)
        .await
        .unwrap();
    (world, phone)
}

/// Everything that the dialplan does by itself.
async fn everything_is_served(world: &World, colleague: &Phone) {
    let report = calls::fallback("fallback", world).await.unwrap();
    check_joined(&report).unwrap();
    calls::unassigned(world).await.unwrap();
    a_colleague_is_reached(world, colleague).await;
    emergency_goes_out(world).await;
    another_number_is_told_and_refused(world).await;
}

async fn a_colleague_is_reached(world: &World, colleague: &Phone) {
    let asked = Instant::now();
    let call = world.phone.call(EXTENSION).await.unwrap();
    let rung = colleague.rung(SOON).await.unwrap();
    assert!(
        rung.at - asked < WATCHDOG,
        "rung only after {:?}",
        rung.at - asked
    );
    rung.answer().unwrap();
    call.answered(SOON).await.unwrap();
    assert_eq!(call.finish(SOON).await.unwrap().end, End::WeHungUp);
    assert_eq!(rung.ended(SOON).await.unwrap().end, End::FarHungUp);
}

async fn emergency_goes_out(world: &World) {
    let asked = Instant::now();
    let call = world.phone.call("911").await.unwrap();
    let rung = world.carrier.rung(SOON).await.unwrap();
    assert!(
        rung.at - asked < WATCHDOG,
        "rung only after {:?}",
        rung.at - asked
    );
    assert_eq!(rung.number(), "911");
    // The number at which the emergency centre can call back, in the carrier's form.
    assert_eq!(
        rung.caller(),
        DID.trim_start_matches("+1"),
        "{}",
        rung.invite.as_str()
    );
    rung.answer().unwrap();
    call.answered(SOON).await.unwrap();
    assert_eq!(call.finish(SOON).await.unwrap().end, End::WeHungUp);
    assert_eq!(rung.ended(SOON).await.unwrap().end, End::FarHungUp);
}

async fn another_number_is_told_and_refused(world: &World) {
    let asked = Instant::now();
    let call = world.phone.call("5145550142").await.unwrap();
    call.audio
        .wait_for_speech(asked, SOON)
        .await
        .expect("a prompt before the refusal");
    let ended = call.ended(SOON).await.unwrap();
    assert_eq!((ended.end, ended.cause), (End::Refused, Some(38)), "{ended:?}");
    let rung = world.carrier.rung(Duration::from_millis(300)).await;
    assert!(rung.is_err(), "a leg went out without anybody's leave");
}

#[tokio::test]
async fn a_killed_daemon_leaves_telephones_extensions_and_emergency_working() {
    let (mut world, colleague) = world_of_two().await;
    world.daemon.kill().await.unwrap();
    everything_is_served(&world, &colleague).await;
}

#[tokio::test]
async fn a_hanging_daemon_leaves_everything_to_the_dialplan_and_takes_calls_again_once_it_goes_on() {
    let (world, colleague) = world_of_two().await;
    world.daemon.freeze().unwrap();
    everything_is_served(&world, &colleague).await;

    // What was offered meanwhile is nobody's any more; the next call is the assistant's.
    world.daemon.thaw().unwrap();
    let report = calls::outside(calls::Accept::Key, "fr", &world).await;
    let report = report.unwrap_or_else(|error| panic!("{error:#}\n{}", world.daemon.log()));
    check_joined(&report).unwrap();
    world.nothing_is_up(SOON).await.unwrap();
}

#[tokio::test]
async fn a_telephone_cannot_transfer_the_other_end_to_a_number_that_nobody_there_has_dialled() {
    let (mut world, colleague) = world_of_two().await;
    // The first under the daemon's eyes, the second in the dialplan alone.
    for number in ["5145550142", "911"] {
        let call = world.phone.call(EXTENSION).await.unwrap();
        let rung = colleague.rung(SOON).await.unwrap();
        rung.answer().unwrap();
        call.answered(SOON).await.unwrap();
        rung.answered(SOON).await.unwrap();

        let target = format!("sip:{number}@{}", world.sip);
        let status = call.refer(&target, SOON).await.unwrap();
        let went_out = world.carrier.rung(Duration::from_secs(2)).await;
        assert!(went_out.is_err(), "`{number}` was rung: {went_out:?}");
        assert_eq!(status, 603);
        // The call goes on as if nothing had been asked.
        assert_eq!(call.finish(SOON).await.unwrap().end, End::WeHungUp);
        assert_eq!(rung.ended(SOON).await.unwrap().end, End::FarHungUp);
        world.daemon.kill().await.unwrap();
    }
}

#[tokio::test]
async fn a_telephone_that_is_not_registered_is_absent_and_what_is_no_number_reaches_nobody() {
    let (mut world, colleague) = world_of_two().await;
    world.daemon.kill().await.unwrap();
    colleague.unregister().await.unwrap();
    let call = world.phone.call(EXTENSION).await.unwrap();
    let ended = call.ended(SOON).await.unwrap();
    assert_eq!(
        (ended.end, ended.status, ended.cause),
        (End::Refused, 480, Some(20))
    );

    world.phone.unregister().await.unwrap();
    let call = world.carrier.call("5145550199", "4385550177").await.unwrap();
    let ended = call.ended(SOON).await.unwrap();
    assert_eq!(
        (ended.end, ended.status, ended.cause),
        (End::Refused, 480, Some(20))
    );

    // A comma would be one argument more: of `Goto` the priority.
    let call = world.carrier.call("5145550199%2c7", "4385550177").await.unwrap();
    let ended = call.ended(SOON).await.unwrap();
    assert_eq!(
        (ended.end, ended.status, ended.cause),
        (End::Refused, 404, Some(1))
    );
}

#[tokio::test]
async fn a_carriers_call_above_the_limit_is_refused_with_503_and_the_next_one_is_served_again() {
    let mut world = World::start(Options {
        max_calls: Some(1),
        phone: Behaviour::Ring,
        speech: false,
        ..Options::default()
    })
    .await
    .unwrap();
    world.daemon.kill().await.unwrap();
    for _ in 0..2 {
        let call = world.carrier.call("5145550199", "4385550177").await.unwrap();
        let rung = world.phone.rung(SOON).await.unwrap();
        let second = world.carrier.call("5145550199", "4385550178").await.unwrap();
        let refused = second.ended(SOON).await.unwrap();
        assert_eq!((refused.end, refused.status), (End::Refused, 503), "{refused:?}");
        // A telephone is never refused.
        emergency_goes_out(&world).await;
        rung.answer().unwrap();
        call.answered(SOON).await.unwrap();
        assert_eq!(call.finish(SOON).await.unwrap().end, End::WeHungUp);
        rung.ended(SOON).await.unwrap();
    }
}

const EXTENSION: &str = "204";
