//! The vocabulary of calls on the wire.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use evatel_ari::{
    Ari, Error, Switch,
    sim::{Asterisk, Fault},
    switch::{CallerId, LegEvent, LegEvents, Offers, PATIENCE},
};
use evatel_core::{
    account::Language,
    calls::{HangupCause, LegCause},
    id::LegId,
    number::Dialled,
    policy::{Authoriser, Destination, LegPermit, LegRequest, authorize_leg},
};
use evatel_voice::Band;

use crate::{
    house::{Memory, directory},
    support::{APP, connected, offered, soon},
};

async fn switch() -> (Asterisk, Switch, Offers) {
    let (asterisk, ari, offers) = connected().await;
    let (switch, offers) = Switch::new(ari, offers);
    (asterisk, switch, offers)
}

async fn permit(destination: Destination, ledger: &Arc<Memory>) -> LegPermit {
    let authoriser = Authoriser::Rule {
        user: "luc".parse().unwrap(),
    };
    let request = LegRequest::new(
        &authoriser,
        &destination,
        LegCause::FindMe,
        jiff::Timestamp::now(),
    );
    let plan = authorize_leg(&request, &directory(false)).unwrap();
    plan.reserve(ledger.as_ref(), Instant::now()).await.unwrap()
}

async fn dial(leg: &LegId, destination: Destination, switch: &Switch) -> evatel_ari::Result<LegEvents> {
    let caller_id = CallerId {
        number: "15145550100".into(),
        name: "Marie".into(),
    };
    let call = "call-1".parse().unwrap();
    let permit = permit(destination, &Memory::new(false)).await;
    switch
        .dial(
            permit,
            leg,
            &caller_id,
            Duration::from_secs(25),
            &call,
            Language::Fr,
        )
        .await
}

async fn next(events: &mut LegEvents) -> Option<LegEvent> {
    soon("a leg's event", events.next()).await
}

#[tokio::test]
async fn an_offered_call_is_taken_with_one_request_and_its_end_is_told_with_the_cause() {
    let (asterisk, switch, mut offers) = switch().await;
    let before = asterisk.requests().len();
    asterisk.offer("1700.1", "15145550100", APP, &["trunk", "t", "5145550199"]);
    let mut offer = soon("the offer", offers.next()).await.unwrap();
    assert_eq!(offer.entry, ["trunk", "t", "5145550199"]);
    assert_eq!(offer.caller.number, "15145550100");
    switch.take(&offer.leg).await.unwrap();
    switch.answer(&offer.leg).await.unwrap();
    let asked: Vec<_> = asterisk.requests()[before..]
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        asked,
        ["POST /channels/1700.1/variable", "POST /channels/1700.1/answer"]
    );
    assert_eq!(
        asterisk.variable("1700.1", "TIMEOUT(absolute)").as_deref(),
        Some("0")
    );
    asterisk.presses("1700.1", '#');
    assert_eq!(next(&mut offer.events).await, Some(LegEvent::Digit('#')));
    asterisk.hangs_up("1700.1", HangupCause::Busy.q850());
    let ended = LegEvent::Ended {
        cause: HangupCause::Busy,
    };
    assert_eq!(next(&mut offer.events).await, Some(ended));
    assert_eq!(next(&mut offer.events).await, None);
}

#[tokio::test]
async fn a_leg_that_somebody_on_the_switch_ends_has_no_cause_of_its_own() {
    let (asterisk, switch, mut offers) = switch().await;
    asterisk.offer("1700.1", "15145550100", APP, &["trunk", "t", "5145550199"]);
    let mut offer = soon("the offer", offers.next()).await.unwrap();
    switch.hangup(&offer.leg, HangupCause::Busy).await.unwrap();
    let ended = LegEvent::Ended {
        cause: HangupCause::Unspecified,
    };
    assert_eq!(next(&mut offer.events).await, Some(ended));
}

#[tokio::test]
async fn a_leg_that_the_dialplan_takes_on_has_ended_normally() {
    let (asterisk, _switch, mut offers) = switch().await;
    asterisk.offer("1700.1", "15145550100", APP, &["trunk", "t", "5145550199"]);
    let mut offer = soon("the offer", offers.next()).await.unwrap();
    asterisk.leaves("1700.1");
    let ended = LegEvent::Ended {
        cause: HangupCause::Normal,
    };
    assert_eq!(next(&mut offer.events).await, Some(ended));
}

#[tokio::test]
async fn while_requests_wait_too_long_a_carriers_call_is_refused_and_a_devices_is_offered() {
    let asterisk = Asterisk::start().await.unwrap();
    let mut config = asterisk.config(APP);
    config.connections = 1;
    let (ari, offers) = Ari::connect(config).await.unwrap();
    let (switch, mut offers) = Switch::new(ari, offers);
    let switch = Arc::new(switch);
    asterisk.offer("1700.1", "15145550100", APP, &["trunk", "t", "5145550199"]);
    let leg = soon("the offer", offers.next()).await.unwrap().leg;
    asterisk.inject(Fault::Late {
        path: "/channels/1700.1/answer".into(),
        by: PATIENCE * 4,
    });
    let answers = [(); 2].map(|()| {
        let (switch, leg) = (switch.clone(), leg.clone());
        tokio::spawn(async move { switch.answer(&leg).await })
    });
    // The second one waited for the first, and holds the one connection now.
    let [first, second] = answers;
    first.await.unwrap().unwrap();
    asterisk.offer("1700.2", "15145550100", APP, &["trunk", "t", "5145550199"]);
    asterisk.offer("1700.3", "phone", APP, &["device", "phone", "911"]);
    let offer = soon("the device's offer", offers.next()).await.unwrap();
    assert_eq!(offer.leg.as_str(), "1700.3");
    let refused = asterisk.asked("DELETE", "/channels/1700.2").await;
    assert_eq!(
        refused.param("reason_code"),
        HangupCause::Congestion.q850().to_string()
    );
    second.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_caller_who_hung_up_before_we_took_him_is_gone() {
    let (asterisk, switch, mut offers) = switch().await;
    asterisk.offer("1700.1", "15145550100", APP, &["trunk", "t", "5145550199"]);
    let offer = soon("the offer", offers.next()).await.unwrap();
    asterisk.hangs_up("1700.1", 16);
    assert!(switch.take(&offer.leg).await.unwrap_err().is_gone());
}

#[tokio::test]
async fn a_leg_is_dialled_as_permitted_under_our_id_and_tells_its_story() {
    let (asterisk, switch, _offers) = switch().await;
    let leg = switch.new_leg();
    assert!(leg.as_str().starts_with("evatel_leg-"));
    let mut events = dial(&leg, Destination::User("luc".parse().unwrap()), &switch)
        .await
        .unwrap();
    let asked = asterisk.asked("POST", &format!("/channels/{leg}")).await;
    assert_eq!(asked.param("endpoint"), "PJSIP/phone");
    assert_eq!(asked.param("callerId"), "\"Marie\" <15145550100>");
    assert_eq!(asked.param("app"), APP);
    assert_eq!(asked.param("timeout"), "30");
    assert_eq!(asked.body["variables"]["CHANNEL(language)"], "fr");
    assert_eq!(
        asterisk.variable(leg.as_str(), "EVATEL_CALL").as_deref(),
        Some("call-1")
    );
    asterisk.rings(leg.as_str());
    assert_eq!(next(&mut events).await, Some(LegEvent::Ringing));
    asterisk.answers(leg.as_str());
    assert_eq!(next(&mut events).await, Some(LegEvent::Answered));
    switch.hangup(&leg, HangupCause::Normal).await.unwrap();
    let ended = LegEvent::Ended {
        cause: HangupCause::Normal,
    };
    assert_eq!(next(&mut events).await, Some(ended));
    switch.hangup(&leg, HangupCause::Normal).await.unwrap();
}

#[tokio::test]
async fn a_leg_outside_goes_to_the_permitted_trunk_in_its_format() {
    let (asterisk, switch, _offers) = switch().await;
    let leg = switch.new_leg();
    let paris = Destination::Dialled(Dialled::parse("5145550142").unwrap());
    let _events = dial(&leg, paris, &switch).await.unwrap();
    let asked = asterisk.asked("POST", &format!("/channels/{leg}")).await;
    assert_eq!(asked.param("endpoint"), "PJSIP/5145550142@t");
}

#[tokio::test]
async fn a_leg_ends_with_the_cause_of_the_far_end() {
    for cause in [HangupCause::Busy, HangupCause::NoAnswer, HangupCause::Rejected] {
        let (asterisk, switch, _offers) = switch().await;
        let leg = switch.new_leg();
        let mut events = dial(&leg, Destination::User("luc".parse().unwrap()), &switch)
            .await
            .unwrap();
        asterisk.hangs_up(leg.as_str(), cause.q850());
        assert_eq!(next(&mut events).await, Some(LegEvent::Ended { cause }));
    }
}

#[tokio::test]
async fn a_telephone_that_is_not_registered_is_absent_at_once() {
    let (asterisk, switch, _offers) = switch().await;
    asterisk.inject(Fault::Unreachable("PJSIP/phone".into()));
    let leg = switch.new_leg();
    let error = dial(&leg, Destination::User("luc".parse().unwrap()), &switch)
        .await
        .unwrap_err();
    assert_eq!(error.hangup_cause(), HangupCause::Absent);
    assert!(asterisk.channels().is_empty());
}

#[tokio::test]
async fn a_leg_that_may_or_may_not_have_been_dialled_is_not_left_ringing() {
    let asterisk = Asterisk::start().await.unwrap();
    let mut config = asterisk.config(APP);
    config.request_timeout = Duration::from_millis(300);
    let (ari, offers) = Ari::connect(config).await.unwrap();
    let (switch, _offers) = Switch::new(ari, offers);
    let leg = switch.new_leg();
    asterisk.inject(Fault::Unanswered(format!("/channels/{leg}")));
    let dialling = dial(&leg, Destination::User("luc".parse().unwrap()), &switch);
    let error = dialling.await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    asterisk.ended(leg.as_str()).await;
}

#[tokio::test]
async fn two_legs_are_joined_and_a_bridge_that_cannot_be_filled_is_not_left() {
    let (asterisk, switch, mut offers) = switch().await;
    for id in ["1700.1", "1700.2"] {
        asterisk.offer(id, "15145550100", APP, &["trunk", "t", "5145550199"]);
        soon("the offer", offers.next()).await.unwrap();
    }
    let call = "call-1".parse().unwrap();
    let (first, second): (LegId, LegId) = ("1700.1".parse().unwrap(), "1700.2".parse().unwrap());
    let bridge = switch.bridge(&call, &first, &second).await.unwrap();
    let members = vec!["1700.1".to_owned(), "1700.2".to_owned()];
    assert_eq!(asterisk.bridges(), [(bridge.to_string(), members)]);
    let recording = switch.record_bridge(&call, &bridge).await.unwrap();
    switch.stop_recording(&recording).await.unwrap();
    switch.stop_recording(&recording).await.unwrap();
    let bytes = switch.fetch_recording(&recording).await.unwrap();
    assert_eq!(bytes, evatel_ari::sim::RECORDING);
    switch.remove_recording(&recording).await.unwrap();
    switch.fetch_recording(&recording).await.unwrap_err();
    switch.unbridge(&bridge).await.unwrap();
    switch.unbridge(&bridge).await.unwrap();

    asterisk.hangs_up("1700.2", 16);
    switch.bridge(&call, &first, &second).await.unwrap_err();
    assert!(asterisk.bridges().is_empty());
}

#[tokio::test]
async fn a_party_is_hung_up_even_where_the_bridge_of_his_sound_cannot_be_ended() {
    let (asterisk, switch, mut offers) = switch().await;
    asterisk.offer("1700.1", "15145550100", APP, &["trunk", "t", "5145550199"]);
    let offer = soon("the offer", offers.next()).await.unwrap();
    let _port = switch.open_media(&offer.leg, Band::Narrow).await.unwrap();
    let media = asterisk.next_media().await;
    let (bridge, members) = asterisk.bridges().remove(0);
    assert_eq!(members, ["1700.1", media.channel()]);
    asterisk.refuse_once(
        "DELETE",
        &format!("/bridges/{bridge}"),
        500,
        "Internal Server Error",
    );
    let error = switch.hangup(&offer.leg, HangupCause::Normal).await.unwrap_err();
    assert!(error.to_string().contains("Internal Server Error"), "{error}");
    asterisk.ended("1700.1").await;
    asterisk.ended(media.channel()).await;
}

#[tokio::test]
async fn a_bridge_that_may_or_may_not_have_been_made_is_not_left() {
    let asterisk = Asterisk::start().await.unwrap();
    let mut config = asterisk.config(APP);
    config.request_timeout = Duration::from_millis(300);
    let (ari, mut offers) = Ari::connect(config).await.unwrap();
    let _call = offered("1700.1", &asterisk, &mut offers).await;
    let (switch, _offers) = Switch::new(ari, offers);
    asterisk.inject(Fault::Unanswered("/bridges/*".into()));
    let leg: LegId = "1700.1".parse().unwrap();
    switch
        .bridge(&"call-1".parse().unwrap(), &leg, &leg)
        .await
        .unwrap_err();
    asterisk.asked("DELETE", "/bridges/*").await;
    assert!(asterisk.bridges().is_empty());
}
