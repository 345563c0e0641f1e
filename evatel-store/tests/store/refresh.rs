//! A snapshot that was brought up to now from what changed is the one that is read anew, after every verb.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use evatel_core::{
    account::{BillingMode, Language, Role, import},
    contact::{ContactOwner, import::Entry},
    country::Country,
    did::{
        DidTarget,
        import::{Destination, ImportRow},
    },
    directory::Directory,
    emergency::EmergencyPlace,
    id::UserId,
    itsp::Caps,
    limit::{ApprovedCountry, LimitOwner},
    money::{Currency, Money},
    number::E164,
    offer::{CatalogueChange, Change, ItemKind, Price, Resale},
    office::OfficeState,
    restriction::{Effect, RestrictionOwner},
    route::ClassSet,
    schedule::Override,
    screening::{ScreeningList, ScreeningOwner},
};
use evatel_store::{
    AccountChange, Arrival, Changed, Changes, ContactChange, DeviceChange, LimitsChange, NewAccount,
    NewContact, NewDevice, NewNumber, NewRestriction, NewRoute, NewScreening, NewUser, NumberChange,
    QUARANTINE, Refreshed, ResellerChange, RestrictionChange, RouteChange, Store, Target, TrunkChange,
    TrunkContract, UserChange,
};
use rstest::rstest;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    when::{office, presence},
};

/// The daemon: it has a snapshot and brings it up to now.
struct Reader {
    directory: Directory,
    seen: BTreeSet<String>,
    store: Store,
}

impl Reader {
    async fn begin(store: &Store) -> Self {
        Self {
            directory: store.load_directory().await.unwrap(),
            seen: BTreeSet::new(),
            store: store.clone(),
        }
    }

    /// Sees what a verb did, by the rows that it named.
    async fn sees(&mut self, verb: &str) {
        let (directory, how) = self.store.refresh_directory(&self.directory).await.unwrap();
        assert!(matches!(how, Refreshed::Changes(1..)), "{verb}: {how:?}");
        let fresh = self.store.load_directory().await.unwrap();
        assert_eq!(directory.records(), fresh.records(), "{verb}");
        assert_eq!(directory.revision(), fresh.revision(), "{verb}");
        self.directory = directory;
        self.seen.insert(verb.to_owned());
    }
}

fn smart(user: &UserId) -> DidTarget {
    DidTarget::SmartNumber { user: user.clone() }
}

fn two_legs() -> LimitsChange {
    LimitsChange {
        toll_legs: Some(Some(2)),
        ..LimitsChange::default()
    }
}

fn number(last: usize) -> E164 {
    format!("+1514555010{last}").parse().unwrap()
}

/// Does whatever changes the snapshot, each once or more; gives the reader who saw it.
async fn every_verb(house: &House) -> Reader {
    let store = &house.store;
    let mut reader = Reader::begin(store).await;
    let (root, inside) = (house.system(), house.inside().await);
    let (account, user) = (house.account.id.clone(), house.user.id.clone());

    let trunk = house.trunk().await;
    reader.sees("add_trunk").await;
    let other = evatel_store::NewTrunk {
        format: "e164".parse().unwrap(),
        name: "Other".parse().unwrap(),
        peer: "192.0.2.11".parse().unwrap(),
    };
    let other = root.add_trunk(other).await.unwrap();
    let change = TrunkChange {
        peer: Some("192.0.2.12".parse().unwrap()),
        ..TrunkChange::default()
    };
    root.change_trunk(&other.id, change).await.unwrap();
    reader.sees("change_trunk").await;
    root.remove_trunk(&other.id).await.unwrap();
    reader.sees("remove_trunk").await;
    let itsp = root.add_itsp("Third".parse().unwrap()).await.unwrap();
    reader.sees("add_itsp").await;
    let contract = TrunkContract {
        trunk: trunk.clone(),
        itsp: itsp.id,
        caps: Caps::default(),
    };
    root.set_trunk_contract(contract).await.unwrap();
    reader.sees("set_trunk_contract").await;
    let itsp = root.add_itsp("Fourth".parse().unwrap()).await.unwrap();
    root.rename_itsp(&itsp.id, "Fifth".parse().unwrap())
        .await
        .unwrap();
    reader.sees("rename_itsp").await;
    root.remove_itsp(&itsp.id).await.unwrap();
    reader.sees("remove_itsp").await;

    let change = ResellerChange {
        billing: Some(BillingMode::SelfBilled),
        ..ResellerChange::default()
    };
    let reseller = root
        .add_reseller("Second".parse().unwrap(), change)
        .await
        .unwrap()
        .reseller
        .id;
    reader.sees("add_reseller").await;
    let change = ResellerChange {
        name: Some("Deuxième".parse().unwrap()),
        ..ResellerChange::default()
    };
    root.change_reseller(&reseller, change).await.unwrap();
    reader.sees("change_reseller").await;
    let seller = root
        .enter(&Target::Reseller(house.account.reseller.clone()))
        .await
        .unwrap();
    let new = NewAccount {
        reseller: house.account.reseller.clone(),
        name: "Voisin".parse().unwrap(),
        kind: evatel_core::account::AccountKind::Company,
        language: Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
    };
    let company = seller.add_account(new).await.unwrap().id;
    reader.sees("add_account").await;
    let at_company = root.enter(&Target::Account(company.clone())).await.unwrap();
    let change = AccountChange {
        records_calls: Some(true),
        ..AccountChange::default()
    };
    at_company.change_account(&company, change).await.unwrap();
    reader.sees("change_account").await;
    let mut people = Vec::new();
    for extension in ["101", "102"] {
        let new = NewUser {
            account: company.clone(),
            extension: extension.parse().unwrap(),
            name: "Zoé".parse().unwrap(),
        };
        people.push(at_company.add_user(new).await.unwrap().id);
        reader.sees("add_user").await;
    }
    let more = import::from_csv("extension,name,language\n103,Anne,en\n101,Zoé,\n".as_bytes()).unwrap();
    let done = at_company.import_users(&company, more.good).await.unwrap();
    assert_eq!((done.added, done.same), (1, 1));
    reader.sees("import_users").await;
    let change = UserChange {
        extension: Some("201".parse().unwrap()),
        ..UserChange::default()
    };
    at_company.change_user(&people[1], change).await.unwrap();
    reader.sees("change_user").await;
    at_company
        .set_roles(&people[1], Role::Receptionist.into())
        .await
        .unwrap();
    reader.sees("set_roles").await;
    at_company
        .set_pin(&people[1], "80274".parse().unwrap())
        .await
        .unwrap();
    reader.sees("set_pin").await;
    at_company.clear_pin(&people[1]).await.unwrap();
    reader.sees("clear_pin").await;

    let device = |user: &UserId| NewDevice::new("Bureau".parse().unwrap(), user.clone());
    let phone = inside.add_device(device(&user)).await.unwrap().0.device;
    reader.sees("add_device").await;
    let change = DeviceChange {
        name: Some("Atelier".parse().unwrap()),
        ..DeviceChange::default()
    };
    inside.change_device(&phone.id, change).await.unwrap();
    reader.sees("change_device").await;
    inside.renew_device_secret(&phone.id).await.unwrap();
    reader.sees("renew_device_secret").await;
    house.serve(number(1).as_str(), &trunk).await;
    reader.sees("add_number").await;
    let new = NewNumber {
        number: number(2),
        trunk: trunk.clone(),
        arrival: Arrival::Available,
    };
    seller.add_number(&house.account.reseller, new).await.unwrap();
    reader.sees("add_number").await;
    for change in [
        NumberChange::Assign(smart(&people[0])),
        NumberChange::Retarget(DidTarget::Receptionist {
            operator: people[1].clone(),
        }),
        NumberChange::Suspend,
        NumberChange::Resume,
        NumberChange::Release {
            quarantine: QUARANTINE,
        },
    ] {
        seller.change_number(&number(2), change).await.unwrap();
        reader.sees("change_number").await;
    }
    let rows = (3..6).map(|at| ImportRow {
        line: at as u64,
        number: number(at),
        trunk: Some(trunk.clone()),
        into: Destination::User(if at < 5 { user.clone() } else { people[0].clone() }),
    });
    let source = "numbers.csv".parse().unwrap();
    let done = seller
        .import_numbers(&house.account.reseller, rows.collect(), None, &source)
        .await
        .unwrap();
    assert_eq!(done.added, 3);
    reader.sees("import_numbers").await;
    let release = NumberChange::Release {
        quarantine: QUARANTINE,
    };
    seller.change_number(&number(3), release).await.unwrap();
    reader.sees("change_number").await;
    let new = NewNumber {
        number: number(6),
        trunk: trunk.clone(),
        arrival: Arrival::Available,
    };
    seller.add_number(&house.account.reseller, new).await.unwrap();
    let item = CatalogueChange::Add {
        id: "number".parse().unwrap(),
        kind: ItemKind::Number,
        name: "Number".parse().unwrap(),
        price: Price::each_month(Money::from_micros(3_000_000, Currency::CAD)).unwrap(),
        resale: Resale::AtLeastList,
    };
    root.change_catalogue(item).await.unwrap();
    let take = vec![Change::TakeNumber {
        number: number(6),
        target: smart(&user),
    }];
    let quote = inside.quote(&account, take).await.unwrap();
    inside.confirm(&quote.id).await.unwrap();
    assert_eq!(reader.directory.did(&number(6)), None);
    reader.sees("hand_over").await;
    let place = EmergencyPlace {
        account: account.clone(),
        street: "1200, rue Sainte-Catherine".parse().unwrap(),
        city: "Montréal".parse().unwrap(),
        province: "QC".parse().unwrap(),
        callback: number(1),
        trunk: trunk.clone(),
    };
    inside.set_emergency_place(place).await.unwrap();
    reader.sees("set_emergency_place").await;
    inside.remove_emergency_place(&account).await.unwrap();
    reader.sees("remove_emergency_place").await;

    for owner in [
        ContactOwner::User(user.clone()),
        ContactOwner::Account(account.clone()),
    ] {
        let new = NewContact::new("Marie".parse().unwrap(), number(9), owner.clone());
        let marie = inside.add_contact(new).await.unwrap();
        reader.sees("add_contact").await;
        let entry = Entry {
            line: 1,
            name: "Paul".parse().unwrap(),
            pronunciation: None,
            nicknames: Vec::new(),
            number: number(8),
            other_numbers: Vec::new(),
        };
        inside.import_contacts(vec![entry], &owner).await.unwrap();
        reader.sees("import_contacts").await;
        let change = ContactChange {
            nicknames: Some(vec!["Mimi".parse().unwrap()]),
            ..ContactChange::default()
        };
        inside.change_contact(&marie.id, change).await.unwrap();
        reader.sees("change_contact").await;
        inside.remove_contact(&marie.id).await.unwrap();
        reader.sees("remove_contact").await;
    }
    for owner in [
        ScreeningOwner::System,
        ScreeningOwner::Account(account.clone()),
        ScreeningOwner::User(user.clone()),
    ] {
        let acting = if owner == ScreeningOwner::System {
            &root
        } else {
            &inside
        };
        let new = |caller: &str| NewScreening {
            caller: caller.parse().unwrap(),
            list: ScreeningList::Block,
            owner: owner.clone(),
        };
        let entry = acting.add_screening(new("anonymous")).await.unwrap();
        acting.add_screening(new("+1900*")).await.unwrap();
        reader.sees("add_screening").await;
        acting.remove_screening(&entry.id).await.unwrap();
        reader.sees("remove_screening").await;
    }
    for owner in [
        RestrictionOwner::System,
        RestrictionOwner::Reseller(house.account.reseller.clone()),
        RestrictionOwner::Account(account.clone()),
        RestrictionOwner::User(user.clone()),
        RestrictionOwner::Device(phone.id.clone()),
    ] {
        let new = |matches: &str| {
            NewRestriction::new(
                "Règle".parse().unwrap(),
                owner.clone(),
                Effect::Deny,
                matches.parse().unwrap(),
            )
        };
        let acting = match owner {
            RestrictionOwner::System => &root,
            RestrictionOwner::Reseller(_) => &seller,
            _ => &inside,
        };
        let rule = acting.add_restriction(new("prefix:33")).await.unwrap();
        acting.add_restriction(new("country:FR")).await.unwrap();
        reader.sees("add_restriction").await;
        let change = RestrictionChange {
            matches: Some("prefix:44".parse().unwrap()),
            ..RestrictionChange::default()
        };
        acting.change_restriction(&rule.id, change).await.unwrap();
        reader.sees("change_restriction").await;
        acting.remove_restriction(&rule.id).await.unwrap();
        reader.sees("remove_restriction").await;
    }
    for owner in [
        LimitOwner::System,
        LimitOwner::Reseller(house.account.reseller.clone()),
        LimitOwner::Account(account.clone()),
        LimitOwner::User(user.clone()),
    ] {
        let acting = match owner {
            LimitOwner::User(_) => &inside,
            _ => &root,
        };
        acting.change_limits(&owner, two_legs()).await.unwrap();
        reader.sees("change_limits").await;
    }
    root.remove_limits(&LimitOwner::System).await.unwrap();
    reader.sees("remove_limits").await;
    let belgium: Country = "BE".parse().unwrap();
    for country in ["FR".parse().unwrap(), belgium] {
        let approved = ApprovedCountry {
            account: account.clone(),
            country,
        };
        root.approve_country(approved.clone()).await.unwrap();
        reader.sees("approve_country").await;
        if country == belgium {
            root.withdraw_country(approved).await.unwrap();
            reader.sees("withdraw_country").await;
        }
    }
    let route = |matches: &str| NewRoute {
        classes: ClassSet::ordinary(),
        matches: matches.parse().unwrap(),
        price_micros: Some(10_000),
        priority: 1,
        trunk: trunk.clone(),
        weight: 1,
    };
    let first = root.add_route(route("prefix:33612")).await.unwrap();
    root.add_route(route("class:canada")).await.unwrap();
    reader.sees("add_route").await;
    let dearer = RouteChange {
        price_micros: Some(Some(20_000)),
        ..RouteChange::default()
    };
    root.change_route(&first.id, dearer).await.unwrap();
    reader.sees("change_route").await;
    root.remove_route(&first.id).await.unwrap();
    reader.sees("remove_route").await;

    let directory = Arc::new(reader.directory.clone());
    inside
        .set_presence(&user, presence("+15145559999"), &directory)
        .await
        .unwrap();
    reader.sees("set_presence").await;
    let vacation = Override {
        state: "vacation".parse().unwrap(),
        since: None,
        until: None,
    };
    inside.set_status(&user, Some(vacation)).await.unwrap();
    reader.sees("set_status").await;
    inside.remove_presence(&user).await.unwrap();
    reader.sees("remove_presence").await;
    inside.set_office(&user, office(), &directory).await.unwrap();
    reader.sees("set_office").await;
    let closed = Override {
        state: OfficeState::Closed,
        since: None,
        until: None,
    };
    inside.set_office_status(&account, Some(closed)).await.unwrap();
    reader.sees("set_office_status").await;
    inside.remove_office(&account).await.unwrap();
    reader.sees("remove_office").await;

    // He goes with his contacts, rules and limits, which nobody names.
    let new = NewContact::new(
        "Marie".parse().unwrap(),
        number(9),
        ContactOwner::User(people[1].clone()),
    );
    at_company.add_contact(new).await.unwrap();
    let owner = LimitOwner::User(people[1].clone());
    at_company.change_limits(&owner, two_legs()).await.unwrap();
    at_company.remove_user(&people[1]).await.unwrap();
    reader.sees("remove_user").await;
    inside.remove_device(&phone.id).await.unwrap();
    reader.sees("remove_device").await;
    root.move_account(&company, &reseller).await.unwrap();
    reader.seen.insert("carry_along".to_owned());
    reader.sees("move_account").await;
    root.close_reseller(&reseller).await.unwrap();
    for verb in ["close_below", "close_reseller"] {
        reader.seen.insert(verb.to_owned());
    }
    reader.sees("let_go").await;
    reader
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_each_verb_changes_is_seen_without_reading_the_rest(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let mut seen = every_verb(&house).await.seen;
    // The first rows come before any reader; what these change, secrets, the snapshot does not have.
    seen.extend(["begin", "seal_plain_secrets", "rotate_secrets"].map(str::to_owned));
    assert_eq!(seen, writers());
}

/// Whoever tells of a change, by the source: the name of each function with a `bump_revision!`.
fn writers() -> BTreeSet<String> {
    let mut writers = BTreeSet::new();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() || path.ends_with("feed.rs") {
            continue;
        }
        let mut verb = String::new();
        for line in std::fs::read_to_string(path).unwrap().lines() {
            if let Some((_, name)) = line.split_once("async fn ") {
                verb = name.split(['(', '<']).next().unwrap().to_owned();
            }
            if line.contains("bump_revision!(") || line.contains("feed::note(") {
                writers.insert(verb.clone());
            }
        }
    }
    writers
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_told_or_not_known_is_read_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = House::build(kind).await;
    let before = house.store.load_directory().await.unwrap();
    house.trunk().await;
    house
        .run_sql("UPDATE changes SET table_name = 'voicemail' WHERE table_name = 'trunks'")
        .await;
    let told = Changes::Rows {
        revision: before.revision() + 1,
        rows: vec![Changed {
            table: "voicemail".into(),
            id: house.store.trunks().await.unwrap()[0].id.to_string(),
        }],
    };
    assert_eq!(house.store.changes_since(before.revision()).await.unwrap(), told);
    let (directory, how) = house.store.refresh_directory(&before).await.unwrap();
    assert_eq!((directory.trunks().len(), how), (1, Refreshed::Whole));

    // A telephone is told of, but not the user whose it is.
    house
        .run_sql(
            "INSERT INTO users (id, account_id, name, extension, number, roles)
             SELECT 'usr-x', account_id, 'X', '199', 100099, 'none' FROM users;
             INSERT INTO devices (id, user_id, name, ha1) VALUES ('dev-x', 'usr-x', 'X', '00000000000000000000000000000000');
             UPDATE meta SET revision = revision + 1;
             INSERT INTO changes (revision, table_name, row_id) SELECT revision, 'devices', 'dev-x' FROM meta;",
        )
        .await;
    let (directory, how) = house.store.refresh_directory(&directory).await.unwrap();
    assert!(matches!(how, Refreshed::WholeFor(_)), "{how:?}");
    assert_eq!(
        directory
            .device_of(&"usr-x".parse().unwrap())
            .unwrap()
            .id
            .as_str(),
        "dev-x"
    );
}
