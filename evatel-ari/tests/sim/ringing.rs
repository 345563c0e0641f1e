//! Several who are rung at once by one call.

use evatel_core::presence::Presence;
use evatel_voice::{frame::Frame8k, synth::tone};

use crate::{
    call::{Daemon, hears, in_order, sends},
    house::{Memory, records},
    support::APP,
};

const MOBILE: &str = "+15145559999";

/// Luc's telephone and his mobile ring at once.
async fn daemon() -> Daemon {
    let presence: Presence = serde_json::from_str(
        r#"{"schedule": {"zone": "America/Toronto", "otherwise": "working"},
            "statuses": [{"status": "working", "rules": [{"who": "everybody", "then": {"forward": [
                {"ring_seconds": 60, "legs": [{"to": "devices"}, {"to": "+15145559999", "confirm": true}]}]}}]}]}"#,
    )
    .unwrap();
    let mut records = records(false);
    records.presences.push(("luc".parse().unwrap(), presence));
    Daemon::start_in(Memory::of(records), None).await
}

/// Waits until the telephone and the mobile are rung; gives their legs.
async fn both_ring(daemon: &Daemon) -> (String, String) {
    let (phone, mobile) = (
        daemon.office.rung("phone", 1).await,
        daemon.office.rung(MOBILE, 1).await,
    );
    daemon
        .asterisk
        .asked("POST", &format!("/channels/{mobile}"))
        .await;
    (phone, mobile)
}

#[tokio::test]
async fn the_first_who_answers_is_asked_and_the_others_stop_ringing() {
    let daemon = daemon().await;
    let _caller = daemon.named().await;
    let (phone, mobile) = (
        daemon.office.rung("phone", 1).await,
        daemon.office.rung(MOBILE, 1).await,
    );
    for (leg, endpoint) in [(&phone, "PJSIP/phone"), (&mobile, "PJSIP/5145559999@t")] {
        let asked = daemon.asterisk.asked("POST", &format!("/channels/{leg}")).await;
        assert_eq!(asked.param("endpoint"), endpoint);
    }
    assert_eq!(daemon.office.places(), (2, 2));
    daemon.asterisk.rings(&phone);
    daemon.asterisk.answers(&mobile);
    let asked = daemon
        .asterisk
        .asked("DELETE", &format!("/channels/{phone}"))
        .await;
    assert_eq!(asked.param("reason_code"), "26");
    hears(&mut daemon.asterisk.next_media().await).await;
    daemon.asterisk.presses(&mobile, '1');
    daemon.office.told("system: bridged").await;
    let bridges = daemon.asterisk.bridges();
    assert_eq!(bridges[0].1, ["1700.1".to_owned(), mobile.clone()]);
    assert_eq!(daemon.office.places(), (2, 1));
    daemon.asterisk.hangs_up("1700.1", 16);
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            &format!("began {phone} Outbound to phone by rule:luc: Allow"),
            &format!("began {mobile} Outbound to {MOBILE} by rule:luc: Allow"),
            &format!("answered {mobile}"),
            &format!("ended {phone} AnsweredElsewhere"),
            "assistant: to callee: Un appel de (the recorded name)",
            "system: bridged",
            &format!("ended {mobile} Normal"),
        ],
    );
}

#[tokio::test]
async fn those_who_stopped_ringing_ring_again_where_the_first_does_not_take_the_call() {
    let daemon = daemon().await;
    let _caller = daemon.named().await;
    let (phone, mobile) = both_ring(&daemon).await;
    daemon.asterisk.answers(&mobile);
    hears(&mut daemon.asterisk.next_media().await).await;
    daemon.asterisk.hangs_up(&mobile, 16);
    let again = daemon.office.rung("phone", 2).await;
    daemon.asterisk.asked("POST", &format!("/channels/{again}")).await;
    daemon.asterisk.answers(&again);
    hears(&mut daemon.asterisk.next_media().await).await;
    daemon.asterisk.presses(&again, '1');
    daemon.office.told("system: bridged").await;
    daemon.asterisk.hangs_up(&again, 16);
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            &format!("ended {phone} AnsweredElsewhere"),
            &format!("ended {mobile} Normal"),
            &format!("began {again} Outbound to phone"),
            "system: bridged",
        ],
    );
}

#[tokio::test]
async fn a_fax_that_answers_is_given_up_and_the_others_ring_again() {
    let daemon = daemon().await;
    let _caller = daemon.named().await;
    let (phone, mobile) = both_ring(&daemon).await;
    daemon.asterisk.answers(&mobile);
    let mut fax = daemon.asterisk.next_media().await;
    hears(&mut fax).await;
    // ITU-T T.30: the tone of a called station, CED.
    let ced: Vec<Frame8k> = tone::sine(2100.0, -12.0).take(100).collect();
    sends(&fax, &ced).await;
    let again = daemon.office.rung("phone", 2).await;
    daemon.asterisk.asked("POST", &format!("/channels/{again}")).await;
    daemon.asterisk.hangs_up("1700.1", 16);
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            &format!("answered {mobile}"),
            &format!("ended {phone} AnsweredElsewhere"),
            "system: answered by: fax (after ",
            &format!("ended {mobile} Normal"),
            &format!("began {again} Outbound to phone"),
        ],
    );
}

#[tokio::test]
async fn a_forward_that_the_network_sends_back_is_refused_and_a_call_by_somebody_else_is_not() {
    let daemon = daemon().await;
    let _caller = daemon.named().await;
    let (_phone, mobile) = both_ring(&daemon).await;
    let comes_back = |id: &str| {
        let entry = ["trunk", "t", "5145550199"];
        daemon.asterisk.offer(id, "5145550199", APP, &entry);
    };
    comes_back("1700.2");
    daemon
        .office
        .told("began 1700.2 Inbound to +15145550199 by caller: Deny forward-loop")
        .await;
    let refused = daemon.asterisk.asked("DELETE", "/channels/1700.2").await;
    assert_eq!(refused.param("reason_code"), "17");
    daemon.call_in("1700.3", "5145550199");
    daemon.asterisk.asked("POST", "/channels/1700.3/answer").await;
    daemon.asterisk.hangs_up("1700.3", 16);
    // Once nothing is forwarded any more, whoever shows that number is a caller like others.
    daemon.asterisk.hangs_up(&mobile, 17);
    daemon.office.told(&format!("ended {mobile}")).await;
    comes_back("1700.4");
    daemon.asterisk.asked("POST", "/channels/1700.4/answer").await;
    daemon.asterisk.hangs_up("1700.4", 16);
    daemon.asterisk.hangs_up("1700.1", 16);
    daemon.over().await;
}

#[tokio::test]
async fn a_caller_who_hangs_up_takes_back_all_that_ring() {
    let daemon = daemon().await;
    let _caller = daemon.named().await;
    let (phone, mobile) = both_ring(&daemon).await;
    daemon.asterisk.rings(&phone);
    daemon.asterisk.hangs_up("1700.1", 16);
    for leg in [&phone, &mobile] {
        daemon.asterisk.ended(leg).await;
    }
    let story = daemon.over().await;
    let ends = story.iter().filter(|line| line.starts_with("ended")).count();
    assert_eq!(ends, 3, "{story:#?}");
}
