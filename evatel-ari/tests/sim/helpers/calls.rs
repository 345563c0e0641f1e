//! Dialling and transfers.

use std::{future::pending, time::Duration};

use evatel_ari::{
    Ari, ChannelId, Error,
    client::ConnectionState,
    helper::{
        BridgeGuard, ChannelGuard, Dialling, Outcome, Progress, Rung, originate,
        ring::Miss,
        ring_first,
        transfer::{NotTransferred, Transfer, Transfers, Wish},
    },
    op::{self, channels::Outgoing},
    sim::{Asterisk, Fault, When},
};
use evatel_core::calls::HangupCause;

use crate::support::{APP, connected, offered, soon};

fn to(endpoint: &str) -> Outgoing {
    Outgoing::new(endpoint, APP)
}

async fn dialled(asterisk: &Asterisk, ari: &Ari) -> Dialling {
    let dialling = Dialling::start(&to("PJSIP/phone"), ari).await.unwrap();
    asterisk.rings(dialling.channel().as_str());
    dialling
}

#[tokio::test]
async fn each_end_of_dialling_has_its_reason() {
    let (asterisk, ari, _offers) = connected().await;
    for (cause, is) in [
        (17, "Busy"),
        (19, "NoAnswer"),
        (18, "NoAnswer"),
        (21, "Refused"),
        (27, "Refused"),
    ] {
        let mut dialling = dialled(&asterisk, &ari).await;
        assert!(matches!(
            soon("ringing", dialling.next()).await,
            Some(Progress::Ringing)
        ));
        asterisk.hangs_up(dialling.channel().as_str(), cause);
        let outcome = soon("the end", dialling.outcome()).await;
        assert!(format!("{outcome:?}").starts_with(is), "{cause}: {outcome:?}");
        assert!(soon("nothing", dialling.next()).await.is_none());
    }
    let mut dialling = dialled(&asterisk, &ari).await;
    asterisk.answers(dialling.channel().as_str());
    let Outcome::Answered(leg) = soon("the answer", dialling.outcome()).await else {
        panic!("not answered")
    };
    let (id, _events) = leg.keep();
    drop(dialling);
    asterisk.settled().await;
    assert!(asterisk.channels().contains(&id.to_string()), "kept");
}

#[tokio::test]
async fn what_is_given_up_dropped_or_not_answered_in_time_is_hung_up() {
    let (asterisk, ari, _offers) = connected().await;
    let mut outgoing = to("PJSIP/phone");
    outgoing.timeout = Duration::from_millis(20);
    let mut dialling = Dialling::start(&outgoing, &ari).await.unwrap();
    assert!(matches!(
        soon("the time-out", dialling.outcome()).await,
        Outcome::TimedOut
    ));
    asterisk.ended(dialling.channel().as_str()).await;
    let hung_up = asterisk
        .asked("DELETE", &format!("/channels/{}", dialling.channel()))
        .await;
    assert_eq!(hung_up.param("reason_code"), "19");

    let dropped = dialled(&asterisk, &ari).await;
    let id = dropped.channel().clone();
    drop(dropped);
    asterisk.ended(id.as_str()).await;

    let outgoing = to("PJSIP/phone");
    let given_up = async { HangupCause::Normal };
    let outcome = soon("the end", originate(&outgoing, given_up, &ari))
        .await
        .unwrap();
    assert!(matches!(outcome, Outcome::Cancelled));
    asterisk.settled().await;
    assert_eq!(asterisk.channels(), Vec::<String>::new());
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_reached_and_a_refused_request_leave_nothing_to_hang_up() {
    let (asterisk, ari, _offers) = connected().await;
    asterisk.inject(Fault::Unreachable("PJSIP/nobody".into()));
    let outcome = originate(&to("PJSIP/nobody"), pending(), &ari).await.unwrap();
    assert!(
        matches!(&outcome, Outcome::Unreachable { message } if message == "Allocation failed"),
        "{outcome:?}"
    );
    asterisk.inject(Fault::Refused {
        method: "POST".into(),
        path: "/channels/*".into(),
        status: 400,
        message: "Invalid endpoint".into(),
    });
    let error = originate(&to("nonsense"), pending(), &ari).await.unwrap_err();
    assert!(matches!(error, Error::BadRequest { .. }), "{error}");
    asterisk.settled().await;
    let hung_up = asterisk.requests().iter().any(|asked| asked.method == "DELETE");
    assert!(!hung_up);
}

#[tokio::test]
async fn a_leg_whose_reply_got_lost_is_hung_up() {
    let asterisk = Asterisk::start().await.unwrap();
    let mut config = asterisk.config(APP);
    config.request_timeout = Duration::from_millis(300);
    let (ari, _offers) = Ari::connect(config).await.unwrap();
    asterisk.inject(Fault::Unanswered("/channels/*".into()));
    let error = Dialling::start(&to("PJSIP/phone"), &ari).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    for id in asterisk.channels() {
        asterisk.ended(&id).await;
    }
}

#[tokio::test]
async fn what_asterisk_makes_after_its_answer_was_given_up_is_ended_though_it_was_not_found_first() {
    let asterisk = Asterisk::start().await.unwrap();
    let mut config = asterisk.config(APP);
    config.request_timeout = Duration::from_millis(50);
    let (ari, _offers) = Ari::connect(config).await.unwrap();
    let by = Duration::from_millis(400);
    for path in ["/channels/*", "/bridges/*"] {
        let path = path.to_owned();
        asterisk.inject_when(Fault::Slow { path, by }, When::Nth(1));
    }
    let mut guard = BridgeGuard::new(ari.mark().fresh("bridge").into(), &ari);
    let request = op::bridges::create(guard.id(), "late");
    let phone = to("PJSIP/phone");
    let (dialled, made) = tokio::join!(Dialling::start(&phone, &ari), guard.make(request, &ari));
    assert!(
        matches!(dialled, Err(Error::OutcomeUnknown { .. })),
        "{dialled:?}"
    );
    assert!(matches!(made, Err(Error::OutcomeUnknown { .. })), "{made:?}");
    drop(guard);
    asterisk.asked("DELETE", "/channels/*").await;
    asterisk.asked("DELETE", "/bridges/*").await;
    // Only now does it make them.
    soon("both", async {
        while asterisk.channels().is_empty() || asterisk.bridges().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    soon("neither", async {
        while !asterisk.channels().is_empty() || !asterisk.bridges().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_given_up_before_asterisk_has_made_it_is_ended_once_it_has() {
    let (asterisk, ari, _offers) = connected().await;
    let by = Duration::from_millis(200);
    for path in ["/channels/*", "/bridges/*"] {
        let path = path.to_owned();
        asterisk.inject_when(Fault::Slow { path, by }, When::Nth(1));
    }
    let mut guard = BridgeGuard::new(ari.mark().fresh("bridge").into(), &ari);
    let request = op::bridges::create(guard.id(), "given up");
    let phone = to("PJSIP/phone");
    let given_up = async { tokio::join!(Dialling::start(&phone, &ari), guard.make(request, &ari),) };
    assert!(tokio::time::timeout(by / 4, given_up).await.is_err());
    drop(guard);
    for front in ["/channels/", "/bridges/"] {
        asterisk.asked("DELETE", &format!("{front}*")).await;
        let asked = asterisk.requests();
        let at = |method| {
            asked
                .iter()
                .position(|asked| asked.method == method && asked.path.starts_with(front))
        };
        assert!(at("POST") < at("DELETE"), "{asked:#?}");
    }
    assert_eq!((asterisk.channels(), asterisk.bridges()), (vec![], vec![]));
}

#[tokio::test]
async fn dialling_outlives_a_lost_connection_and_finds_out_what_ended_meanwhile() {
    let (asterisk, ari, _offers) = connected().await;
    let mut rings_on = dialled(&asterisk, &ari).await;
    let mut gone = dialled(&asterisk, &ari).await;
    asterisk.inject(Fault::EventsRefused);
    let mut state = ari.state();
    asterisk.drop_events();
    soon(
        "the loss",
        state.wait_for(|state| *state != ConnectionState::Connected),
    )
    .await
    .unwrap();
    asterisk.hangs_up(gone.channel().as_str(), 16);
    asterisk.heal(&Fault::EventsRefused);
    assert!(matches!(soon("the end", gone.outcome()).await, Outcome::Gone));
    asterisk.answers(rings_on.channel().as_str());
    assert!(matches!(
        soon("the answer", rings_on.outcome()).await,
        Outcome::Answered(_)
    ));
}

#[tokio::test]
async fn of_many_the_first_that_confirms_wins_and_the_others_were_answered_elsewhere() {
    let (asterisk, ari, _offers) = connected().await;
    let called = ["PJSIP/a", "PJSIP/b", "PJSIP/c"].map(to);
    let ringing = ring_first(
        &called,
        async |index, leg| if index == 1 { Some(leg) } else { None },
        &ari,
    );
    tokio::pin!(ringing);
    let legs = async {
        loop {
            let legs = asterisk.channels();
            if legs.len() == 3 {
                return legs;
            }
            tokio::task::yield_now().await;
        }
    };
    let legs = tokio::select! {
        _ = &mut ringing => panic!("nobody has answered yet"),
        legs = soon("three legs", legs) => legs,
    };
    let of = |endpoint: &str| {
        let asked = asterisk.requests();
        let asked = asked.iter().find(|asked| asked.param("endpoint") == endpoint);
        asked.unwrap().path.rsplit('/').next().unwrap().to_owned()
    };
    asterisk.answers(&of("PJSIP/a"));
    asterisk.answers(&of("PJSIP/b"));
    let Rung::Taken { index, leg } = soon("who takes it", ringing).await else {
        panic!("nobody")
    };
    assert_eq!((index, leg.id().as_str()), (1, &*of("PJSIP/b")));
    for id in legs.iter().filter(|id| *id != leg.id().as_str()) {
        asterisk.ended(id).await;
        let hung_up = asterisk.asked("DELETE", &format!("/channels/{id}")).await;
        assert_eq!(hung_up.param("reason_code"), "26");
    }
    assert_eq!(asterisk.channels(), [leg.id().as_str()]);
}

#[tokio::test]
async fn that_nobody_takes_it_is_told_with_each_reason() {
    let (asterisk, ari, _offers) = connected().await;
    asterisk.inject(Fault::Unreachable("PJSIP/nobody".into()));
    let mut late = to("PJSIP/late");
    late.timeout = Duration::from_millis(20);
    let called = [to("PJSIP/nobody"), late];
    let Rung::NobodyTook(misses) = soon("the end", ring_first(&called, async |_, leg| Some(leg), &ari)).await
    else {
        panic!("somebody")
    };
    assert!(
        matches!(
            &misses[..],
            [
                Miss::Unanswered(Outcome::Unreachable { .. }),
                Miss::Unanswered(Outcome::TimedOut)
            ]
        ),
        "{misses:?}"
    );
}

#[tokio::test]
async fn a_guard_hangs_up_what_is_dropped_and_not_what_is_kept() {
    let (asterisk, ari, mut offers) = connected().await;
    let _first = offered("1700.1", &asterisk, &mut offers).await;
    let _second = offered("1700.2", &asterisk, &mut offers).await;
    let kept = ChannelGuard::new("1700.2".into(), &ari);
    assert_eq!(kept.keep(), ChannelId::from("1700.2"));
    drop(ChannelGuard::new("1700.1".into(), &ari));
    asterisk.ended("1700.1").await;
    assert_eq!(asterisk.channels(), ["1700.2"]);
}

#[tokio::test]
async fn a_telephone_that_asks_for_a_transfer_always_hears_how_it_ended() {
    let (asterisk, ari, mut offers) = connected().await;
    let _events = offered("1700.1", &asterisk, &mut offers).await;
    let mut transfers = Transfers::take_over(&"1700.1".into(), &ari).await.unwrap();
    assert_eq!(
        asterisk
            .variable("1700.1", "PJSIP_TRANSFER_HANDLING()")
            .as_deref(),
        Some("ari-only")
    );

    // Alone in no bridge: there is nobody to transfer.
    asterisk.transfers("1700.1", "200");
    let Some(Transfer::Asked(asked)) = soon("the wish", transfers.next()).await else {
        panic!("no wish")
    };
    assert_eq!((asked.wish(), asked.transferee()), (Wish::Call("200"), None));
    let done = asked.blind(&to("PJSIP/200"), &ari).await.unwrap();
    assert!(matches!(done, Err(NotTransferred::NobodyToTransfer)), "{done:?}");
    let told = asterisk.asked("POST", "/channels/1700.1/transfer_progress").await;
    assert_eq!(told.param("states"), "channel_unavailable");

    asterisk.transfers("1700.1", "201");
    let Some(Transfer::Asked(asked)) = soon("the wish", transfers.next()).await else {
        panic!("no wish")
    };
    asked.decline().await.unwrap();
    asterisk.transfers("1700.1", "202");
    drop(soon("the wish", transfers.next()).await);
    soon("the third result", async {
        loop {
            let told: Vec<_> = asterisk
                .requests()
                .iter()
                .filter(|asked| asked.path.ends_with("transfer_progress"))
                .map(|asked| asked.param("states").to_owned())
                .collect();
            if told.len() == 3 {
                assert_eq!(
                    told,
                    ["channel_unavailable", "channel_declined", "channel_unavailable"]
                );
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    asterisk.hangs_up("1700.1", 16);
    assert!(soon("the end", transfers.next()).await.is_none());
}

#[tokio::test]
async fn a_blind_transfer_reports_progress_and_joins_the_new_leg() {
    let (asterisk, ari, mut offers) = connected().await;
    let _phone = offered("1700.1", &asterisk, &mut offers).await;
    let _other = offered("1700.2", &asterisk, &mut offers).await;
    for id in ["1700.1", "1700.2"] {
        ari.send(op::channels::answer(&id.into())).await.unwrap();
    }
    ari.send(op::bridges::create(&"b".into(), "talk")).await.unwrap();
    ari.send(op::bridges::add_channels(
        &"b".into(),
        &[&"1700.1".into(), &"1700.2".into()],
    ))
    .await
    .unwrap();
    let mut transfers = Transfers::take_over(&"1700.1".into(), &ari).await.unwrap();
    asterisk.send_event(
        r#"{"type":"ChannelTransfer","application":"evatel","refer_to":{"requested_destination":{"destination":"200"}},
        "referred_by":{"source_channel":{"id":"1700.1"},"connected_channel":{"id":"1700.2"},"bridge":{"id":"b"}}}"#,
    );
    let Some(Transfer::Asked(asked)) = soon("the wish", transfers.next()).await else {
        panic!("no wish")
    };
    let far_end = async {
        let id = asterisk.asked("POST", "/channels/evatel_leg-*").await.path;
        let id = id.rsplit('/').next().unwrap().to_owned();
        asterisk.rings(&id);
        asterisk.asked("POST", "/channels/1700.1/transfer_progress").await;
        asterisk.answers(&id);
        id
    };
    let outgoing = to("PJSIP/200");
    let (done, new) = tokio::join!(soon("the transfer", asked.blind(&outgoing, &ari)), far_end);
    let leg = done.unwrap().unwrap().leg.unwrap();
    assert_eq!(leg.id().as_str(), new);
    // The telephone did not hang up by itself.
    asterisk.ended("1700.1").await;
    let told: Vec<_> = asterisk
        .requests()
        .iter()
        .filter(|asked| asked.path.ends_with("transfer_progress"))
        .map(|asked| asked.param("states").to_owned())
        .collect();
    assert_eq!(told, ["channel_progress", "channel_answered"]);
    let mut members = asterisk.bridges()[0].1.clone();
    members.sort();
    let mut expected = vec!["1700.2".to_owned(), new];
    expected.sort();
    assert_eq!(members, expected);
}
