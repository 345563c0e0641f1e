//! An account that goes to another reseller, with all that hangs on it, on both databases.

use evatel_core::{
    account::Reseller,
    audit::Origin,
    did::{DidState, DidVerb, Owner as NumberOwner},
    id::{AccountId, ItemId, ResellerId, UserId},
    limit::{ApprovedCountry, LimitOwner},
    login::{LoginName, NewPassword},
    money::{Currency, Money},
    moving::Unmovable,
    number::E164,
    offer::{CatalogueChange, Change, Choice, ItemKind, Price, Resale},
    permission::Actor,
    restriction::{Effect, Level, RestrictionOwner},
};
use evatel_store::{
    Acting, Arrival, AuditFilter, Error, LimitsChange, NewApiKey, NewNumber, NewRestriction, NumberChange,
    NumberFilter, Owner, Refreshed, ResellerChange, Target,
};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use secrecy::SecretString;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    numbers::{administrator, neighbour, number, release, smart, stock},
};

fn plan() -> ItemId {
    "plan-pro".parse().unwrap()
}

fn each_month(dollars: i64) -> Price {
    Price::each_month(Money::from_micros(dollars * 1_000_000, Currency::CAD)).unwrap()
}

/// Two resellers, and a company of the first with all that it can have of him.
struct Street {
    house: House,
    old: Acting,
    south: Reseller,
    new: Acting,
    account: AccountId,
    user: UserId,
    /// Its own, on its way to it, kept for it, and resting since it let it go.
    numbers: [E164; 4],
}

impl Street {
    async fn build(kind: Kind) -> Self {
        let house = House::build(kind).await;
        let (root, old) = (house.root(), house.acting().await);
        let south = root
            .add_reseller("Sud".parse().unwrap(), ResellerChange::default())
            .await
            .unwrap()
            .reseller;
        let new = root.enter(&Target::Reseller(south.id.clone())).await.unwrap();
        let (account, user) = neighbour(&house, &old).await;
        let numbers = [
            stock(&house, &old, 1).await,
            number(2),
            stock(&house, &old, 3).await,
            stock(&house, &old, 4).await,
        ];
        let coming = NewNumber {
            number: number(2),
            trunk: house.store.trunks().await.unwrap().remove(0).id,
            arrival: Arrival::PortIn {
                target: Some(smart(&user)),
            },
        };
        old.add_number(&house.account.reseller, coming).await.unwrap();
        let reserve = NumberChange::Reserve {
            account: Some(account.clone()),
            length: SignedDuration::from_hours(24),
        };
        for (number, change) in [
            (&numbers[0], NumberChange::Assign(smart(&user))),
            (&numbers[2], reserve),
            (&numbers[3], NumberChange::Assign(smart(&user))),
            (&numbers[3], release()),
        ] {
            old.change_number(number, change).await.unwrap();
        }
        Self {
            house,
            old,
            south,
            new,
            account,
            user,
            numbers,
        }
    }

    /// A plan at 30, for 35 of the new reseller; the account takes two of them at 30.
    async fn sell_plans(&self) {
        let add = CatalogueChange::Add {
            id: plan(),
            kind: ItemKind::Plan,
            name: "Pro".parse().unwrap(),
            price: each_month(30),
            resale: Resale::AtLeastList,
        };
        self.house.root().change_catalogue(add).await.unwrap();
        self.choose(true).await;
        let eve = administrator(&self.house, &self.account, &self.user);
        let quote = eve.quote(&self.account, plans(2)).await.unwrap();
        eve.confirm(&quote.id).await.unwrap();
    }

    async fn choose(&self, is_offered: bool) {
        let choice = Choice {
            is_offered,
            retail: Some(each_month(35)),
        };
        self.new
            .choose_offer(&self.south.id, &plan(), choice)
            .await
            .unwrap();
    }

    async fn rule(&self, name: &str, effect: Effect) {
        let rule = NewRestriction {
            set_by: Level::Reseller,
            ..NewRestriction::new(
                name.parse().unwrap(),
                RestrictionOwner::Account(self.account.clone()),
                effect,
                "class:international".parse().unwrap(),
            )
        };
        self.old.add_restriction(rule).await.unwrap();
    }
}

fn plans(quantity: u32) -> Vec<Change> {
    vec![Change::Subscribe {
        item: plan(),
        quantity,
        user: None,
    }]
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_moved_account_takes_its_numbers_along_and_leaves_what_the_old_reseller_opened(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let street = Street::build(kind).await;
    let Street {
        house,
        old,
        south,
        new,
        account,
        user,
        numbers: [own, coming, kept, resting],
    } = &street;
    street.rule("Ouvert", Effect::Allow).await;
    street.rule("Avec NIP", Effect::RequirePin).await;
    street.rule("Fermé", Effect::Deny).await;
    let owner = LimitOwner::Account(account.clone());
    let limits = LimitsChange {
        toll_legs: Some(Some(2)),
        joins_outside: Some(Some(true)),
        ..LimitsChange::default()
    };
    old.change_limits(&owner, limits).await.unwrap();
    let france = ApprovedCountry {
        account: account.clone(),
        country: "FR".parse().unwrap(),
    };
    old.approve_country(france).await.unwrap();

    let root = house.root();
    let known = house.store.load_directory().await.unwrap();
    let tried = root
        .clone()
        .rehearsing()
        .move_account(account, &south.id)
        .await
        .unwrap();
    assert_eq!(
        house.store.load_directory().await.unwrap().revision(),
        known.revision()
    );
    let moved = root.move_account(account, &south.id).await.unwrap();
    // The rehearsal told all of it, but for the instant.
    let told = |moved: &evatel_core::moving::Move| {
        let numbers = moved.numbers.iter().map(|number| number.after.record.clone());
        (
            numbers.collect::<Vec<_>>(),
            moved.exceptions.clone(),
            moved.pins.clone(),
            moved.limits.clone(),
            moved.approved.clone(),
        )
    };
    assert_eq!(told(&tried), told(&moved));
    assert_eq!(
        (moved.numbers.len(), moved.exceptions.len(), moved.pins.len()),
        (3, 1, 1)
    );

    // The snapshot that reads only what was named is the one that reads all.
    let (refreshed, how) = house.store.refresh_directory(&known).await.unwrap();
    assert!(matches!(how, Refreshed::Changes(_)), "{how:?}");
    let whole = house.store.load_directory().await.unwrap();
    assert_eq!(
        format!("{:?}", refreshed.records()),
        format!("{:?}", whole.records())
    );

    let rules = new.restrictions(&Target::Account(account.clone())).await.unwrap();
    let left: Vec<_> = rules
        .iter()
        .map(|rule| (rule.name.as_str(), rule.set_by))
        .collect();
    assert_eq!(left, [("Avec NIP", Level::Account), ("Fermé", Level::Reseller)]);
    let limits = new.limits(&owner).await.unwrap();
    assert_eq!((limits[0].toll_legs, limits[0].joins_outside), (Some(2), None));
    assert_eq!(new.approved_countries(account).await.unwrap(), []);

    // Its number is as it was, its port ends with it, and both fall back to the new pool.
    let pool = NumberOwner::Reseller {
        reseller: south.id.clone(),
    };
    let come = new
        .change_number(coming, NumberChange::CompletePortIn)
        .await
        .unwrap();
    assert_eq!(come.record.owner.account(), Some(account));
    for number in [own, coming] {
        let owner = new.number(number).await.unwrap().owner;
        assert_eq!(
            (owner.account(), owner.reseller()),
            (Some(account), Some(&south.id))
        );
        let history = root.number_history(number).await.unwrap();
        assert!(history.iter().any(|event| event.verb == DidVerb::ChangeReseller));
        // What the old reseller did with it is not for the new one to read.
        let read = new.number_history(number).await.unwrap();
        assert_eq!(read[0].verb, DidVerb::ChangeReseller);
        new.change_number(number, release()).await.unwrap();
        assert_eq!(new.number(number).await.unwrap().owner, pool);
    }
    // What was kept for it is free for the old reseller's customers; what rests, rests in his pool.
    assert_eq!(old.number(kept).await.unwrap().state, DidState::Available);
    let eve = evatel_core::permission::AccountPlace {
        account: account.clone(),
        reseller: south.id.clone(),
        billing: south.billing,
        kind: evatel_core::account::AccountKind::Company,
        has_administrator: true,
    };
    let eve = Actor::user(
        user.clone(),
        &eve,
        evatel_core::account::Role::Administrator.into(),
    );
    let eve = house.store.acting_as(eve, Origin::CommandLine);
    let on_offer = eve
        .numbers_on_offer(account, &NumberFilter::default())
        .await
        .unwrap();
    assert!(
        on_offer
            .iter()
            .all(|record| record.number != *kept && record.number != *resting),
        "{on_offer:?}"
    );

    for object in [own.to_string(), rules_gone(&moved), account.to_string()] {
        let filter = AuditFilter {
            limit: 100,
            object: Some(object.clone()),
            ..AuditFilter::default()
        };
        let told = root.audit(&Target::System, &filter).await.unwrap();
        assert!(
            told.iter().any(|kept| kept.entry.action.to_string() == "move"),
            "{object}: {told:?}"
        );
    }
}

fn rules_gone(moved: &evatel_core::moving::Move) -> String {
    moved.exceptions[0].id.to_string()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_moved_account_pays_for_is_parted_and_each_reseller_reads_his_own_part(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let street = Street::build(kind).await;
    street.sell_plans().await;
    let Street {
        house,
        south,
        new,
        account,
        user,
        ..
    } = &street;
    let root = house.root();
    let eve = administrator(house, account, user);
    let stale = eve.quote(account, plans(3)).await.unwrap();

    street.choose(false).await;
    let refused = root.move_account(account, &south.id).await;
    assert!(
        matches!(&refused, Err(Error::Unmovable(Unmovable::NotSold { item, .. })) if *item == plan()),
        "{refused:?}"
    );
    assert_eq!(eve.quotes(account).await.unwrap().len(), 1, "nothing was done");
    street.choose(true).await;

    let moved = root.move_account(account, &south.id).await.unwrap();
    assert_eq!((moved.subscriptions.len(), moved.quotes), (1, 1));
    let all = root.subscriptions(account).await.unwrap();
    let parts: Vec<_> = all
        .iter()
        .map(|part| {
            let is_over = part.quantity_at(moved.at) == 0;
            (part.reseller.clone(), part.price.clone(), part.quantity, is_over)
        })
        .collect();
    let expected = [
        (house.account.reseller.clone(), each_month(30), 2, true),
        (south.id.clone(), each_month(35), 2, false),
    ];
    assert!(expected.iter().all(|part| parts.contains(part)), "{parts:?}");
    assert_eq!(parts.len(), 2);

    let read = new.subscriptions(account).await.unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].reseller, south.id);
    assert_eq!(new.billed(account).await.unwrap(), []);
    let billed = root.billed(account).await.unwrap();
    assert!(!billed.is_empty());
    assert!(billed.iter().all(|line| line.reseller == house.account.reseller));

    // Whoever acted before the move acts no more, and the quote of before is gone.
    assert!(matches!(
        eve.confirm(&stale.id).await,
        Err(Error::Missing { what: "quote", .. } | Error::ActorGone)
    ));
    assert_eq!(root.quotes(account).await.unwrap(), []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_the_old_reseller_see_nothing_of_a_moved_account(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let street = Street::build(kind).await;
    let Street {
        house,
        old,
        south,
        account,
        user,
        numbers,
        ..
    } = &street;
    let target = Target::Account(account.clone());
    // One of them stands in the account, one looks from outside.
    let inside = old.enter(&target).await.unwrap();
    inside.restrictions(&target).await.unwrap();
    house.root().move_account(account, &south.id).await.unwrap();

    assert!(matches!(
        inside.restrictions(&target).await,
        Err(Error::ActorGone)
    ));
    assert!(matches!(
        inside.number(&numbers[0]).await,
        Err(Error::Missing { .. } | Error::ActorGone)
    ));
    assert!(old.enter(&target).await.is_err());
    assert!(matches!(old.accounts(&target).await, Err(Error::Missing { .. })));
    for gone in [&numbers[0], &numbers[1]] {
        assert!(matches!(old.number(gone).await, Err(Error::Missing { .. })));
    }
    let own = Target::Reseller(house.account.reseller.clone());
    let seen = old.accounts(&own).await.unwrap();
    assert!(seen.iter().all(|seen| seen.id != *account));
    let user = Target::User(user.clone());
    assert!(matches!(
        old.restrictions(&user).await,
        Err(Error::Missing { .. })
    ));
    assert!(matches!(
        old.subscriptions(account).await,
        Err(Error::Missing { .. })
    ));
}

/// What somebody holds who comes in by himself: a session's token and a program's key.
struct Doors {
    token: SecretString,
    key: SecretString,
}

impl Doors {
    async fn of(reseller: &ResellerId, name: &str, house: &House) -> Self {
        let (owner, now) = (Owner::Reseller(reseller.clone()), Timestamp::now());
        let maker = house
            .root()
            .enter(&Target::Reseller(reseller.clone()))
            .await
            .unwrap();
        let name: LoginName = name.parse().unwrap();
        let password = NewPassword::new("quatre chevaux bleus en hiver".into(), &name).unwrap();
        let login = maker.add_login(name, owner.clone(), password).await.unwrap();
        let (token, _) = house.store.open_session(&login, now).await.unwrap();
        let new = NewApiKey {
            name: "Programme".parse().unwrap(),
            owner,
            scope: "*:read".parse().unwrap(),
            life: SignedDuration::from_hours(24),
        };
        let (_, key) = maker.add_key(new, now).await.unwrap();
        Self { token, key }
    }

    /// Comes in anew, by each of the two.
    async fn come_in(&self, house: &House) -> [Acting; 2] {
        let (store, now) = (&house.store, Timestamp::now());
        let origin = Origin::CommandLine;
        let by_token = store.in_session(&self.token, origin, now).await.unwrap();
        let by_key = store.with_key(&self.key, origin, now).await.unwrap();
        [by_token.unwrap(), by_key.unwrap()]
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_the_old_reseller_open_nothing_of_a_moved_account_and_those_of_the_new_one_do(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let street = Street::build(kind).await;
    let Street {
        house,
        south,
        account,
        user,
        numbers,
        ..
    } = &street;
    let (target, of_user) = (Target::Account(account.clone()), Target::User(user.clone()));
    let old = Doors::of(&house.account.reseller, "vieux", house).await;
    let new = Doors::of(&south.id, "neuf", house).await;
    let sees = async |acting: &Acting| {
        let seen = [
            acting.accounts(&target).await.map(|_| ()),
            acting.restrictions(&of_user).await.map(|_| ()),
            acting.devices(&target).await.map(|_| ()),
            acting.subscriptions(account).await.map(|_| ()),
            acting.number(&numbers[0]).await.map(|_| ()),
            acting.number_history(&numbers[0]).await.map(|_| ()),
        ];
        let all = seen.len();
        let missing = |seen: &&Result<(), Error>| matches!(seen, Err(Error::Missing { .. }));
        let missing = seen.iter().filter(missing).count();
        assert!(
            missing == 0 && seen.iter().all(Result::is_ok) || missing == all,
            "{seen:?}"
        );
        missing == 0
    };
    let (origin, now) = (Origin::CommandLine, Timestamp::now());
    let enter = async |doors: &Doors| {
        let entered = house
            .store
            .enter_in_session(&doors.token, &target, origin, now)
            .await;
        entered.map(|entered| entered.expect("the session is not over"))
    };
    for (doors, may) in [(&old, true), (&new, false)] {
        for acting in doors.come_in(house).await {
            assert_eq!(sees(&acting).await, may);
        }
        assert_eq!(enter(doors).await.is_ok(), may);
    }

    house.root().move_account(account, &south.id).await.unwrap();

    // The session that stood in the account is out of it.
    for acting in old.come_in(house).await {
        assert!(!sees(&acting).await);
        assert!(acting.actor().is_in_person(), "{:?}", acting.actor());
    }
    assert!(matches!(enter(&old).await, Err(Error::Missing { .. })));
    for acting in new.come_in(house).await {
        assert!(sees(&acting).await);
    }
    let entered = enter(&new).await.unwrap();
    assert!(entered.limits(&LimitOwner::User(user.clone())).await.is_ok());
}
