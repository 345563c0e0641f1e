//! Who may do what in the store, and what it tells of it.

use evatel_core::{
    account::{AccountKind, AccountStatus, BillingMode, Language, Role, Roles, User, rules::Broken},
    audit::Origin,
    login::{FIRST_LOCK, LoginName, NewPassword},
    permission::{Action, Actor, Identity, Matter, Refusal},
};
use evatel_store::{
    AccountChange, Acting, AuditFilter, Error, LoginVerdict, NewAccount, NewApiKey, NewUser, Owner,
    ResellerChange, SESSION_LENGTH, Target, UserChange,
};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};

use crate::house::{
    House,
    Kind::{self, Postgres, Sqlite},
};

/// A company with an administrator and two employees, sold by the default reseller.
struct Company {
    target: Target,
    people: Vec<User>,
}

impl Company {
    async fn found(house: &House, name: &str) -> Self {
        let new = NewAccount {
            reseller: house.account.reseller.clone(),
            name: name.parse().unwrap(),
            kind: AccountKind::Company,
            language: Language::Fr,
            zone: "America/Toronto".parse().unwrap(),
        };
        let account = house.system().add_account(new).await.unwrap();
        let target = Target::Account(account.id.clone());
        let inside = house.system().enter(&target).await.unwrap();
        let mut people = Vec::new();
        for (name, extension) in [("Anne", "101"), ("Luc", "102"), ("Zoé", "103")] {
            let new = NewUser {
                account: account.id.clone(),
                extension: extension.parse().unwrap(),
                name: name.parse().unwrap(),
            };
            people.push(inside.add_user(new).await.unwrap());
        }
        Self { target, people }
    }

    /// Lets one of its people act, with the roles that he has at this moment.
    async fn acting(&self, person: usize, house: &House) -> Acting {
        let user = Owner::User(self.people[person].id.clone());
        let name: LoginName = format!("person-{}", self.people[person].number).parse().unwrap();
        let password = password(&name);
        let inside = house.system().enter(&self.target).await.unwrap();
        let login = inside.add_login(name, user, password).await.unwrap();
        let now = Timestamp::now();
        let (token, _) = house.store.open_session(&login, now).await.unwrap();
        let acting = house.store.in_session(&token, origin(), now).await.unwrap();
        acting.unwrap()
    }
}

fn origin() -> Origin {
    "192.0.2.7".parse().unwrap()
}

fn password(name: &LoginName) -> NewPassword {
    NewPassword::new("quatre chevaux bleus en hiver".into(), name).unwrap()
}

fn last(entries: u32) -> AuditFilter {
    AuditFilter {
        limit: entries,
        ..AuditFilter::default()
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_of_a_company_is_its_administrator_and_the_last_one_stays(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let [anne, luc, zoe] = &company.people[..] else {
        panic!("three")
    };
    assert_eq!(anne.roles, Roles::from(Role::Administrator));
    assert_eq!((luc.roles, zoe.roles), (Roles::NONE, Roles::NONE));
    assert_eq!(
        [luc.number.value(), zoe.number.value()],
        [anne.number.value() + 1, anne.number.value() + 2]
    );

    let acting = company.acting(0, &house).await;
    let demoted = acting.set_roles(&anne.id, Roles::NONE).await;
    assert!(
        matches!(demoted, Err(Error::Broken(Broken::LastAdministrator))),
        "{demoted:?}"
    );
    let removed = acting.remove_user(&anne.id).await;
    assert!(
        matches!(removed, Err(Error::Broken(Broken::LastAdministrator))),
        "{removed:?}"
    );

    acting
        .set_roles(&luc.id, Role::Administrator.into())
        .await
        .unwrap();
    acting
        .set_roles(&anne.id, Role::Receptionist.into())
        .await
        .unwrap();
    let again = acting.set_roles(&anne.id, Role::Administrator.into()).await;
    assert!(
        matches!(again, Err(Error::Refused(Refusal::NotAllowed { .. }))),
        "{again:?}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_loses_his_role_loses_its_rights_with_his_next_command(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    // The session, and the actor made from it, were there before.
    let anne = company.acting(0, &house).await;
    let may = anne
        .may(Action::Order, Matter::Subscriptions, &company.target)
        .await
        .unwrap();
    assert!(may.billing_right().is_ok());

    let inside = house.system().enter(&company.target).await.unwrap();
    inside
        .set_roles(&company.people[1].id, Role::Administrator.into())
        .await
        .unwrap();
    inside
        .set_roles(&company.people[0].id, Roles::NONE)
        .await
        .unwrap();
    let order = anne
        .may(Action::Order, Matter::Subscriptions, &company.target)
        .await;
    assert!(
        matches!(order, Err(Error::Refused(Refusal::NotAllowed { .. }))),
        "{order:?}"
    );
    let renamed = UserChange {
        name: Some("Jean".parse().unwrap()),
        ..UserChange::default()
    };
    let change = anne.change_user(&company.people[2].id, renamed).await;
    assert!(matches!(change, Err(Error::Refused(_))), "{change:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_id_is_the_same_as_one_that_does_not_exist(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let (ours, theirs) = (
        Company::found(&house, "Roy et fils").await,
        Company::found(&house, "Roy et fils").await,
    );
    let anne = ours.acting(0, &house).await;
    let foreign = theirs.people[1].id.clone();
    let nobody = "usr-0000000000000".parse().unwrap();
    let said = |error: Error, id: &str| error.to_string().replace(id, "ID");
    let change = UserChange {
        name: Some("Jean".parse().unwrap()),
        ..UserChange::default()
    };
    for (theirs, none) in [
        (
            anne.change_user(&foreign, change.clone()).await.unwrap_err(),
            anne.change_user(&nobody, change).await.unwrap_err(),
        ),
        (
            anne.set_roles(&foreign, Roles::NONE).await.unwrap_err(),
            anne.set_roles(&nobody, Roles::NONE).await.unwrap_err(),
        ),
        (
            anne.remove_user(&foreign).await.unwrap_err(),
            anne.remove_user(&nobody).await.unwrap_err(),
        ),
        (
            anne.clear_pin(&foreign).await.unwrap_err(),
            anne.clear_pin(&nobody).await.unwrap_err(),
        ),
        (
            anne.logins(&Target::User(foreign.clone())).await.unwrap_err(),
            anne.logins(&Target::User(nobody.clone())).await.unwrap_err(),
        ),
        (
            anne.keys(&Target::User(foreign.clone())).await.unwrap_err(),
            anne.keys(&Target::User(nobody.clone())).await.unwrap_err(),
        ),
        (
            anne.audit(&Target::User(foreign.clone()), &last(9))
                .await
                .unwrap_err(),
            anne.audit(&Target::User(nobody.clone()), &last(9))
                .await
                .unwrap_err(),
        ),
    ] {
        assert!(matches!(theirs, Error::Missing { .. }), "{theirs:?}");
        assert_eq!(said(theirs, foreign.as_str()), said(none, nobody.as_str()));
    }
    let theirs_login: LoginName = format!("person-{}", theirs.people[0].number).parse().unwrap();
    theirs.acting(0, &house).await;
    let nobodys: LoginName = "nobody".parse().unwrap();
    let unlock = anne.unlock_login(&theirs_login).await.unwrap_err();
    let none = anne.unlock_login(&nobodys).await.unwrap_err();
    assert_eq!(said(unlock, theirs_login.as_str()), said(none, nobodys.as_str()));
    assert_eq!(anne.accounts(&ours.target).await.unwrap().len(), 1);
    assert!(anne.accounts(&theirs.target).await.is_err());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_from_within_is_told_under_both_names_with_before_and_after(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let zoe = &company.people[2];
    let change = UserChange {
        language: Some(Some(Language::En)),
        ..UserChange::default()
    };
    let direct = house.system().change_user(&zoe.id, change.clone()).await;
    assert!(
        matches!(direct, Err(Error::Refused(Refusal::EnterFirst { .. }))),
        "{direct:?}"
    );
    let inside = house.system().enter(&company.target).await.unwrap();
    inside.change_user(&zoe.id, change.clone()).await.unwrap();
    // The same again changes nothing, and nothing is told.
    inside.change_user(&zoe.id, change).await.unwrap();

    let entries = house.system().audit(&company.target, &last(2)).await.unwrap();
    let [changed, entered] = &entries[..] else {
        panic!("{entries:?}")
    };
    let root = Identity::System {
        name: "root".parse().unwrap(),
    };
    assert_eq!(
        (&changed.entry.who, changed.entry.action, changed.entry.matter),
        (&root, Action::Write, Matter::Users)
    );
    assert!(
        matches!(&changed.entry.as_whom, Some(Identity::Account { .. })),
        "{changed:?}"
    );
    assert_eq!(changed.entry.object, zoe.id.as_str());
    assert_eq!(
        changed.entry.before.as_ref().unwrap().to_string(),
        "language=null"
    );
    assert_eq!(changed.entry.after.as_ref().unwrap().to_string(), "language=en");
    assert_eq!(
        (entered.entry.action, entered.entry.as_whom.is_none()),
        (Action::Enter, true)
    );
    let older = AuditFilter {
        before: Some(entered.key),
        ..last(100)
    };
    let rest = house.system().audit(&company.target, &older).await.unwrap();
    assert!(rest.iter().all(|entry| entry.key < entered.key) && !rest.is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_the_audit(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    company.acting(0, &house).await;
    let inside = house.inside().await;
    inside
        .set_pin(&house.user.id, "2580".parse().unwrap())
        .await
        .unwrap();
    let key = NewApiKey {
        name: "billing".parse().unwrap(),
        owner: Owner::System,
        scope: "*:read".parse().unwrap(),
        life: SignedDuration::from_hours(1),
    };
    let (_, secret) = house.system().add_key(key, Timestamp::now()).await.unwrap();
    let told = house.system().audit(&Target::System, &last(100)).await.unwrap();
    let told = serde_json::to_string(&told).unwrap();
    let secret = secret.expose_secret().split_once('_').unwrap().1;
    for hidden in ["chevaux", "2580", "argon2", secret] {
        assert!(!told.contains(hidden), "{hidden} stands in {told}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_to_change_the_audit(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    house.inside().await;
    let before = house.system().audit(&Target::System, &last(100)).await.unwrap();
    assert!(!before.is_empty());
    for statement in [
        "UPDATE audit SET who = '{}'",
        "DELETE FROM audit",
        "INSERT INTO audit (id, at_us, who, standing, action, matter, object, origin)
         SELECT id, at_us, who, standing, action, matter, object, origin FROM audit",
    ] {
        let refused = house.try_sql(statement).await;
        assert!(refused.is_err(), "{statement}");
    }
    if kind == Sqlite {
        let replace =
            "INSERT OR REPLACE INTO audit (id, at_us, who, standing, action, matter, object, origin)
             SELECT id, 0, who, standing, action, matter, object, origin FROM audit";
        assert!(house.try_sql(replace).await.unwrap_err().contains("append-only"));
    } else {
        assert!(house.try_sql("TRUNCATE audit").await.is_err());
    }
    assert_eq!(
        house.system().audit(&Target::System, &last(100)).await.unwrap(),
        before
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_answers_as_the_deed_would_and_changes_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let revision = house.store.revision().await.unwrap();
    let told = house.system().audit(&Target::System, &last(100)).await.unwrap();
    let inside = house.system().rehearsing().enter(&company.target).await.unwrap();
    let roles = Roles::from(Role::OfficeManager);
    assert_eq!(
        inside
            .set_roles(&company.people[1].id, roles)
            .await
            .unwrap()
            .roles,
        roles
    );
    let refused = inside.set_roles(&company.people[0].id, Roles::NONE).await;
    assert!(matches!(refused, Err(Error::Broken(Broken::LastAdministrator))));
    assert_eq!(house.store.revision().await.unwrap(), revision);
    assert_eq!(
        house.system().audit(&Target::System, &last(100)).await.unwrap(),
        told
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_lock_longer_each_time_and_the_right_one_opens_again(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let name: LoginName = "root".parse().unwrap();
    let login = house
        .system()
        .add_login(name.clone(), Owner::System, password(&name))
        .await
        .unwrap();
    let mut now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let wrong = |now| house.store.log_in(&name, "wrong".into(), now);
    for _ in 0..4 {
        assert_eq!(wrong(now).await.unwrap(), LoginVerdict::Wrong);
    }
    let until = now + FIRST_LOCK;
    assert_eq!(wrong(now).await.unwrap(), LoginVerdict::Locked { until });
    let right = |now| {
        house
            .store
            .log_in(&name, "quatre chevaux bleus en hiver".into(), now)
    };
    assert_eq!(
        right(now).await.unwrap(),
        LoginVerdict::Locked { until },
        "not even the right one"
    );
    now = until;
    let until = now + FIRST_LOCK * 2;
    assert_eq!(wrong(now).await.unwrap(), LoginVerdict::Locked { until });
    now = until;
    assert!(matches!(right(now).await.unwrap(), LoginVerdict::Right(found) if found.id == login.id));
    assert_eq!(
        wrong(now).await.unwrap(),
        LoginVerdict::Wrong,
        "the count begins anew"
    );

    for _ in 0..4 {
        wrong(now).await.unwrap();
    }
    assert!(matches!(right(now).await.unwrap(), LoginVerdict::Locked { .. }));
    house.system().unlock_login(&name).await.unwrap();
    assert!(matches!(right(now).await.unwrap(), LoginVerdict::Right(_)));
    let nobody: LoginName = "nobody".parse().unwrap();
    assert_eq!(
        house.store.log_in(&nobody, "x".into(), now).await.unwrap(),
        LoginVerdict::Wrong
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn passwords_tried_at_once_get_no_more_tries_than_one_after_the_other(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let name: LoginName = "root".parse().unwrap();
    house
        .system()
        .add_login(name.clone(), Owner::System, password(&name))
        .await
        .unwrap();
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let tries: Vec<_> = (0..12)
        .map(|_| {
            let (store, name) = (house.store.clone(), name.clone());
            tokio::spawn(async move { store.log_in(&name, "wrong".into(), now).await.unwrap() })
        })
        .collect();
    let mut wrong = 0;
    for task in tries {
        wrong += usize::from(task.await.unwrap() == LoginVerdict::Wrong);
    }
    assert_eq!(
        wrong, 4,
        "the fifth locks, and those after it are not even compared"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_by_its_clock_by_a_new_password_and_by_its_logins_end(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let name: LoginName = "root".parse().unwrap();
    let login = house
        .system()
        .add_login(name.clone(), Owner::System, password(&name))
        .await
        .unwrap();
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let (token, until) = house.store.open_session(&login, now).await.unwrap();
    assert_eq!(until, now + SESSION_LENGTH);
    let open = async |token: &SecretString, at| {
        let acting = house.store.in_session(token, origin(), at).await;
        acting.unwrap().is_some()
    };
    assert!(open(&token, now).await);
    assert!(!open(&token, until).await);
    assert!(!open(&"ses-1_0000".into(), now).await);
    house.system().set_password(&name, password(&name)).await.unwrap();
    assert!(!open(&token, now).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_enters_an_account_and_leaves_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let reseller = Owner::Reseller(house.account.reseller.clone());
    let name: LoginName = "nord".parse().unwrap();
    let within = house
        .system()
        .enter(&Target::Reseller(house.account.reseller.clone()))
        .await
        .unwrap();
    let login = within
        .add_login(name.clone(), reseller, password(&name))
        .await
        .unwrap();
    let now = Timestamp::now();
    let (token, _) = house.store.open_session(&login, now).await.unwrap();
    let mut names = Vec::new();
    let entered = house
        .store
        .enter_in_session(&token, &company.target, origin(), now)
        .await
        .unwrap()
        .unwrap();
    names.push(entered.actor().as_whom().is_some());
    let later = house
        .store
        .in_session(&token, origin(), now)
        .await
        .unwrap()
        .unwrap();
    names.push(later.actor().as_whom().is_some());
    house.store.leave_in_session(&token, now).await.unwrap();
    let out = house
        .store
        .in_session(&token, origin(), now)
        .await
        .unwrap()
        .unwrap();
    names.push(out.actor().as_whom().is_some());
    assert_eq!(names, [true, true, false]);
    let told = house.system().audit(&company.target, &last(1)).await.unwrap();
    assert_eq!(
        (told[0].entry.action, told[0].entry.origin),
        (Action::Enter, origin())
    );

    house.store.close_session(&token, now).await.unwrap();
    assert!(
        house
            .store
            .in_session(&token, origin(), now)
            .await
            .unwrap()
            .is_none()
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_gives_what_its_scope_says_until_it_ends(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let company = Company::found(&house, "Roy et fils").await;
    let inside = house.system().enter(&company.target).await.unwrap();
    let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let key = |hours| NewApiKey {
        name: "provisioning".parse().unwrap(),
        owner: Owner::User(company.people[0].id.clone()),
        scope: "users:read".parse().unwrap(),
        life: SignedDuration::from_hours(hours),
    };
    for hours in [0, 24 * 367] {
        assert!(
            matches!(inside.add_key(key(hours), now).await, Err(Error::KeyLife)),
            "{hours}"
        );
    }
    let (made, secret) = inside.add_key(key(1), now).await.unwrap();
    let holder = house
        .store
        .with_key(&secret, origin(), now)
        .await
        .unwrap()
        .unwrap();
    assert!(
        holder
            .may(Action::Read, Matter::Users, &company.target)
            .await
            .is_ok()
    );
    let write = holder.may(Action::Write, Matter::Users, &company.target).await;
    assert!(
        matches!(write, Err(Error::Refused(Refusal::KeyScope { .. }))),
        "{write:?}"
    );
    let listed = inside.keys(&company.target).await.unwrap();
    assert_eq!(
        (listed[0].id.clone(), listed[0].used_at),
        (made.id.clone(), Some(now))
    );

    let ended = house
        .store
        .with_key(&secret, origin(), made.expires_at)
        .await
        .unwrap();
    assert!(ended.is_none());
    inside.revoke_key(&made.id).await.unwrap();
    assert!(
        house
            .store
            .with_key(&secret, origin(), now)
            .await
            .unwrap()
            .is_none()
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reseller_opens_accounts_and_sees_no_other_resellers(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let shown = ResellerChange {
        billing: Some(BillingMode::SelfBilled),
        ..ResellerChange::default()
    };
    let south = house
        .system()
        .add_reseller("Sud".parse().unwrap(), shown)
        .await
        .unwrap()
        .reseller;
    let login = "log-gone".parse().unwrap();
    let gone = house
        .store
        .acting_as(Actor::reseller(south.id.clone(), login), origin());
    assert!(
        matches!(gone.resellers(&Target::System).await, Err(Error::ActorGone)),
        "a login that is gone"
    );

    let within = house
        .system()
        .enter(&Target::Reseller(south.id.clone()))
        .await
        .unwrap();
    assert!(matches!(
        within.accounts(&Target::Account(house.account.id.clone())).await,
        Err(Error::Missing { .. })
    ));
    let new = NewAccount {
        reseller: south.id.clone(),
        name: "Client".parse().unwrap(),
        kind: AccountKind::Company,
        language: Language::En,
        zone: "America/Vancouver".parse().unwrap(),
    };
    let account = within.add_account(new.clone()).await.unwrap();
    assert_eq!(account.status, AccountStatus::Trial);
    let active = AccountChange {
        status: Some(AccountStatus::Active),
        ..AccountChange::default()
    };
    let refused = within.change_account(&account.id, active).await;
    assert!(
        matches!(refused, Err(Error::Broken(Broken::NoNumber { .. }))),
        "{refused:?}"
    );

    let moved = house
        .system()
        .move_account(&account.id, &house.account.reseller)
        .await
        .unwrap();
    assert_eq!(
        (moved.billed_before, moved.billed_after),
        (BillingMode::SelfBilled, BillingMode::Delegated)
    );
    assert!(matches!(
        within.accounts(&Target::Account(account.id.clone())).await,
        Err(Error::Missing { .. })
    ));
    house.system().move_account(&account.id, &south.id).await.unwrap();

    let default = house.system().close_reseller(&house.account.reseller).await;
    assert!(
        matches!(default, Err(Error::Broken(Broken::Default { .. }))),
        "{default:?}"
    );
    assert_eq!(house.system().close_reseller(&south.id).await.unwrap(), 1);
    let accounts = house
        .system()
        .accounts(&Target::Reseller(south.id.clone()))
        .await
        .unwrap();
    assert_eq!(
        accounts[0].status,
        AccountStatus::Closed,
        "closed, and still there"
    );
    let added = house.system().add_account(new).await;
    assert!(
        matches!(added, Err(Error::Broken(Broken::ClosedReseller { .. }))),
        "{added:?}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_default_account_keeps_its_last_login(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let inside = house.inside().await;
    let names: [LoginName; 2] = ["luc-1".parse().unwrap(), "luc-2".parse().unwrap()];
    for name in &names {
        let owner = Owner::User(house.user.id.clone());
        inside
            .add_login(name.clone(), owner, password(name))
            .await
            .unwrap();
    }
    inside.remove_login(&names[0]).await.unwrap();
    assert!(matches!(
        inside.remove_login(&names[1]).await,
        Err(Error::LastLogin { .. })
    ));
    let closing = AccountChange {
        status: Some(AccountStatus::Closed),
        ..AccountChange::default()
    };
    let closed = house.system().change_account(&house.account.id, closing).await;
    assert!(
        matches!(closed, Err(Error::Broken(Broken::Default { .. }))),
        "{closed:?}"
    );
}
