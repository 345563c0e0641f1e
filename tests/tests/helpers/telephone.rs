//! What a telephone does beside calling: its hold key, texts, and being referred.

use std::net::SocketAddr;

use evatel_ari::{
    helper::{
        detect::{Detected, Detector},
        message::{self, Inbox, Received},
    },
    op::endpoints::Refer,
};
use evatel_tests::{
    ports::{CARRIER_IP, Lease},
    sipp,
};

use super::{line::soon, pbx::SOON, transfer::Desk};

#[tokio::test]
async fn the_hold_key_is_told_to_us_until_we_no_longer_take_it_or_the_telephone_goes() {
    let mut desk = Desk::start().await;
    let talk = desk.talk("hold").await;
    let mut key = Detector::hold(&talk.phone, desk.ari()).await.unwrap();
    talk.call.hold(SOON).await.unwrap();
    let held = soon("the key", key.next()).await;
    assert!(matches!(held, Some(Detected::Held { .. })), "{held:?}");
    talk.call.resume(SOON).await.unwrap();
    assert_eq!(soon("the key again", key.next()).await, Some(Detected::Resumed));
    key.stop().await.unwrap();
    let mut key = Detector::hold(&talk.phone, desk.ari()).await.unwrap();
    talk.call.finish(SOON).await.unwrap();
    assert_eq!(soon("the end", key.next()).await, None);
    drop((talk.other, talk.bridge));
    desk.line.nothing_is_left().await;
}

#[tokio::test]
async fn texts_of_a_telephone_come_in_while_somebody_reads_and_one_of_ours_reaches_it() {
    let mut ports = Lease::new(1).unwrap();
    let local = SocketAddr::new(CARRIER_IP, ports.port().unwrap());
    let desk = Desk::start().await;
    let sip = desk.line.pbx.sip;
    let mut inbox = Inbox::open("PJSIP/phone".into(), desk.ari()).await.unwrap();
    // A text to an extension would go there: nothing in the dialplan is called `desk`.
    for text in ["good evening", "are you there?"] {
        sipp::send_text(sip, "desk", "phone", text).await.unwrap();
        let came = soon("the text", inbox.next()).await;
        let Some(Received::Message(message)) = came else {
            panic!("{came:?}")
        };
        assert_eq!(message.body, text);
        assert!(message.from.contains("phone@"), "{message:?}");
    }
    let uri = format!("pjsip:phone/sip:phone@{local}");
    let (taken, sent) = tokio::join!(
        sipp::await_text(sip, local),
        message::send("good evening", "sip:100@127.0.0.1", &uri, desk.ari())
    );
    taken.unwrap();
    sent.unwrap();
    let nobody = message::send("hello", "sip:100@127.0.0.1", "pjsip:nobody", desk.ari()).await;
    assert!(
        nobody.as_ref().is_err_and(evatel_ari::Error::is_gone),
        "{nobody:?}"
    );
}

#[tokio::test]
async fn a_telephone_is_referred_outside_of_a_call() {
    let mut ports = Lease::new(1).unwrap();
    let local = SocketAddr::new(CARRIER_IP, ports.port().unwrap());
    let desk = Desk::start().await;
    let uri = format!("pjsip:phone/sip:phone@{local}");
    let refer = Refer::new("sip:100@127.0.0.1", "sip:200@127.0.0.1");
    let (taken, sent) = tokio::join!(
        sipp::await_referral(desk.line.pbx.sip, local),
        message::refer(&uri, &refer, desk.ari())
    );
    taken.unwrap();
    sent.unwrap();
    let nobody = message::refer("pjsip:nobody", &refer, desk.ari()).await;
    assert!(
        nobody.as_ref().is_err_and(evatel_ari::Error::is_gone),
        "{nobody:?}"
    );
}
