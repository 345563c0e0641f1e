//! The first connection, errors, and events that nobody expects.

use std::time::Duration;

use evatel_ari::{
    Ari, ChannelId, Error, EventKind,
    config::{Config, Start},
    op::{self, applications::EventSource, channels::NewChannel},
    router::Signal,
    sim::{Asterisk, Fault},
    version::Version,
};
use evatel_core::calls::HangupCause;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::support::{APP, connected, event_of, named, offered, soon};

#[tokio::test]
async fn a_wrong_password_is_an_error_at_once_even_for_who_would_wait() {
    let asterisk = Asterisk::start().await.unwrap();
    asterisk.set_password("another");
    let mut config = asterisk.config(APP);
    config.start = Start::Wait(Duration::from_secs(60));
    let error = soon("the refusal", Ari::connect(config)).await.err().unwrap();
    assert!(
        matches!(&error, Error::Unauthorized { user } if user == "evatel"),
        "{error}"
    );
    assert!(!error.is_transient());
    assert!(error.to_string().contains("ari.conf"), "{error}");
    assert_eq!(asterisk.requests().len(), 1);
}

#[tokio::test]
async fn an_asterisk_that_is_too_old_is_refused_with_both_versions() {
    let asterisk = Asterisk::start().await.unwrap();
    asterisk.set_version("20.5.0");
    let error = Ari::connect(asterisk.config(APP)).await.err().unwrap();
    assert!(matches!(error, Error::TooOld { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("20.5.0") && text.contains("22.8"), "{text}");
}

#[tokio::test]
async fn an_older_asterisk_is_served_if_that_is_wanted_and_not_asked_for_what_it_lacks() {
    let asterisk = Asterisk::start().await.unwrap();
    asterisk.set_version("18.9.0");
    let mut config = asterisk.config(APP);
    config.oldest = Version::read("18");
    let (ari, mut offers) = Ari::connect(config).await.unwrap();
    drop(offered("1700.1", &asterisk, &mut offers).await);
    let id = ChannelId::from("1700.1");
    ari.send(op::channels::answer(&id)).await.unwrap();
    let before = asterisk.requests().len();
    let error = ari.send(op::channels::progress(&id)).await.unwrap_err();
    assert!(matches!(error, Error::NeedsNewer { .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "`POST /channels/1700.1/progress` needs Asterisk 22.6 (or 21.11, 20.16) or newer, and this one is 18.9.0"
    );
    assert_eq!(asterisk.requests().len(), before);
}

#[tokio::test]
async fn where_nothing_listens_the_error_names_the_address_and_where_to_look() {
    let url = {
        let free = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        format!("http://{}", free.local_addr().unwrap())
    };
    let config = Config::new(&url, "evatel", SecretString::from("x"), APP).unwrap();
    let error = Ari::connect(config).await.err().unwrap();
    assert!(
        matches!(error, Error::NotSent { .. }) && error.is_transient(),
        "{error}"
    );
    let text = error.to_string();
    assert!(text.contains(&url) && text.contains("http.conf"), "{text}");
}

#[tokio::test]
async fn an_asterisk_that_still_boots_is_waited_for() {
    let asterisk = Asterisk::start().await.unwrap();
    asterisk.inject(Fault::Booting);
    let error = Ari::connect(asterisk.config(APP)).await.err().unwrap();
    assert!(matches!(error, Error::Unavailable { status: 503, .. }), "{error}");

    let mut config = asterisk.config(APP);
    config.start = Start::Wait(Duration::from_secs(60));
    let connecting = tokio::spawn(Ari::connect(config));
    asterisk.asked("GET", "/asterisk/info").await;
    asterisk.heal(&Fault::Booting);
    let (ari, _) = soon("the connection", connecting).await.unwrap().unwrap();
    assert_eq!(ari.info().system.version, evatel_ari::sim::VERSION);
}

#[tokio::test]
async fn each_refusal_becomes_its_own_error_in_asterisks_words() {
    type Is = fn(&Error) -> bool;
    let (asterisk, ari, _offers) = connected().await;
    let id = ChannelId::from("1700.1");
    let cases: [(u16, &str, Is); 8] = [
        (400, "Invalid digits", |e| matches!(e, Error::BadRequest { .. })),
        (403, "User is read only", |e| matches!(e, Error::Forbidden { .. })),
        (404, "Channel not found", |e| {
            matches!(e, Error::NotFound { .. }) && e.is_gone()
        }),
        (409, "Channel not in Stasis application", |e| {
            matches!(e, Error::NotInStasis { .. })
        }),
        (412, "Channel in invalid state", |e| {
            matches!(e, Error::InvalidState { .. })
        }),
        (422, "Channel cannot do this", |e| {
            matches!(e, Error::Unprocessable { .. })
        }),
        (500, "Allocation failed", |e| {
            matches!(e, Error::Unallocated { .. })
        }),
        (503, "Asterisk not booted", |e| {
            matches!(e, Error::Unavailable { .. }) && e.is_transient()
        }),
    ];
    for (status, words, is) in cases {
        asterisk.refuse_once("POST", "/channels/1700.1/answer", status, words);
        let error = ari.send(op::channels::answer(&id)).await.unwrap_err();
        let text = error.to_string();
        assert!(is(&error) && text.contains(words), "{status}: {text}");
        assert!(text.contains("POST /channels/1700.1/answer"), "{text}");
    }
}

#[tokio::test]
async fn a_request_without_answer_may_have_been_done_and_does_not_wait_for_ever() {
    let asterisk = Asterisk::start().await.unwrap();
    asterisk.inject(Fault::Stalled("/bridges/b".into()));
    let mut config = asterisk.config(APP);
    config.request_timeout = Duration::from_millis(300);
    let (ari, _offers) = Ari::connect(config).await.unwrap();
    let began = Instant::now();
    let error = ari.send(op::bridges::create(&"b".into(), "x")).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert!(ari.send(op::bridges::list()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_channels_start_that_comes_before_the_reply_reaches_who_asked_for_it() {
    let (asterisk, ari, mut offers) = connected().await;
    asterisk.inject(Fault::EventsFirst);
    let id = ChannelId::from("evatel_leg-1");
    let mut events = ari.subscribe_channel(&id);
    ari.send(op::channels::create(&id, &NewChannel::new("PJSIP/phone", APP)))
        .await
        .unwrap();
    // The reply was held until the event was taken: it waits in the stream already.
    let first = tokio::time::timeout(Duration::ZERO, events.next()).await;
    assert!(
        matches!(&first, Ok(Some(Signal::Event(event))) if event.name() == "StasisStart"),
        "{first:?}"
    );
    offered("1700.9", &asterisk, &mut offers).await;
}

#[tokio::test]
async fn unknown_and_malformed_events_end_nothing() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut all = ari.all_events();
    for text in [
        r#"{"type":"ChannelTeleported","application":"evatel"}"#,
        r#"{"type":"StasisStart","channel":7}"#,
        "{oops",
        "",
        "[]",
        r#"{"type":null}"#,
    ] {
        asterisk.send_event(text);
    }
    offered("1700.2", &asterisk, &mut offers).await;
    let mut kinds = Vec::new();
    while kinds.len() < 6 {
        kinds.push(soon("an event", all.recv()).await.unwrap().kind().clone());
    }
    assert_eq!(kinds[0], EventKind::Unknown);
    for kind in &kinds[1..] {
        assert!(matches!(kind, EventKind::Malformed { .. }), "{kind:?}");
    }
}

#[tokio::test]
async fn a_slow_reader_is_told_how_much_he_missed_and_still_gets_the_end() {
    let (asterisk, ari, mut offers) = connected().await;
    let mut events = offered("1700.3", &asterisk, &mut offers).await;
    ari.send(op::applications::subscribe(
        APP,
        &[EventSource::Channel("1700.3".into())],
    ))
    .await
    .unwrap();
    for _ in 0..300 {
        asterisk.presses("1700.3", '5');
    }
    asterisk.hangs_up("1700.3", HangupCause::Busy.q850());
    asterisk.settled().await;
    assert_eq!(named(&mut events).await, "Lagged(47)");
    event_of(&mut events, |kind| {
        matches!(kind, EventKind::ChannelDestroyed { cause: 17, .. })
    })
    .await;
    assert!(events.next().await.is_none());
}
