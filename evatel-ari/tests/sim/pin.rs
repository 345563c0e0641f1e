//! A number that needs the PIN, dialled at a telephone.

use evatel_core::restriction::{Effect, Level, Restriction, RestrictionOwner};

use crate::{
    call::{Daemon, hears, in_order},
    house::{Memory, PIN, records},
    support::APP,
};

#[tokio::test]
async fn a_person_at_his_telephone_is_asked_for_the_pin_and_then_joined() {
    let mut records = records(false);
    records.restrictions.push(Restriction {
        id: "rst-pin".parse().unwrap(),
        name: "NIP".parse().unwrap(),
        owner: RestrictionOwner::Account("a".parse().unwrap()),
        set_by: Level::Account,
        matches: "class:canada".parse().unwrap(),
        effect: Effect::RequirePin,
        hours: None,
        trunk: None,
    });
    let daemon = Daemon::start_in(Memory::of(records), None).await;
    daemon
        .asterisk
        .offer("1700.1", "phone", APP, &["device", "phone", "5145550142"]);
    hears(&mut daemon.asterisk.next_media().await).await;
    for key in PIN.chars().chain(['#']) {
        daemon.asterisk.presses("1700.1", key);
    }
    // The refusal has its entry, then the leg has one.
    let leg = daemon.office.rung("+15145550142", 2).await;
    daemon.asterisk.asked("POST", &format!("/channels/{leg}")).await;
    daemon.asterisk.rings(&leg);
    daemon.asterisk.answers(&leg);
    daemon.office.told("system: bridged").await;
    daemon.asterisk.hangs_up(&leg, 16);
    let story = daemon.over().await;
    assert!(!story.iter().any(|line| line.contains(PIN)), "{story:#?}");
    in_order(
        &story,
        &[
            "began 1700.1 Inbound to 5145550142 by device:phone:",
            "answered 1700.1",
            "caller: 4 secret keys",
            "system: PIN accepted",
            &format!("began {leg} Outbound to +15145550142 by device-pin:phone: Allow"),
            "system: bridged",
            "ended 1700.1 Normal",
        ],
    );
}
