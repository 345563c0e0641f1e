//! What is watched: bridges, lamps, mailboxes, messages, talk, hold; and what is heard while waiting.

use std::time::Duration;

use evatel_ari::{
    BridgeId, ChannelId, DeviceName,
    client::ConnectionState,
    helper::{
        Roster,
        detect::{Detected, Detector, Tone},
        device::{self, Lamp},
        hold::Waiting,
        mailbox,
        message::{self, Inbox, Received},
        roster::Change,
        snoop::snoop,
    },
    model::DeviceStatus,
    op::{self, channels::Snoop},
    sim::Fault,
};

use crate::support::{APP, connected, offered, soon};

#[tokio::test]
async fn a_roster_follows_who_comes_and_goes_and_finds_out_what_it_missed() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut streams = Vec::new();
    for id in ["1700.1", "1700.2", "1700.3"] {
        streams.push(offered(id, &asterisk, &mut offers).await);
        ari.send(op::channels::answer(&id.into())).await.unwrap();
    }
    let bridge = BridgeId::from("b");
    let [one, two, three] = ["1700.1", "1700.2", "1700.3"].map(ChannelId::from);
    assert!(Roster::open(&bridge, &ari).await.unwrap_err().is_gone());
    ari.send(op::bridges::create(&bridge, "x")).await.unwrap();
    ari.send(op::bridges::add_channels(&bridge, &[&one]))
        .await
        .unwrap();
    let mut roster = Roster::open(&bridge, &ari).await.unwrap();
    assert_eq!(roster.members().len(), 1);
    ari.send(op::bridges::add_channels(&bridge, &[&two]))
        .await
        .unwrap();
    assert_eq!(
        soon("a member", roster.next()).await,
        Some(Change::Joined(two.clone()))
    );

    asterisk.inject(Fault::EventsRefused);
    asterisk.drop_events();
    assert_eq!(soon("the loss", roster.next()).await, Some(Change::Lost));
    ari.send(op::bridges::add_channels(&bridge, &[&three]))
        .await
        .unwrap();
    asterisk.hangs_up("1700.1", 16);
    asterisk.heal(&Fault::EventsRefused);
    assert_eq!(soon("who left", roster.next()).await, Some(Change::Left(one)));
    assert_eq!(soon("who came", roster.next()).await, Some(Change::Joined(three)));
    assert_eq!(soon("the rest", roster.next()).await, Some(Change::Resynced));
    assert_eq!(roster.members().len(), 2);
    ari.send(op::bridges::destroy(&bridge)).await.unwrap();
    while let Some(change) = soon("the end", roster.next()).await {
        assert!(matches!(change, Change::Left(_) | Change::Ended), "{change:?}");
    }
    assert!(roster.members().is_empty());
}

#[tokio::test]
async fn a_lamp_tells_changes_and_what_it_missed_and_lets_go_of_its_subscription() {
    let (asterisk, ari, _offers) = connected().await;
    let door = DeviceName::from("Stasis:door");
    device::set(&door, &DeviceStatus::NotInUse, &ari).await.unwrap();
    let mut lamp = Lamp::watch(door.clone(), &ari).await.unwrap();
    let second = Lamp::watch(door.clone(), &ari).await.unwrap();
    assert_eq!(*lamp.status(), DeviceStatus::NotInUse);
    device::set(&door, &DeviceStatus::Ringing, &ari).await.unwrap();
    assert_eq!(soon("ringing", lamp.changed()).await, Some(DeviceStatus::Ringing));
    asterisk.inject(Fault::EventsRefused);
    asterisk.drop_events();
    let mut state = ari.state();
    soon("the loss", state.wait_for(|it| *it != ConnectionState::Connected))
        .await
        .unwrap();
    device::set(&door, &DeviceStatus::InUse, &ari).await.unwrap();
    asterisk.heal(&Fault::EventsRefused);
    assert_eq!(soon("in use", lamp.changed()).await, Some(DeviceStatus::InUse));
    drop(second);
    asterisk.settled().await;
    let let_go = || {
        let asked = asterisk.requests();
        asked
            .iter()
            .any(|asked| asked.method == "DELETE" && asked.path.ends_with("/subscription"))
    };
    assert!(!let_go(), "the first lamp still watches");
    drop(lamp);
    asterisk
        .asked("DELETE", "/applications/evatel/subscription")
        .await;
    device::remove(&door, &ari).await.unwrap();
    device::remove(&door, &ari).await.unwrap();
}

#[tokio::test]
async fn a_mailbox_is_counted_and_a_text_is_answered() {
    let (asterisk, ari, _offers) = connected().await;
    assert_eq!(mailbox::get("1@default", &ari).await.unwrap(), None);
    mailbox::set("1@default", 2, 1, &ari).await.unwrap();
    let found = mailbox::get("1@default", &ari).await.unwrap().unwrap();
    assert_eq!((found.old_messages, found.new_messages), (2, 1));
    mailbox::remove("1@default", &ari).await.unwrap();
    mailbox::remove("1@default", &ari).await.unwrap();

    asterisk.set_endpoint("PJSIP", "alice", "online");
    let mut inbox = Inbox::open("PJSIP/alice".into(), &ari).await.unwrap();
    asterisk.texts("PJSIP", "alice", "hello");
    let Some(Received::Message(text)) = soon("the text", inbox.next()).await else {
        panic!("no text")
    };
    assert_eq!(text.body, "hello");
    message::reply("yes?", &text, &ari).await.unwrap();
    let sent = asterisk.asked("PUT", "/endpoints/sendMessage").await;
    assert_eq!((sent.param("to"), sent.param("body")), ("pjsip:alice", "yes?"));
    asterisk.drop_events();
    assert_eq!(soon("the gap", inbox.next()).await, Some(Received::Missed));
    drop(inbox);
    asterisk
        .asked("DELETE", "/applications/evatel/subscription")
        .await;
}

#[tokio::test]
async fn talk_tones_and_the_hold_key_are_told_and_no_more_listened_for_when_dropped() {
    let (asterisk, ari, mut offers) = connected().await;
    let _events = offered("1700.1", &asterisk, &mut offers).await;
    let id = ChannelId::from("1700.1");
    let mut talk = Detector::talk(Duration::from_millis(500), 200, &id, &ari)
        .await
        .unwrap();
    let mut hold = Detector::hold(&id, &ari).await.unwrap();
    let mut tone = Detector::tone(Tone::Busy, &id, &ari).await.unwrap();
    let set = asterisk.variable("1700.1", "TALK_DETECT(set)");
    assert_eq!(set.as_deref(), Some("500,200"));
    asterisk.speaks("1700.1");
    asterisk.holds("1700.1");
    asterisk.sounds_a_tone("1700.1");
    asterisk.falls_silent("1700.1", Duration::from_millis(900));
    asterisk.unholds("1700.1");
    assert_eq!(soon("talk", talk.next()).await, Some(Detected::Talking));
    let after = Duration::from_millis(900);
    assert_eq!(
        soon("silence", talk.next()).await,
        Some(Detected::Silent { after })
    );
    assert_eq!(
        soon("hold", hold.next()).await,
        Some(Detected::Held { music: None })
    );
    assert_eq!(soon("unhold", hold.next()).await, Some(Detected::Resumed));
    assert_eq!(soon("the tone", tone.next()).await, Some(Detected::Tone));
    drop(hold);
    let removed = async {
        while asterisk.variable("1700.1", "HOLD_INTERCEPT(remove)").is_none() {
            tokio::task::yield_now().await;
        }
    };
    soon("the removal", removed).await;
    asterisk.drop_events();
    assert_eq!(soon("the gap", tone.next()).await, Some(Detected::Missed));
    asterisk.hangs_up("1700.1", 16);
    while let Some(detected) = soon("the end", tone.next()).await {
        assert_eq!(detected, Detected::Missed);
    }
    talk.stop().await.unwrap();
}

#[tokio::test]
async fn what_a_waiting_party_hears_stops_when_it_is_dropped() {
    let (asterisk, ari, mut offers) = connected().await;
    let _events = offered("1700.1", &asterisk, &mut offers).await;
    let id = ChannelId::from("1700.1");
    ari.send(op::channels::answer(&id)).await.unwrap();
    let music = Waiting::music(Some("jazz"), &id, &ari).await.unwrap();
    let begun = asterisk.asked("POST", "/channels/1700.1/moh").await;
    assert_eq!(begun.param("mohClass"), "jazz");
    drop(music);
    asterisk.asked("DELETE", "/channels/1700.1/moh").await;
    Waiting::silence(&id, &ari).await.unwrap().stop().await.unwrap();
    asterisk.asked("DELETE", "/channels/1700.1/silence").await;
    let ringing = Waiting::ringing(&id, &ari).await.unwrap();
    asterisk.hangs_up("1700.1", 16);
    ringing.stop().await.unwrap();
    assert!(Waiting::hold(&id, &ari).await.unwrap_err().is_gone());
}

#[tokio::test]
async fn an_ear_is_in_the_application_and_hung_up_when_dropped() {
    let (asterisk, ari, mut offers) = connected().await;
    let _events = offered("1700.1", &asterisk, &mut offers).await;
    let id = ChannelId::from("1700.1");
    let what = Snoop::new(APP);
    let ear = snoop(&id, &what, &ari).await.unwrap();
    let ear_id = ear.id().to_string();
    assert!(asterisk.channels().contains(&ear_id));
    drop(ear);
    asterisk.ended(&ear_id).await;
    asterisk.hangs_up("1700.1", 16);
    assert!(snoop(&id, &what, &ari).await.unwrap_err().is_gone());
    assert!(asterisk.channels().is_empty());
}
