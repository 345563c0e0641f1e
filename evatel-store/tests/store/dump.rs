//! All of a database, out and in.

use std::{
    collections::BTreeSet,
    io::{Cursor, Write},
    sync::{Arc, Mutex},
};

use evatel_core::{
    account::BillingMode,
    calls::{CallRecord, DecisionWord, Direction, LegCause, LegEntry, TranscriptLine},
    contact::ContactOwner,
    emergency::EmergencyPlace,
    id::{ItemId, TrunkId},
    limit::{ApprovedCountry, LimitOwner},
    login::{LoginName, NewPassword},
    money::{Currency, Money},
    offer::{CatalogueChange, Change, Choice, ItemKind, Price, Resale},
    restriction::{Effect, Level, RestrictionOwner, RuleHours},
    route::ClassSet,
    screening::{ScreeningList, ScreeningOwner},
};
use evatel_store::{
    Error, Fault, Keys, LimitsChange, NewApiKey, NewContact, NewDevice, NewRestriction, NewRoute,
    NewScreening, Owner, ResellerChange, Scope, Step, Store, Target, look_through, testing,
};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
        Place,
    },
    when::{office, presence},
};

/// Collects what is written, for a reader outside.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn export(store: &Store) -> String {
    let out = Out::default();
    let dumped = store.export(out.clone(), |_: Step| {}).await.unwrap();
    let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
    assert_eq!(look_through(text.as_bytes()).unwrap().rows, dumped.rows);
    text
}

async fn import(url: &str, text: &str) -> Result<Store, Error> {
    let input = Cursor::new(text.to_owned().into_bytes());
    Store::import(url, input, |_: Step| {})
        .await
        .map(|(store, _)| store)
}

/// A house with something in each of its rooms, some of it hard to write down.
pub(crate) async fn furnished(kind: Kind) -> House {
    let house = House::build(kind).await;
    let trunk = house.trunk().await;
    furnish_offices(&trunk, &house).await;
    furnish_rules(&trunk, &house).await;
    furnish_doors(&house).await;
    furnish_sales(&house).await;
    furnish_calls(&house).await;
    house
}

async fn furnish_offices(trunk: &TrunkId, house: &House) {
    let store = &house.store;
    let shown = ResellerChange {
        billing: Some(BillingMode::SelfBilled),
        ..ResellerChange::default()
    };
    let north = house
        .system()
        .add_reseller("Voix du Nord".parse().unwrap(), shown)
        .await;
    assert!(!north.unwrap().reseller.is_default);
    house.serve("+15145550199", trunk).await;
    let device = NewDevice::new("Réception \"1\" \\ 🛎".parse().unwrap(), house.user.id.clone());
    let inside = house.inside().await;
    inside.add_device(device).await.unwrap();
    let contact = NewContact {
        nicknames: vec!["La p'tite".parse().unwrap()],
        other_numbers: vec!["+15145550143".parse().unwrap()],
        ..NewContact::new(
            "Zoé Nguyễn-O'Neil".parse().unwrap(),
            "+15145550142".parse().unwrap(),
            ContactOwner::User(house.user.id.clone()),
        )
    };
    inside.add_contact(contact).await.unwrap();
    let directory = Arc::new(store.load_directory().await.unwrap());
    let user = &house.user.id;
    inside
        .set_presence(user, presence("+15145559999"), &directory)
        .await
        .unwrap();
    inside.set_office(user, office(), &directory).await.unwrap();
    let blocked = NewScreening {
        owner: ScreeningOwner::User(user.clone()),
        list: ScreeningList::Block,
        caller: "anonymous".parse().unwrap(),
    };
    inside.add_screening(blocked).await.unwrap();
    let place = EmergencyPlace {
        account: house.account.id.clone(),
        street: "1200, rue Sainte-Catherine".parse().unwrap(),
        city: "Montréal".parse().unwrap(),
        province: "QC".parse().unwrap(),
        callback: "+15145550199".parse().unwrap(),
        trunk: trunk.clone(),
    };
    inside.set_emergency_place(place).await.unwrap();
}

async fn furnish_rules(trunk: &TrunkId, house: &House) {
    let (store, root) = (&house.store, house.system());
    let device = root.devices(&Target::System).await.unwrap().remove(0).device;
    let night = NewRestriction {
        set_by: Level::Reseller,
        hours: Some(RuleHours {
            hours: "daily 22:00-06:00".parse().unwrap(),
            zone: "America/Toronto".parse().unwrap(),
        }),
        trunk: Some(trunk.clone()),
        ..NewRestriction::new(
            "La France de nuit".parse().unwrap(),
            RestrictionOwner::Device(device.id),
            Effect::RequirePin,
            "prefix:33/11".parse().unwrap(),
        )
    };
    house.seller().await.add_restriction(night).await.unwrap();
    let route = NewRoute {
        classes: ClassSet::ordinary(),
        matches: "country:FR".parse().unwrap(),
        price_micros: Some(12_000),
        priority: 1,
        trunk: trunk.clone(),
        weight: 10,
    };
    root.add_route(route).await.unwrap();
    let france = ApprovedCountry {
        account: house.account.id.clone(),
        country: "FR".parse().unwrap(),
    };
    root.approve_country(france).await.unwrap();
    let change = LimitsChange {
        toll_legs: Some(Some(3)),
        // More than a number of JavaScript holds.
        spend_a_day_micros: Some(Some(i64::MAX)),
        joins_outside: Some(Some(false)),
        ..LimitsChange::default()
    };
    let owner = LimitOwner::Account(house.account.id.clone());
    let limits = root.change_limits(&owner, change).await.unwrap();
    let ledger = store.ledger("node-1");
    let now = "2026-11-26T17:00:00Z".parse().unwrap();
    ledger
        .claim(&house.account.id, &[limits], 12_000, now)
        .await
        .unwrap();
}

/// What people prove themselves with.
async fn furnish_doors(house: &House) {
    let inside = house.inside().await;
    inside
        .set_pin(&house.user.id, "2580".parse().unwrap())
        .await
        .unwrap();
    let name: LoginName = "root-1".parse().unwrap();
    let password = NewPassword::new("quatre chevaux bleus en hiver".into(), &name).unwrap();
    let login = house
        .system()
        .add_login(name, Owner::System, password)
        .await
        .unwrap();
    let now = Timestamp::now();
    house.store.open_session(&login, now).await.unwrap();
    let key = NewApiKey {
        name: "billing".parse().unwrap(),
        owner: Owner::System,
        scope: "*:read".parse().unwrap(),
        life: SignedDuration::from_hours(1),
    };
    house.system().add_key(key, now).await.unwrap();
}

/// What is sold, bought, and asked for.
async fn furnish_sales(house: &House) {
    let (root, inside) = (house.system(), house.inside().await);
    let (account, reseller) = (&house.account.id, &house.account.reseller);
    let item: ItemId = "plan-pro".parse().unwrap();
    let price = |units: i64| Price::each_month(Money::from_micros(units * 1_000_000, Currency::CAD)).unwrap();
    let plan = CatalogueChange::Add {
        id: item.clone(),
        kind: ItemKind::Plan,
        name: "Pro \"été\"".parse().unwrap(),
        price: price(30),
        resale: Resale::AtLeastList,
    };
    root.change_catalogue(plan).await.unwrap();
    root.assign_offer(reseller, Some(BTreeSet::from([item.clone()])))
        .await
        .unwrap();
    let choice = Choice {
        is_offered: true,
        retail: Some(price(45)),
    };
    let selling = root.enter(&Target::Reseller(reseller.clone())).await.unwrap();
    selling.choose_offer(reseller, &item, choice).await.unwrap();
    let buy = || {
        vec![Change::Subscribe {
            item: item.clone(),
            quantity: 1,
            user: None,
        }]
    };
    let bought = inside.quote(account, buy()).await.unwrap();
    inside.confirm(&bought.id).await.unwrap();
    inside.quote(account, buy()).await.unwrap();
}

async fn furnish_calls(house: &House) {
    let entry = LegEntry {
        call: "call-1".parse().unwrap(),
        leg: "leg-1".parse().unwrap(),
        account: None,
        direction: Direction::Inbound,
        from: "+15145550142".into(),
        to: "+15145550199".into(),
        cause: LegCause::VoiceAssistant,
        authoriser: "device:dev-1".into(),
        user: None,
        decision: DecisionWord::Allow,
        rule: "class-open".into(),
        started_at: "2026-11-23T03:00:00.000001Z".parse().unwrap(),
        answered_at: None,
        ended_at: None,
        hangup: None,
        recording: None,
    };
    let records = [CallRecord::LegBegan(Box::new(entry)), told("first")];
    house.store.write(records).await.unwrap();
}

fn line(text: &str) -> TranscriptLine {
    TranscriptLine {
        at: "2026-11-23T03:00:00Z".parse().unwrap(),
        who: "system".into(),
        text: text.into(),
    }
}

fn told(text: &str) -> CallRecord {
    CallRecord::Line {
        call: "call-1".parse().unwrap(),
        line: line(text),
    }
}

/// The tables that the database itself lists.
async fn tables(kind: Kind, house: &House) -> BTreeSet<String> {
    let names = match kind {
        Postgres => {
            let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
            testing::query_postgres(&house.place.url, sql).await
        }
        Sqlite => house.place.query_sqlite(
            "SELECT name AS text FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        ),
    };
    names.into_iter().collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_table_is_forgotten_and_none_is_moved_untried(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = furnished(kind).await;
    let dumped = house.store.export(Out::default(), |_: Step| {}).await.unwrap();
    let mut exported: BTreeSet<String> = dumped.tables.keys().cloned().collect();
    // Which migrations ran stands in the first line; what changed before is nothing to a new database's readers.
    exported.extend(["__diesel_schema_migrations".into(), "changes".into()]);
    assert_eq!(exported, tables(kind, &house).await);
    let empty: Vec<_> = dumped.tables.iter().filter(|(_, rows)| **rows == 0).collect();
    assert!(empty.is_empty(), "`furnished` puts nothing into {empty:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_between_the_databases_and_back(
    #[values(Sqlite, Postgres)] from: Kind,
    #[values(Sqlite, Postgres)] to: Kind,
) {
    let house = furnished(from).await;
    let text = export(&house.store).await;
    let place = Place::empty(to).await;
    let moved = import(&place.url, &text).await.unwrap();
    assert_eq!(export(&moved).await, text);

    let (before, after) = (
        house.store.load_directory().await.unwrap(),
        moved.load_directory().await.unwrap(),
    );
    assert_eq!(after.revision(), before.revision());
    assert_eq!(after.dids(), before.dids());
    // The key came another way.
    let faults = moved.check().await.unwrap().faults;
    assert_eq!(faults, [Fault::NoKey]);
    let moved = moved.with_keys(house.keys.clone());
    assert_eq!(moved.check().await.unwrap().faults, []);

    // Life goes on there: ids that the database makes do not begin anew.
    let call = "call-1".parse().unwrap();
    moved.write([told("second")]).await.unwrap();
    let told = moved.transcript(&call, &Scope::system()).await.unwrap();
    assert_eq!(told, [line("first"), line("second")]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_export_is_refused_at_its_line_and_leaves_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = furnished(Sqlite).await;
    let text = export(&house.store).await;
    let place = Place::empty(kind).await;
    let lines: Vec<&str> = text.lines().collect();
    let cut = lines[..lines.len() - 2].join("\n") + "\n";
    let short = [&lines[..lines.len() - 2], &lines[lines.len() - 1..]]
        .concat()
        .join("\n")
        + "\n";
    let damages = [
        (String::new(), 1, "does not begin"),
        (text.replacen("\"version\":1", "\"version\":9", 1), 1, "version 9"),
        (cut, lines.len() as u64 - 1, "cut off"),
        (short, lines.len() as u64 - 1, "should have"),
        (
            text.replacen("\"dids\"", "\"recipes\"", 1),
            0,
            "no table `recipes`",
        ),
        (
            text.replacen("\"number\":", "\"x\\\"; DROP\":", 1),
            0,
            "no column",
        ),
        (
            text.replacen("\"kind\":\"professional\"", "\"kind\":\"king\"", 1),
            0,
            "line",
        ),
    ];
    for (damaged, at, part) in damages {
        assert_ne!(damaged, text, "{part}");
        let refused = import(&place.url, &damaged).await.unwrap_err();
        let Error::Dump { line, reason } = &refused else {
            panic!("{refused}")
        };
        assert!(at == 0 || *line == at, "{refused}");
        assert!(reason.contains(part), "{reason} has no `{part}`");
    }
    let newer = text.replacen("\"20261123000000\"", "\"20991231000000\"", 1);
    let refused = import(&place.url, &newer).await.unwrap_err();
    assert!(matches!(refused, Error::NewerSchema { .. }), "{refused}");

    // Nothing of them is in the way.
    import(&place.url, &text).await.unwrap();
    let refused = import(&place.url, &text).await.unwrap_err();
    assert!(matches!(refused, Error::AlreadyThere { .. }), "{refused}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_older_schema_is_filled_first_and_migrated_then(#[values(Sqlite, Postgres)] kind: Kind) {
    let place = Place::empty(kind).await;
    let oldest = "{\"evatel\":{\"version\":1,\"schema\":[\"20261123000000\"]}}
{\"row\":{\"table\":\"meta\",\"columns\":{\"id\":1,\"revision\":7}}}
{\"row\":{\"table\":\"resellers\",\"columns\":{\"id\":\"res-a\",\"name\":\"A\",\"is_default\":true}}}
{\"end\":{\"rows\":2}}
";
    let store = import(&place.url, oldest).await.unwrap();
    assert_eq!(store.revision().await.unwrap(), 7);
    assert_eq!(store.resellers().await.unwrap()[0].id.as_str(), "res-a");
    assert!(store.migrate().await.unwrap().is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_only_tried_leaves_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = furnished(kind).await;
    let text = export(&house.store).await;
    let place = Place::empty(kind).await;
    let input = std::io::Cursor::new(text.clone().into_bytes());
    let tried = Store::try_import(&place.url, input, |_| {}).await.unwrap();
    let made = import(&place.url, &text).await.unwrap();
    assert_eq!(export(&made).await, text);
    assert_eq!(tried.rows + 2, text.lines().count() as u64);
    let input = std::io::Cursor::new(text.into_bytes());
    let again = Store::try_import(&place.url, input, |_| {}).await;
    assert!(matches!(again, Err(Error::AlreadyThere { .. })), "{again:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_is_only_tried_opens_all_and_changes_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let house = furnished(kind).await;
    let revision = house.store.revision().await.unwrap();
    assert_eq!(house.store.try_rotation(&house.keys).await.unwrap(), 1);
    let stranger = Keys::generate().unwrap();
    let refused = house.store.try_rotation(&stranger).await;
    let sealed_with = house.store.sealed_with().await.unwrap().unwrap();
    assert!(
        matches!(&refused, Err(Error::KeyMissing { key }) if *key == sealed_with),
        "{refused:?}"
    );
    assert_eq!(house.store.revision().await.unwrap(), revision);
    assert!(house.store.pending().await.unwrap().is_empty());
}
