use std::time::Duration;

use super::*;

struct Bench {
    router: Arc<Router>,
    offers: Offers,
    chores: mpsc::Receiver<Chore>,
    counters: Arc<Counters>,
}

fn bench(bound: usize) -> Bench {
    let counters = Arc::<Counters>::default();
    let (wanted, chores) = mpsc::channel(8);
    let (router, offers) = Router::new(bound, false, counters.clone(), wanted);
    Bench {
        router,
        offers,
        chores,
        counters,
    }
}

fn route(router: &Arc<Router>, text: &str) {
    let envelope = Envelope::read(text).unwrap();
    router.route(&envelope, &mut || Arc::new(Event::read(text)));
}

fn about(kind: &str, channel: &str) -> String {
    format!(
        r#"{{"type":"{kind}","application":"evatel","cause":16,"digit":"1","args":["x"],"channel":{{"id":"{channel}"}}}}"#
    )
}

fn name(signal: Option<Signal>) -> String {
    match signal {
        Some(Signal::Event(event)) => event.name().to_owned(),
        other => format!("{other:?}"),
    }
}

fn channel(id: &str) -> Subject {
    Subject::Channel(id.into())
}

#[tokio::test]
async fn an_expected_channel_gets_its_start_and_a_stranger_is_offered() {
    let Bench {
        router, mut offers, ..
    } = bench(100);
    let mut ours = router.subscribe(channel("ours"));
    route(&router, &about("StasisStart", "ours"));
    route(&router, &about("StasisStart", "1700.1"));
    route(&router, &about("ChannelDtmfReceived", "1700.1"));
    assert_eq!(name(ours.next().await), "StasisStart");
    let mut offered = offers.next().await.unwrap();
    assert_eq!(
        (offered.channel.id.as_str(), offered.app.as_str(), offered.args),
        ("1700.1", "evatel", vec!["x".to_owned()])
    );
    assert_eq!(name(offered.events.next().await), "ChannelDtmfReceived");
}

#[tokio::test]
async fn a_stream_ends_after_its_object_and_not_before() {
    let Bench { router, .. } = bench(100);
    let mut events = router.subscribe(channel("a"));
    route(&router, &about("StasisEnd", "a"));
    route(&router, &about("ChannelDestroyed", "a"));
    route(&router, &about("ChannelDtmfReceived", "a"));
    assert_eq!(name(events.next().await), "StasisEnd");
    assert_eq!(name(events.next().await), "ChannelDestroyed");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_slow_reader_loses_the_oldest_is_told_how_many_and_still_sees_the_end() {
    let Bench { router, .. } = bench(10_000);
    let mut events = router.subscribe(channel("a"));
    for _ in 0..STREAM_EVENTS + 4 {
        route(&router, &about("ChannelDtmfReceived", "a"));
    }
    route(&router, &about("ChannelDestroyed", "a"));
    assert_eq!(events.next().await, Some(Signal::Lagged(5)));
    let mut last = String::new();
    while let Some(signal) = events.next().await {
        last = name(Some(signal));
    }
    assert_eq!(last, "ChannelDestroyed");
}

#[tokio::test]
async fn dropping_a_stream_forgets_the_object_but_not_its_other_followers() {
    let Bench { router, .. } = bench(100);
    let first = router.subscribe(channel("a"));
    let mut second = router.subscribe(channel("a"));
    drop(first);
    route(&router, &about("StasisEnd", "a"));
    assert_eq!(name(second.next().await), "StasisEnd");
    assert_eq!(router.known().len(), 1);
    drop(second);
    assert!(router.known().is_empty());
}

#[tokio::test]
async fn what_was_only_announced_is_not_known_to_exist() {
    let Bench { router, .. } = bench(100);
    let subject = channel("a");
    let _events = router.subscribe(subject.clone());
    assert!(router.known().is_empty());
    router.confirm(&subject);
    assert_eq!(
        router.known(),
        [Known {
            subject,
            in_app: false
        }]
    );
}

#[tokio::test(start_paused = true)]
async fn events_that_come_before_anybody_knows_the_id_wait_a_while_for_him() {
    let Bench { router, .. } = bench(100);
    for id in ["a", "b", "c"] {
        route(&router, &about("ChannelCreated", id));
        route(&router, &about("ChannelStateChange", id));
    }
    route(&router, &about("ChannelDestroyed", "b"));
    let mut living = router.subscribe(channel("a"));
    assert_eq!(name(living.next().await), "ChannelCreated");
    assert_eq!(name(living.next().await), "ChannelStateChange");
    route(&router, &about("StasisStart", "a"));
    assert_eq!(name(living.next().await), "StasisStart");

    let mut ended = router.subscribe(channel("b"));
    let told = [
        ended.next().await,
        ended.next().await,
        ended.next().await,
        ended.next().await,
    ]
    .map(name);
    assert_eq!(
        told,
        ["ChannelCreated", "ChannelStateChange", "ChannelDestroyed", "None"]
    );

    tokio::time::advance(EARLY_FOR + Duration::from_millis(1)).await;
    let _late = router.subscribe(channel("c"));
    assert_eq!(router.queued(), 0);
}

#[tokio::test]
async fn who_follows_an_offered_call_before_it_is_taken_hears_it_from_the_start() {
    let Bench {
        router, mut offers, ..
    } = bench(100);
    route(&router, &about("StasisStart", "1700.1"));
    route(&router, &about("ChannelDtmfReceived", "1700.1"));
    let mut events = router.subscribe(channel("1700.1"));
    assert_eq!(name(events.next().await), "StasisStart");
    assert_eq!(name(events.next().await), "ChannelDtmfReceived");
    let mut offered = offers.next().await.unwrap();
    assert_eq!(name(offered.events.next().await), "ChannelDtmfReceived");
}

#[tokio::test]
async fn at_the_global_bound_a_new_call_is_declined_and_the_others_live() {
    let Bench {
        router,
        mut offers,
        mut chores,
        counters,
    } = bench(3);
    route(&router, &about("StasisStart", "1700.1"));
    for _ in 0..5 {
        route(&router, &about("ChannelVarset", "1700.1"));
    }
    assert_eq!(router.queued(), 3);
    route(&router, &about("StasisStart", "1700.2"));
    assert_eq!(chores.recv().await, Some(Chore::Decline("1700.2".into())));
    route(&router, &about("ChannelDestroyed", "1700.1"));
    let mut taken = offers.next().await.unwrap();
    let told = [
        taken.events.next().await,
        taken.events.next().await,
        taken.events.next().await,
        taken.events.next().await,
    ]
    .map(name);
    assert_eq!(
        told,
        [
            "Some(Lagged(3))",
            "ChannelVarset",
            "ChannelVarset",
            "ChannelDestroyed"
        ]
    );
    let stats = counters.stats();
    assert_eq!((stats.refused_calls, stats.dropped), (1, 3));
    route(&router, &about("StasisStart", "1700.3"));
    assert_eq!(offers.next().await.unwrap().channel.id.as_str(), "1700.3");
}

#[tokio::test]
async fn a_reader_that_comes_back_after_a_gap_has_his_object_looked_at_again() {
    let Bench {
        router, mut chores, ..
    } = bench(1);
    let mut events = router.subscribe(channel("a"));
    for kind in ["StasisStart", "ChannelStateChange", "ChannelHold"] {
        route(&router, &about(kind, "a"));
    }
    assert_eq!(events.next().await, Some(Signal::Lagged(3)));
    assert!(chores.try_recv().is_err());
    assert_eq!(events.next().await, Some(Signal::Lost));
    assert_eq!(chores.recv().await, Some(Chore::LookAgain(channel("a"))));
    route(&router, &about("ChannelUnhold", "a"));
    assert_eq!(name(events.next().await), "ChannelUnhold");
}

#[tokio::test]
async fn a_listing_does_not_overrule_what_an_event_told_meanwhile() {
    let Bench { router, .. } = bench(100);
    let mut events = router.subscribe(channel("a"));
    let subject = channel("a");
    router.confirm(&subject);
    assert_eq!(router.known().len(), 1);
    route(&router, &about("StasisStart", "a"));
    router.entered(&subject);
    router.left(&subject);
    assert_eq!(name(events.next().await), "StasisStart");
    assert_eq!(router.queued(), 0);
}

#[tokio::test]
async fn a_channel_that_takes_the_place_of_another_is_told_to_both_and_starts_one() {
    let Bench { router, .. } = bench(100);
    let mut former = router.subscribe(channel("old"));
    let mut newcomer = router.subscribe(channel("new"));
    route(
        &router,
        r#"{"type":"StasisStart","replace_channel":{"id":"old"},"channel":{"id":"new"},"args":[]}"#,
    );
    assert_eq!(name(former.next().await), "StasisStart");
    assert_eq!(name(newcomer.next().await), "StasisStart");
    let in_app = |router: &Router, id: &str| router.known_of(&channel(id)).unwrap().in_app;
    assert!(in_app(&router, "new") && !in_app(&router, "old"));
}

#[tokio::test]
async fn endpoints_and_devices_have_streams_of_their_own() {
    let Bench { router, .. } = bench(100);
    let mut endpoint = router.subscribe(Subject::Endpoint("PJSIP/alice".into()));
    let mut device = router.subscribe(Subject::Device("Stasis:door".into()));
    route(
        &router,
        r#"{"type":"EndpointStateChange","endpoint":{"technology":"PJSIP","resource":"alice","state":"online"}}"#,
    );
    route(
        &router,
        r#"{"type":"DeviceStateChanged","device_state":{"name":"Stasis:door","state":"INUSE"}}"#,
    );
    assert_eq!(name(endpoint.next().await), "EndpointStateChange");
    assert_eq!(name(device.next().await), "DeviceStateChanged");
}
