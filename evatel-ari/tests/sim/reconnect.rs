//! The event socket breaks, another daemon comes, an earlier run left things behind.

use evatel_ari::{
    Ari,
    client::ConnectionState,
    config::Leftovers,
    event::EventName,
    op::{
        self,
        applications::{EventFilter, EventSource},
    },
    sim::{Asterisk, Fault},
};

use crate::support::{APP, connected, named, offered, soon};

#[tokio::test]
async fn after_a_lost_connection_what_went_is_told_as_gone_and_what_stayed_goes_on() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut goes = offered("1700.1", &asterisk, &mut offers).await;
    let mut stays = offered("1700.2", &asterisk, &mut offers).await;
    let mut left = offered("1700.3", &asterisk, &mut offers).await;
    let source = EventSource::Channel("1700.2".into());
    ari.send(op::applications::subscribe(APP, &[source]))
        .await
        .unwrap();
    let mut state = ari.state();

    asterisk.inject(Fault::EventsRefused);
    asterisk.drop_events();
    let lost = state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { attempt: 3.. }));
    soon("the third attempt", lost).await.unwrap();
    asterisk.hangs_up("1700.1", 16);
    asterisk.leaves("1700.3");
    let before = asterisk.requests().len();
    asterisk.heal(&Fault::EventsRefused);
    let back = state.wait_for(|state| *state == ConnectionState::Connected);
    soon("the connection", back).await.unwrap();

    assert_eq!([named(&mut goes).await, named(&mut goes).await], ["Lost", "Gone"]);
    assert_eq!(named(&mut goes).await, "None");
    assert_eq!(
        [named(&mut stays).await, named(&mut stays).await],
        ["Lost", "Back"]
    );
    assert_eq!([named(&mut left).await, named(&mut left).await], ["Lost", "Left"]);
    let again: Vec<_> = asterisk.requests()[before..]
        .iter()
        .filter(|asked| asked.path == "/applications/evatel/subscription")
        .map(|asked| asked.param("eventSource").to_owned())
        .collect();
    // Asterisk may have kept only what the stay in the application implies, which does not tell the channel's end.
    assert_eq!(again, ["channel:1700.2"]);

    asterisk.presses("1700.2", '7');
    assert_eq!(named(&mut stays).await, "ChannelDtmfReceived");
    asterisk.hangs_up("1700.2", 16);
    for wanted in ["ChannelHangupRequest", "StasisEnd", "ChannelDestroyed"] {
        assert_eq!(named(&mut stays).await, wanted);
    }
}

#[tokio::test]
async fn what_asterisk_has_forgotten_is_asked_for_again_and_nothing_that_it_kept() {
    let (asterisk, ari, _offers) = connected().await;
    asterisk.put_bridge("kept");
    asterisk.put_bridge("forgotten");
    let (kept, forgotten) = (
        EventSource::Bridge("kept".into()),
        EventSource::Bridge("forgotten".into()),
    );
    for source in [&kept, &forgotten] {
        ari.follow(source.clone()).await.unwrap();
    }
    let filter = EventFilter::without([EventName::ChannelVarset]);
    ari.filter_events(filter.clone()).await.unwrap();
    let mut state = ari.state();
    asterisk.inject(Fault::EventsRefused);
    asterisk.drop_events();
    let lost = state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { .. }));
    soon("the loss", lost).await.unwrap();
    let rest = ari.rest();
    let asked = op::applications::unsubscribe(APP, std::slice::from_ref(&forgotten));
    rest.send(asked).await.unwrap();
    rest.send(op::applications::filter(APP, &EventFilter::default()))
        .await
        .unwrap();
    let before = asterisk.requests().len();
    asterisk.heal(&Fault::EventsRefused);
    let back = state.wait_for(|state| *state == ConnectionState::Connected);
    soon("the connection", back).await.unwrap();

    let asked: Vec<_> = asterisk.requests()[before..]
        .iter()
        .filter(|asked| asked.path == "/applications/evatel/subscription")
        .map(|asked| asked.param("eventSource").to_owned())
        .collect();
    assert_eq!(asked, ["bridge:forgotten"]);
    let hears = rest.send(op::applications::get(APP)).await.unwrap();
    assert_eq!(hears.bridge_ids.len(), 2, "{hears:?}");
    assert_eq!(Some(hears.events_disallowed), filter.disallowed);
    assert_eq!(ari.stats().forgotten, 2);
    // Asked for once: one end is enough.
    ari.unfollow(&kept).await.unwrap();
    let hears = rest.send(op::applications::get(APP)).await.unwrap();
    assert_eq!(hears.bridge_ids, ["forgotten".into()]);
}

#[tokio::test]
async fn an_asterisk_that_does_not_say_what_we_hear_is_asked_for_everything() {
    let (asterisk, ari, _offers) = connected().await;
    asterisk.put_bridge("b");
    ari.follow(EventSource::Bridge("b".into())).await.unwrap();
    let mut state = ari.state();
    asterisk.refuse_once("GET", "/applications/evatel", 500, "wedged");
    let before = asterisk.requests().len();
    asterisk.drop_events();
    let lost = state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { .. }));
    soon("the loss", lost).await.unwrap();
    let back = state.wait_for(|state| *state == ConnectionState::Connected);
    soon("the connection", back).await.unwrap();
    let again = asterisk.requests()[before..]
        .iter()
        .any(|asked| asked.method == "POST" && asked.param("eventSource") == "bridge:b");
    assert!(again);
    assert_eq!(ari.stats().forgotten, 0);
}

#[tokio::test]
async fn new_calls_come_after_a_reconnect() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut state = ari.state();
    asterisk.drop_events();
    let lost = state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { .. }));
    soon("the loss", lost).await.unwrap();
    let back = state.wait_for(|state| *state == ConnectionState::Connected);
    soon("the connection", back).await.unwrap();
    offered("1700.4", &asterisk, &mut offers).await;
}

#[tokio::test]
async fn who_takes_our_name_ends_our_streams_and_offers_for_good() {
    let (asterisk, first, mut offers) = connected().await;
    let mut call = offered("1700.1", &asterisk, &mut offers).await;
    asterisk.leaves("1700.1");
    assert_eq!(named(&mut call).await, "StasisEnd");
    let (_second, _) = Ari::connect(asterisk.config(APP)).await.unwrap();
    let mut state = first.state();
    let replaced = state.wait_for(|state| *state == ConnectionState::Replaced);
    soon("the replacement", replaced).await.unwrap();
    assert_eq!(named(&mut call).await, "Closed");
    assert!(soon("the end of the offers", offers.next()).await.is_none());
}

#[tokio::test]
async fn dropping_the_last_handle_unregisters_the_application_and_ends_the_streams() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut call = offered("1700.1", &asterisk, &mut offers).await;
    let mut state = ari.state();
    let other = ari.clone();
    drop(ari);
    asterisk.presses("1700.1", '1');
    assert_eq!(named(&mut call).await, "ChannelDtmfReceived");
    assert_eq!(asterisk.applications(), [APP]);
    drop(other);
    asterisk.closed(APP).await;
    assert!(asterisk.applications().is_empty());
    let closed = state.wait_for(|state| *state == ConnectionState::Closed);
    soon("the state", closed).await.unwrap();
    assert!(soon("the end of the offers", offers.next()).await.is_none());
    assert_eq!(
        [named(&mut call).await, named(&mut call).await],
        ["Closed", "None"]
    );
}

#[tokio::test]
async fn what_an_earlier_run_left_is_ended_and_nobody_elses() {
    let asterisk = Asterisk::start().await.unwrap();
    for (id, app) in [
        ("evatel_leg-1", None),
        ("evatel-b_leg-1", None),
        ("1700.1", Some(APP)),
        ("1700.2", Some("evatel-b")),
        ("1700.3", None),
    ] {
        asterisk.put_channel(id, app);
    }
    asterisk.put_bridge("evatel_bridge-1");
    asterisk.put_bridge("evatel-b_bridge-1");
    let (ari, _offers) = Ari::connect(asterisk.config(APP)).await.unwrap();
    assert_eq!(asterisk.channels(), ["1700.2", "1700.3", "evatel-b_leg-1"]);
    assert_eq!(asterisk.bridges(), [("evatel-b_bridge-1".to_owned(), vec![])]);
    assert_eq!(ari.leftovers().channels.len(), 2);
}

#[tokio::test]
async fn what_an_earlier_run_left_is_handed_over_to_who_wants_it() {
    let asterisk = Asterisk::start().await.unwrap();
    asterisk.put_channel("1700.1", Some(APP));
    asterisk.put_channel("1700.2", Some("evatel-b"));
    asterisk.put_bridge("evatel_bridge-1");
    let mut config = asterisk.config(APP);
    config.leftovers = Leftovers::HandOver;
    let (ari, _offers) = Ari::connect(config).await.unwrap();
    assert_eq!(asterisk.channels().len(), 2);
    let found = ari.leftovers();
    assert_eq!(
        (found.channels[0].id.as_str(), found.channels.len()),
        ("1700.1", 1)
    );
    assert_eq!(
        (found.bridges[0].id.as_str(), found.bridges.len()),
        ("evatel_bridge-1", 1)
    );
}

#[tokio::test]
async fn a_hang_up_is_insisted_on_and_what_is_gone_is_success() {
    let (asterisk, ari, mut offers) = connected().await;
    let cause = evatel_core::calls::HangupCause::Normal;
    offered("1700.1", &asterisk, &mut offers).await;
    asterisk.refuse_once("DELETE", "/channels/1700.1", 503, "Asterisk not booted");
    ari.hangup(&"1700.1".into(), cause).await.unwrap();
    assert!(asterisk.channels().is_empty());
    ari.hangup(&"1700.1".into(), cause).await.unwrap();
    assert!(ari.send(op::channels::list()).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_could_not_be_ended_is_ended_after_the_reconnect_and_nothing_that_lives() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut stays = offered("1700.1", &asterisk, &mut offers).await;
    offered("1700.2", &asterisk, &mut offers).await;
    for id in [
        "evatel_leg-lost",
        "evatel_leg-dialled",
        "evatel_media-1",
        "evatel-b_leg-1",
    ] {
        asterisk.put_channel(id, None);
    }
    let _announced = ari.subscribe_channel(&"evatel_leg-dialled".into());
    asterisk.put_bridge("evatel_bridge-lost");
    asterisk.put_bridge("evatel_bridge-1");
    for _ in 0..3 {
        asterisk.refuse_once("DELETE", "/channels/1700.2", 503, "Asterisk not booted");
        asterisk.refuse_once(
            "DELETE",
            "/bridges/evatel_bridge-lost",
            503,
            "Asterisk not booted",
        );
    }
    let cause = evatel_core::calls::HangupCause::Normal;
    ari.hangup(&"1700.2".into(), cause).await.unwrap_err();
    ari.destroy_bridge(&"evatel_bridge-lost".into())
        .await
        .unwrap_err();

    asterisk.drop_events();
    assert_eq!(
        [named(&mut stays).await, named(&mut stays).await],
        ["Lost", "Back"]
    );
    assert_eq!(
        asterisk.channels(),
        ["1700.1", "evatel-b_leg-1", "evatel_leg-dialled", "evatel_media-1"]
    );
    assert_eq!(asterisk.bridges(), [("evatel_bridge-1".to_owned(), vec![])]);
}

#[tokio::test]
async fn a_hang_up_that_failed_is_tried_again_while_the_connection_is_up() {
    let (asterisk, ari, mut offers) = connected().await;
    offered("1700.1", &asterisk, &mut offers).await;
    for _ in 0..5 {
        asterisk.refuse_once("DELETE", "/channels/1700.1", 503, "Asterisk not booted");
    }
    let cause = evatel_core::calls::HangupCause::Normal;
    ari.hangup(&"1700.1".into(), cause).await.unwrap_err();
    assert_eq!(ari.stats().unended, 1);
    asterisk.ended("1700.1").await;
    assert_eq!(ari.stats().reconnects, 0);
}

#[tokio::test]
async fn events_are_heard_while_we_are_still_subscribing_again() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut call = offered("1700.1", &asterisk, &mut offers).await;
    asterisk.inject(Fault::Stalled("/applications/*".into()));
    asterisk.drop_events();
    asterisk.asked("POST", "/applications/evatel/subscription").await;
    assert_eq!(named(&mut call).await, "Lost");
    asterisk.presses("1700.1", '7');
    assert_eq!(named(&mut call).await, "ChannelDtmfReceived");
    offered("1700.2", &asterisk, &mut offers).await;
    assert!(matches!(
        *ari.state().borrow(),
        ConnectionState::Reconnecting { .. }
    ));
}

#[tokio::test]
async fn calls_beyond_what_may_wait_are_given_back_to_the_dialplan() {
    let asterisk = Asterisk::start().await.unwrap();
    let mut config = asterisk.config(APP);
    config.queue_bound = 2;
    let (ari, mut offers) = Ari::connect(config).await.unwrap();
    let mut slow = offered("1700.1", &asterisk, &mut offers).await;
    asterisk.presses("1700.1", '1');
    asterisk.presses("1700.1", '2');
    asterisk.offer("1700.2", "15145550100", APP, &[]);
    asterisk.asked("POST", "/channels/1700.2/continue").await;
    assert_eq!(ari.stats().refused_calls, 1);
    assert_eq!(named(&mut slow).await, "ChannelDtmfReceived");
    offered("1700.3", &asterisk, &mut offers).await;
}
