//! Numbers that leave, come again, come by a port and change trunks, on both databases.

use evatel_core::{
    did::{DidState, DidStatus, DidTarget, DidVerb, Refused},
    directory::Unserved,
    id::TrunkId,
    name::Name,
};
use evatel_store::{Arrival, AuditFilter, Error, NewNumber, NewTrunk, NumberChange, Refreshed, Target};
use jiff::SignedDuration;
use rstest::rstest;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    number_import::rows,
    numbers::{administrator, number, release, smart, stock},
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_has_left_is_ordered_again_and_keeps_its_history(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let number = stock(&house, &acting, 1).await;
    let operator = DidTarget::Receptionist {
        operator: house.user.id.clone(),
    };
    let mut answered_by = Vec::new();
    for change in [
        NumberChange::Assign(operator.clone()),
        NumberChange::PortOut,
        NumberChange::CompletePortOut,
        NumberChange::Order {
            reseller: house.account.reseller.clone(),
        },
        NumberChange::Arrive,
    ] {
        acting.change_number(&number, change).await.unwrap();
        let directory = house.store.load_directory().await.unwrap();
        answered_by.push(directory.did(&number).map(|did| did.target.clone()));
    }
    // Until it has gone it is answered as before.
    assert_eq!(
        answered_by,
        [Some(operator.clone()), Some(operator), None, None, None]
    );
    assert_eq!(acting.number(&number).await.unwrap().state, DidState::Available);
    let history = house.root().number_history(&number).await.unwrap();
    let verbs: Vec<_> = history.iter().map(|event| event.verb).collect();
    use DidVerb::{Arrive, Assign, CompletePortOut, Import, Order, PortOut, Reserve};
    assert_eq!(
        verbs,
        [Import, Reserve, Assign, PortOut, CompletePortOut, Order, Arrive]
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_never_came_or_was_given_back_begins_a_new_life_in_the_same_history(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (acting, reseller) = (house.acting().await, house.account.reseller.clone());
    let trunk = house.trunk().await;
    let taken_in = async |arrival| {
        let new = NewNumber {
            number: number(1),
            trunk: trunk.clone(),
            arrival,
        };
        acting.add_number(&reseller, new).await
    };
    let target = smart(&house.user.id);
    let first = taken_in(Arrival::PortIn {
        target: Some(target.clone()),
    })
    .await
    .unwrap();
    let early = taken_in(Arrival::Available).await;
    assert!(matches!(early, Err(Error::NumberTaken { .. })), "{early:?}");
    let reason: Name = "the name differs".parse().unwrap();
    let reject = NumberChange::RejectPortIn {
        reason: reason.clone(),
    };
    let rejected = acting.change_number(&number(1), reject.clone()).await.unwrap();
    assert!(
        matches!(&rejected.record.state, DidState::PortInRejected { then: Some(_), reason: why } if *why == reason)
    );
    assert_eq!(acting.number(&number(1)).await.unwrap(), rejected.record);
    let still = NumberChange::CompletePortIn;
    assert!(acting.change_number(&number(1), still).await.is_err());
    for change in [NumberChange::ResubmitPortIn, reject, NumberChange::CancelPortIn] {
        acting.change_number(&number(1), change).await.unwrap();
    }

    let again = taken_in(Arrival::Ordered).await.unwrap().record;
    assert_eq!(again.id, first.record.id, "the same row");
    acting
        .change_number(&number(1), NumberChange::CancelOrder)
        .await
        .unwrap();
    taken_in(Arrival::InService(target)).await.unwrap();
    let refused = acting.change_number(&number(1), NumberChange::ReturnToItsp).await;
    assert!(
        matches!(refused, Err(Error::Number(Refused::Transition { .. }))),
        "{refused:?}"
    );
    acting
        .change_number(
            &number(1),
            NumberChange::Release {
                quarantine: SignedDuration::ZERO,
            },
        )
        .await
        .unwrap();
    // Its time is over: out of the pool it goes back to the ITSP, and comes with a file.
    acting
        .change_number(&number(1), NumberChange::ReturnToItsp)
        .await
        .unwrap();
    let text = format!("number,user\n{},{}\n5145550002,\n", number(1), house.user.id);
    for expected in [(2, 0), (0, 2)] {
        let file = "numbers.csv".parse().unwrap();
        let done = acting
            .import_numbers(&reseller, rows(&text), Some(trunk.clone()), &file)
            .await
            .unwrap();
        assert_eq!((done.added, done.same), expected, "{:?}", done.refused);
    }
    let directory = house.store.load_directory().await.unwrap();
    assert!(directory.did(&number(1)).is_some());

    let history = house.root().number_history(&number(1)).await.unwrap();
    let verbs: Vec<_> = history.iter().map(|event| event.verb).collect();
    use DidVerb::*;
    assert_eq!(
        verbs,
        [
            Import,
            RejectPortIn,
            ResubmitPortIn,
            RejectPortIn,
            CancelPortIn,
            Import,
            CancelOrder,
            Import,
            Release,
            EndQuarantine,
            ReturnToItsp,
            Import
        ]
    );
    assert_eq!(history[1].reason, Some(reason));
    // Whoever has it now reads what happened since it came to him.
    let own = acting.number_history(&number(1)).await.unwrap();
    assert_eq!(own, history[11..]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_for_a_customer_is_completed_by_its_first_call_over_its_own_trunk(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let (acting, reseller) = (house.acting().await, house.account.reseller.clone());
    let own = house.trunk().await;
    let other = NewTrunk {
        format: "e164".parse().unwrap(),
        name: "Autre".parse().unwrap(),
        peer: "192.0.2.20".parse().unwrap(),
    };
    let other = house.root().add_trunk(other).await.unwrap().id;
    for (last, target) in [(1, Some(smart(&house.user.id))), (2, None)] {
        let new = NewNumber {
            number: number(last),
            trunk: own.clone(),
            arrival: Arrival::PortIn { target },
        };
        acting.add_number(&reseller, new).await.unwrap();
    }
    let known = house.store.load_directory().await.unwrap();
    let called = async |last, trunk: &TrunkId| {
        let unserved = house.store.unserved(&number(last), trunk, &known).await.unwrap();
        match unserved {
            Unserved::InService(directory) => Ok(directory.did(&number(last)).unwrap().target.clone()),
            Unserved::OutOfService { status, account } => Err((status, account)),
        }
    };
    let coming = Err((Some(DidStatus::PortInPending), None));
    assert_eq!(called(1, &other).await, coming, "over another carrier's trunk");
    assert_eq!(called(2, &own).await, coming, "nobody waits for it");
    assert_eq!(called(9, &own).await, Err((None, None)));

    // Two at once: one completes it, both are answered.
    let (first, second) = tokio::join!(called(1, &own), called(1, &own));
    let target = Ok(smart(&house.user.id));
    assert_eq!((&first, &second), (&target, &target));
    let history = acting.number_history(&number(1)).await.unwrap();
    let ended: Vec<_> = history
        .iter()
        .filter(|event| event.verb == DidVerb::CompletePortIn)
        .collect();
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].by.as_str(), "system:first-call");
    let audit = AuditFilter {
        limit: 100,
        object: Some(number(1).to_string()),
        ..AuditFilter::default()
    };
    let told = house.root().audit(&Target::System, &audit).await.unwrap();
    assert_eq!(told.len(), 2, "it came in, and it came into service");

    acting
        .change_number(&number(1), NumberChange::Suspend)
        .await
        .unwrap();
    let suspended = Err((Some(DidStatus::Suspended), Some(house.account.id.clone())));
    assert_eq!(called(1, &own).await, suspended);
    acting.change_number(&number(1), release()).await.unwrap();
    assert_eq!(called(1, &own).await, Err((Some(DidStatus::Quarantined), None)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_number_comes_over_another_trunk_wherever_it_stands_and_history_and_audit_tell(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let number = stock(&house, &acting, 1).await;
    let known = house.store.load_directory().await.unwrap();
    let other = NewTrunk {
        format: "e164".parse().unwrap(),
        name: "Autre".parse().unwrap(),
        peer: "192.0.2.20".parse().unwrap(),
    };
    let other = house.root().add_trunk(other).await.unwrap().id;
    let to = |trunk: &TrunkId| NumberChange::MoveTrunk(trunk.clone());
    let first = acting.number(&number).await.unwrap().trunk;
    acting.change_number(&number, to(&other)).await.unwrap();
    // Nothing changes where it is already, nor when it is only tried.
    let revision = house.store.revision().await.unwrap();
    acting.change_number(&number, to(&other)).await.unwrap();
    let tried = acting.clone().rehearsing();
    let tried = tried.change_number(&number, to(&first)).await.unwrap();
    assert_eq!(tried.record.trunk, first);
    assert_eq!(house.store.revision().await.unwrap(), revision);

    let assign = NumberChange::Assign(smart(&house.user.id));
    acting.change_number(&number, assign).await.unwrap();
    acting.change_number(&number, to(&first)).await.unwrap();
    acting.change_number(&number, to(&other)).await.unwrap();
    // A snapshot of before is brought up to now by what the feed names.
    let (directory, refreshed) = house.store.refresh_directory(&known).await.unwrap();
    assert!(matches!(refreshed, Refreshed::Changes(_)), "{refreshed:?}");
    assert_eq!(directory.did(&number).unwrap().trunk, other);

    let history = acting.number_history(&number).await.unwrap();
    let verbs: Vec<_> = history.iter().map(|event| event.verb).collect();
    use DidVerb::{Assign, Import, MoveTrunk, Reserve};
    assert_eq!(verbs, [Import, MoveTrunk, Reserve, Assign, MoveTrunk, MoveTrunk]);
    let audit = AuditFilter {
        limit: 1,
        object: Some(number.to_string()),
        ..AuditFilter::default()
    };
    let told = house.root().audit(&Target::System, &audit).await.unwrap();
    let told = serde_json::to_value(&told[0].entry).unwrap();
    assert_eq!(
        (&told["before"]["trunk"], &told["after"]["trunk"]),
        (&serde_json::json!(first), &serde_json::json!(other))
    );

    let none = acting
        .change_number(&number, to(&"trk-none".parse().unwrap()))
        .await;
    assert!(
        matches!(none, Err(Error::Missing { what: "trunk", .. })),
        "{none:?}"
    );
    // The trunk of before is used no more; that of now is.
    house.root().remove_trunk(&first).await.unwrap();
    let used = house.root().remove_trunk(&other).await;
    assert!(matches!(used, Err(Error::InUse { .. })), "{used:?}");
    // The carrier is the reseller's to choose, whose pool it came from.
    let own = administrator(&house, &house.account.id, &house.user.id);
    let refused = own.change_number(&number, to(&other)).await;
    assert!(
        matches!(refused, Err(Error::Refused(_) | Error::Missing { .. })),
        "{refused:?}"
    );
}
