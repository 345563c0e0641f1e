mod invariants;
mod oracle;
mod vectors;

use std::time::Duration;

use super::*;
use crate::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User,
        UserNo,
    },
    calls::LegCause,
    class::NumberClass,
    device::Device,
    did::{Did, DidTarget},
    directory::{Directory, Records},
    emergency::EmergencyPlace,
    number::Dialled,
    restriction::{Effect, NumberMatch, Restriction, RestrictionOwner},
    trunk::Trunk,
};

fn user(id: &str, account: &str, extension: &str) -> User {
    User {
        id: id.parse().unwrap(),
        account: account.parse().unwrap(),
        name: "Luc Roy".parse().unwrap(),
        extension: extension.parse().unwrap(),
        number: UserNo::FIRST,
        roles: Roles::NONE,
        language: None,
        zone: None,
        has_pin: true,
    }
}

fn account(id: &str) -> Account {
    Account {
        id: id.parse().unwrap(),
        reseller: "r".parse().unwrap(),
        name: "Roy".parse().unwrap(),
        kind: AccountKind::Professional,
        status: AccountStatus::Active,
        language: Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
        records_calls: false,
        is_default: true,
    }
}

fn records() -> Records {
    let device = |id: &str, user: &str| Device {
        id: id.parse().unwrap(),
        user: user.parse().unwrap(),
        name: "Bureau".parse().unwrap(),
    };
    let reseller = |id: &str, is_default| Reseller {
        id: id.parse().unwrap(),
        name: "R".parse().unwrap(),
        billing: BillingMode::Delegated,
        status: ResellerStatus::Active,
        is_default,
    };
    Records {
        resellers: vec![reseller("r", true), reseller("other", false)],
        accounts: vec![account("a"), account("b")],
        users: vec![
            user("u", "a", "101"),
            user("v", "a", "102"),
            user("w", "b", "101"),
        ],
        devices: vec![device("d-u", "u"), device("d-v", "v"), device("d-w", "w")],
        trunks: vec![Trunk {
            id: "t".parse().unwrap(),
            name: "Carrier".parse().unwrap(),
            peer: "192.0.2.1".parse().unwrap(),
            format: crate::number::NumberFormat::National10,
        }],
        dids: vec![Did {
            id: "n".parse().unwrap(),
            number: "+15145550199".parse().unwrap(),
            trunk: "t".parse().unwrap(),
            account: "a".parse().unwrap(),
            target: DidTarget::SmartNumber {
                user: "u".parse().unwrap(),
            },
        }],
        emergency_places: vec![EmergencyPlace {
            account: "a".parse().unwrap(),
            street: "1 rue Un".parse().unwrap(),
            city: "Montréal".parse().unwrap(),
            province: "QC".parse().unwrap(),
            callback: "+15145550199".parse().unwrap(),
            trunk: "t".parse().unwrap(),
        }],
        ..Records::default()
    }
}

fn restriction(id: &str, owner: RestrictionOwner, class: NumberClass, effect: Effect) -> Restriction {
    Restriction {
        id: id.parse().unwrap(),
        name: id.parse().unwrap(),
        set_by: owner.level(),
        owner,
        matches: NumberMatch::Class(class),
        effect,
        hours: None,
        trunk: None,
    }
}

/// A Thursday, 12:00 in Montréal.
fn noon() -> jiff::Timestamp {
    "2026-11-26T17:00:00Z".parse().unwrap()
}

fn at_device() -> Authoriser {
    Authoriser::Device {
        device: "d-u".parse().unwrap(),
        user: "u".parse().unwrap(),
    }
}

fn ask(authoriser: &Authoriser, dialled: &str, records: Records) -> Result<LegPlan, String> {
    let directory = Directory::new(records, 1).unwrap();
    let destination = Destination::Dialled(Dialled::parse(dialled).unwrap());
    let request = LegRequest::new(authoriser, &destination, LegCause::VoiceAssistant, noon());
    authorize_leg(&request, &directory).map_err(|refusal| refusal.rule.to_string())
}

/// The trunk, the number that it shows and the number that it dials.
fn leaves(plan: &LegPlan) -> [String; 3] {
    let Route::Trunk {
        trunk,
        caller_number,
        dial_number,
    } = plan.route()
    else {
        panic!("{plan:?}")
    };
    let shown = caller_number.map(|number| number.to_string());
    [
        trunk.to_string(),
        shown.unwrap_or_default(),
        dial_number.to_string(),
    ]
}

#[test]
fn a_caller_from_outside_authorises_nothing() {
    for dialled in ["5145550142", "101", "911", "011 33 1 42 76 49 78"] {
        assert_eq!(
            ask(&Authoriser::OutsideCaller, dialled, records()).unwrap_err(),
            "caller-has-no-authority"
        );
    }
}

#[test]
fn a_local_number_leaves_by_the_trunk_in_its_format_with_the_accounts_number_shown() {
    let plan = ask(&at_device(), "5145550142", records()).unwrap();
    assert_eq!(leaves(&plan), ["t", "5145550199", "5145550142"]);
    assert_eq!(plan.rule().to_string(), "class-open:canada");
}

#[test]
fn closed_classes_are_refused_without_any_restriction() {
    for (dialled, rule) in [
        ("011 33 1 42 76 49 78", "class-closed:international"),
        ("18765550123", "class-closed:nanp-international"),
        ("19005551234", "class-closed:premium"),
        ("+88213123456", "class-closed:satellite"),
        ("+99912345678", "class-closed:unknown"),
    ] {
        assert_eq!(ask(&at_device(), dialled, records()).unwrap_err(), rule);
    }
}

#[test]
fn a_lower_owner_can_tighten_and_never_loosen() {
    let with = |rules: Vec<Restriction>| Records {
        restrictions: rules,
        ..records()
    };
    let class = NumberClass::International;
    let of_account = RestrictionOwner::Account("a".parse().unwrap());
    let of_reseller = RestrictionOwner::Reseller("r".parse().unwrap());
    let paris = "011 33 1 42 76 49 78";

    let own_opening = with(vec![restriction("own", of_account.clone(), class, Effect::Allow)]);
    assert_eq!(
        ask(&at_device(), paris, own_opening).unwrap_err(),
        "class-closed:international"
    );
    let opened = with(vec![restriction(
        "opened",
        of_reseller.clone(),
        class,
        Effect::Allow,
    )]);
    assert_eq!(
        ask(&at_device(), paris, opened).unwrap().rule().to_string(),
        "restriction:opened"
    );
    let tightened = with(vec![
        restriction("opened", of_reseller, class, Effect::Allow),
        restriction("closed", of_account, class, Effect::Deny),
    ]);
    assert_eq!(
        ask(&at_device(), paris, tightened).unwrap_err(),
        "restriction:closed"
    );
}

#[test]
fn a_restriction_of_another_account_does_not_count() {
    let foreign = RestrictionOwner::Account("b".parse().unwrap());
    let rules = vec![restriction("foreign", foreign, NumberClass::Canada, Effect::Deny)];
    assert!(
        ask(
            &at_device(),
            "5145550142",
            Records {
                restrictions: rules,
                ..records()
            }
        )
        .is_ok()
    );
}

#[test]
fn a_suspended_account_reaches_911_and_its_colleagues_and_nothing_else() {
    let mut rows = records();
    rows.accounts[0].status = AccountStatus::Suspended;
    assert_eq!(
        ask(&at_device(), "5145550142", rows.clone()).unwrap_err(),
        "account-suspended"
    );
    let plan = ask(&at_device(), "9911", rows.clone()).unwrap();
    assert_eq!(leaves(&plan), ["t", "5145550199", "911"]);
    assert!(ask(&at_device(), "988", rows.clone()).is_ok());
    assert!(ask(&at_device(), "102", rows).is_ok());
}

#[test]
fn emergency_is_for_a_person_at_a_device_never_for_a_rule_a_pin_or_a_screen() {
    let user: crate::id::UserId = "u".parse().unwrap();
    let directory = Directory::new(records(), 1).unwrap();
    for (authoriser, cause) in [
        (Authoriser::Rule { user: user.clone() }, LegCause::Forward),
        (Authoriser::Rule { user: user.clone() }, LegCause::Alert),
        (Authoriser::Pin { user: user.clone() }, LegCause::VoiceAssistant),
        (Authoriser::Login { user }, LegCause::ClickToCall),
        (at_device(), LegCause::TransferBlind),
        (at_device(), LegCause::FaxOut),
    ] {
        for code in ["911", "9911", "112", "933", "988"] {
            let destination = Destination::Dialled(Dialled::parse(code).unwrap());
            let request = LegRequest::new(&authoriser, &destination, cause, noon());
            let refusal = authorize_leg(&request, &directory).unwrap_err();
            assert_eq!(
                refusal.rule,
                Rule::EmergencyNeedsDevice,
                "{authoriser} {cause} {code}"
            );
        }
    }
}

#[test]
fn an_extension_is_looked_up_in_the_authorisers_account_only() {
    let plan = ask(&at_device(), "102", records()).unwrap();
    assert_eq!(
        plan.route(),
        &Route::Device {
            device: "d-v".parse().unwrap()
        }
    );
    assert_eq!(ask(&at_device(), "103", records()).unwrap_err(), "nobody-there");
    let directory = Directory::new(records(), 1).unwrap();
    let rule = Authoriser::Rule {
        user: "u".parse().unwrap(),
    };
    let foreign = Destination::User("w".parse().unwrap());
    let request = LegRequest::new(&rule, &foreign, LegCause::FindMe, noon());
    assert_eq!(
        authorize_leg(&request, &directory).unwrap_err().rule,
        Rule::NobodyThere
    );
}

struct Answer(Result<(), LedgerError>);

impl Ledger for Answer {
    async fn reserve(&self, _: &LegPlan) -> Result<crate::id::ReservationId, LedgerError> {
        self.0.clone().map(|()| "res".parse().unwrap())
    }
    async fn release(&self, _: &crate::id::ReservationId) {}
}

/// Polls a future that never waits.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future
        .as_mut()
        .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the ledger of this test never waits"),
    }
}

#[test]
fn with_the_ledger_away_toll_is_refused_and_internal_and_emergency_pass() {
    let away = Answer(Err(LedgerError::Away("disk".into())));
    let now = std::time::Instant::now();
    let reserve = |dialled: &str| at_once(ask(&at_device(), dialled, records()).unwrap().reserve(&away, now));
    assert_eq!(reserve("5145550142").unwrap_err().rule, Rule::LedgerAway);
    assert!(reserve("911").unwrap().reservation().is_none());
    assert!(reserve("102").is_ok());
}

#[test]
fn a_permit_expires_and_a_full_ledger_refuses_all_but_911() {
    let now = std::time::Instant::now();
    let plan = || ask(&at_device(), "5145550142", records()).unwrap();
    let full = Answer(Err(LedgerError::Full { max: 2 }));
    let inside = ask(&at_device(), "102", records()).unwrap();
    assert_eq!(
        at_once(inside.reserve(&full, now)).unwrap_err().rule,
        Rule::LegLimit
    );
    assert!(at_once(ask(&at_device(), "911", records()).unwrap().reserve(&full, now)).is_ok());
    assert_eq!(
        at_once(plan().reserve(&full, now)).unwrap_err().rule,
        Rule::LegLimit
    );
    let permit = at_once(plan().reserve(&Answer(Ok(())), now)).unwrap();
    assert!(
        permit
            .spend(now + permit::PERMIT_LIFETIME + Duration::from_millis(1))
            .is_err()
    );
    let permit = at_once(plan().reserve(&Answer(Ok(())), now)).unwrap();
    assert!(permit.spend(now + permit::PERMIT_LIFETIME).is_ok());
}
