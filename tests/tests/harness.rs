//! Live tests of the harness itself, on an Asterisk with a tiny configuration.

#![allow(clippy::unwrap_used, reason = "what the tests share may panic as they do")]

mod folder;

use std::time::{Duration, Instant};

use evatel_tests::{
    signal,
    sipp::{Behaviour, End, Phone, stranger_calls},
};

use self::folder::Exchange;

/// Far more than anything here takes, so that a busy machine does not matter.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_caller_hears_its_own_signal_through_echo_and_its_key_ends_the_call() {
    let exchange = Exchange::start().await;
    let call = exchange.carrier.call("100", "5145550100").await.unwrap();
    let answered = call.answered(SOON).await.unwrap();
    let burst = signal::burst(1);
    let sent = call.audio.speak(&burst).await.unwrap();
    assert!(sent.first_at >= answered);
    call.audio
        .wait_for_quiet(sent.last_at, Duration::from_millis(300), SOON)
        .await
        .unwrap();
    let heard = call.audio.recording();
    let heard = heard.since(sent.first_at);
    assert!(signal::heard(&burst, heard), "{:?}", signal::find(&burst, heard));

    call.audio.press("#").await.unwrap();
    let ended = call.ended(SOON).await.unwrap();
    assert_eq!(
        (ended.end, ended.status, ended.cause),
        (End::FarHungUp, 200, Some(21))
    );
}

#[tokio::test]
async fn a_registered_phone_is_rung_and_both_ends_hear_each_other() {
    let exchange = Exchange::start().await;
    let phone = exchange.phone(Behaviour::Ring).await;
    let call = exchange.carrier.call("200", "5145550100").await.unwrap();
    let rung = phone.rung(SOON).await.unwrap();
    assert_eq!(rung.caller(), "5145550100");
    call.ringing(SOON).await.unwrap();
    rung.answer().unwrap();
    call.answered(SOON).await.unwrap();
    rung.answered(SOON).await.unwrap();

    let (a, b) = (signal::burst(1), signal::burst(2));
    let begin = Instant::now();
    let (one, two) = tokio::try_join!(call.audio.speak(&a), rung.audio.speak(&b)).unwrap();
    let end = one.last_at.max(two.last_at);
    for peer in [&call.audio, &rung.audio] {
        peer.wait_for_quiet(end, Duration::from_millis(300), SOON)
            .await
            .unwrap();
    }
    let (here, there) = (call.audio.recording(), rung.audio.recording());
    assert!(signal::heard(&a, there.since(begin)) && signal::heard(&b, here.since(begin)));
    assert!(!signal::heard(&a, here.since(begin)));

    rung.hang_up().unwrap();
    assert_eq!(rung.ended(SOON).await.unwrap().end, End::WeHungUp);
    let ended = call.ended(SOON).await.unwrap();
    assert_eq!((ended.end, ended.cause), (End::FarHungUp, Some(16)));
}

#[tokio::test]
async fn a_phone_calls_out_by_its_digest_and_the_carrier_answers_by_itself() {
    let exchange = Exchange::start().await;
    let phone = exchange.phone(Behaviour::Busy).await;
    exchange.carrier.callee().set_behaviour(Behaviour::Answer {
        after: Duration::from_millis(100),
    });
    let call = phone.call("5145550123").await.unwrap();
    let rung = exchange.carrier.rung(SOON).await.unwrap();
    assert_eq!(rung.number(), "5145550123");
    call.answered(SOON).await.unwrap();
    rung.answered(SOON).await.unwrap();
    call.audio.press("42").await.unwrap();
    rung.audio.wait_for_keys("42", SOON).await.unwrap();
    assert_eq!(call.finish(SOON).await.unwrap().end, End::WeHungUp);
    assert_eq!(rung.ended(SOON).await.unwrap().end, End::FarHungUp);
}

#[tokio::test]
async fn a_cancel_reaches_the_ringing_phone() {
    let exchange = Exchange::start().await;
    let phone = exchange.phone(Behaviour::Ring).await;
    let call = exchange.carrier.call("200", "5145550100").await.unwrap();
    let rung = phone.rung(SOON).await.unwrap();
    call.ringing(SOON).await.unwrap();
    let ended = call.finish(SOON).await.unwrap();
    assert_eq!((ended.end, ended.status), (End::Cancelled, 487));
    assert_eq!(rung.ended(SOON).await.unwrap().end, End::Cancelled);
}

#[tokio::test]
async fn busy_is_seen_as_486_and_a_stranger_is_refused() {
    let exchange = Exchange::start().await;
    let phone = exchange.phone(Behaviour::Busy).await;
    let call = exchange.carrier.call("200", "5145550100").await.unwrap();
    let ended = call.ended(SOON).await.unwrap();
    assert_eq!(
        (ended.end, ended.status, ended.cause),
        (End::Refused, 486, Some(17))
    );
    assert_eq!(
        phone.rung(SOON).await.unwrap().ended(SOON).await.unwrap().end,
        End::Refused
    );

    let call = stranger_calls(exchange.server, "200", "5145550100")
        .await
        .unwrap();
    let ended = call.ended(SOON).await.unwrap();
    assert_eq!((ended.end, ended.status), (End::Refused, 401));
}

#[tokio::test]
async fn a_wrong_password_is_told_with_the_registrars_answer() {
    let exchange = Exchange::start().await;
    let error = Phone::register(exchange.server, folder::DEVICE, "wrong", Behaviour::Ring)
        .await
        .unwrap_err();
    assert!(format!("{error:#}").contains("401"), "{error:#}");
}

#[tokio::test]
async fn a_restarted_server_is_ready_again() {
    let mut exchange = Exchange::start().await;
    exchange.asterisk.restart().await.unwrap();
    let call = exchange.carrier.call("100", "5145550100").await.unwrap();
    call.answered(SOON).await.unwrap();
    let channels = exchange
        .asterisk
        .console("core show channels count")
        .await
        .unwrap();
    assert!(channels.contains("1 active channel"), "{channels}");
}
