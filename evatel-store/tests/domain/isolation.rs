//! What another customer tries with ids that are not his: each answer is the one for an id that nobody has.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use evatel_core::{
    account::Roles,
    audit::Origin,
    contact::{ContactOwner, import},
    did::import::Rows,
    directory::Directory,
    emergency::EmergencyPlace,
    id::{
        AccountId, ApiKeyId, ContactId, DeviceId, ItemId, QuoteId, ResellerId, RestrictionId, ScreeningId,
        UserId,
    },
    limit::{ApprovedCountry, LimitOwner},
    login::{LoginName, NewPassword},
    money::{Currency, Money},
    number::E164,
    offer::{CatalogueChange, Change, Choice, ItemKind, Price, Resale},
    office::Office,
    permission::{Action, Actor, Matter, Principal},
    presence::Presence,
    restriction::{Effect, RestrictionOwner},
    route::ClassSet,
    screening::{ScreeningList, ScreeningOwner},
};
use evatel_store::{
    AccountChange, Acting, Arrival, AuditFilter, CallPeriod, ContactChange, DeviceChange, Error, LegFilter,
    LimitsChange, NewAccount, NewApiKey, NewContact, NewDevice, NewNumber, NewRestriction, NewRoute,
    NewScreening, NewTrunk, NewUser, NumberChange, NumberFilter, Owner, ResellerChange, RestrictionChange,
    RouteChange, Scope, Target, TrunkChange, TrunkContract, UserChange,
};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    numbers::{administrator, neighbour, release, smart, stock},
};

/// Whose ids are tried.
struct Ids {
    account: AccountId,
    reseller: ResellerId,
    user: UserId,
    contact: ContactId,
    device: DeviceId,
    key: ApiKeyId,
    login: LoginName,
    number: E164,
    quote: QuoteId,
    restriction: RestrictionId,
    screening: ScreeningId,
}

impl Ids {
    /// Those that nobody has.
    fn nobodys() -> Self {
        Self {
            account: "acc-none".parse().unwrap(),
            reseller: "rsl-none".parse().unwrap(),
            user: "usr-none".parse().unwrap(),
            contact: "con-none".parse().unwrap(),
            device: "dev-none".parse().unwrap(),
            key: "key-none".parse().unwrap(),
            login: "log-none".parse().unwrap(),
            number: "+15145556666".parse().unwrap(),
            quote: "quo-none".parse().unwrap(),
            restriction: "rst-none".parse().unwrap(),
            screening: "scr-none".parse().unwrap(),
        }
    }

    fn texts(&self) -> [&str; 11] {
        [
            self.account.as_str(),
            self.reseller.as_str(),
            self.user.as_str(),
            self.contact.as_str(),
            self.device.as_str(),
            self.key.as_str(),
            self.login.as_str(),
            self.number.as_str(),
            self.quote.as_str(),
            self.restriction.as_str(),
            self.screening.as_str(),
        ]
    }
}

const ITEM: &str = "plan-pro";

/// Gives a customer one of everything, all of them called the same.
async fn furnish(account: &AccountId, user: &UserId, number: u32, login: &str, house: &House) -> Ids {
    let seller = house.acting().await;
    let inside = house
        .root()
        .enter(&Target::Account(account.clone()))
        .await
        .unwrap();
    let number = stock(house, &seller, number).await;
    let assign = NumberChange::Assign(smart(user));
    seller.change_number(&number, assign).await.unwrap();
    let directory = Arc::new(house.store.load_directory().await.unwrap());
    let (presence, office) = rules();
    inside.set_presence(user, presence, &directory).await.unwrap();
    inside.set_office(user, office, &directory).await.unwrap();
    inside
        .set_emergency_place(place(account, &number, house).await)
        .await
        .unwrap();
    let limits = LimitOwner::User(user.clone());
    inside.change_limits(&limits, tight()).await.unwrap();
    let login: LoginName = login.parse().unwrap();
    let owner = Owner::User(user.clone());
    inside
        .add_login(login.clone(), owner, password(&login))
        .await
        .unwrap();
    Ids {
        account: account.clone(),
        reseller: other_reseller(house).await,
        user: user.clone(),
        contact: inside.add_contact(contact(user)).await.unwrap().id,
        device: inside.add_device(device(user)).await.unwrap().0.device.id,
        key: inside.add_key(key(user), Timestamp::now()).await.unwrap().0.id,
        login,
        number,
        quote: inside.quote(account, buy(None)).await.unwrap().id,
        restriction: inside.add_restriction(restriction(user)).await.unwrap().id,
        screening: inside.add_screening(screening(user)).await.unwrap().id,
    }
}

/// A reseller who sells to neither.
async fn other_reseller(house: &House) -> ResellerId {
    let name = "Autre".parse().unwrap();
    let added = house.root().add_reseller(name, ResellerChange::default()).await;
    added.unwrap().reseller.id
}

fn rules() -> (Presence, Office) {
    let presence = r#"{"schedule": {"zone": "America/Toronto", "otherwise": "working"},
        "statuses": [{"status": "working", "rules": []}]}"#;
    let office = r#"{"schedule": {"zone": "America/Toronto", "otherwise": "closed"},
        "open": {"forward": [{"ring_seconds": 30, "legs": [{"to": "devices"}]}]}}"#;
    (
        serde_json::from_str(presence).unwrap(),
        serde_json::from_str(office).unwrap(),
    )
}

async fn place(account: &AccountId, callback: &E164, house: &House) -> EmergencyPlace {
    EmergencyPlace {
        account: account.clone(),
        street: "1 rue Un".parse().unwrap(),
        city: "Montréal".parse().unwrap(),
        province: "QC".parse().unwrap(),
        callback: callback.clone(),
        trunk: house.store.trunks().await.unwrap().remove(0).id,
    }
}

fn tight() -> LimitsChange {
    LimitsChange {
        toll_legs: Some(Some(1)),
        ..LimitsChange::default()
    }
}

fn password(name: &LoginName) -> NewPassword {
    NewPassword::new("quatre chevaux bleus en hiver".into(), name).unwrap()
}

fn contact(user: &UserId) -> NewContact {
    NewContact::new(
        "Marie".parse().unwrap(),
        "+15145550142".parse().unwrap(),
        ContactOwner::User(user.clone()),
    )
}

fn device(user: &UserId) -> NewDevice {
    NewDevice::new("Bureau".parse().unwrap(), user.clone())
}

fn key(user: &UserId) -> NewApiKey {
    NewApiKey {
        name: "Programme".parse().unwrap(),
        owner: Owner::User(user.clone()),
        scope: "*:read".parse().unwrap(),
        life: SignedDuration::from_hours(24),
    }
}

fn buy(user: Option<UserId>) -> Vec<Change> {
    vec![Change::Subscribe {
        item: ITEM.parse().unwrap(),
        quantity: 1,
        user,
    }]
}

fn restriction(user: &UserId) -> NewRestriction {
    NewRestriction::new(
        "Pas de 900".parse().unwrap(),
        RestrictionOwner::User(user.clone()),
        Effect::Deny,
        "class:premium".parse().unwrap(),
    )
}

fn screening(user: &UserId) -> NewScreening {
    NewScreening {
        caller: "anonymous".parse().unwrap(),
        list: ScreeningList::Block,
        owner: ScreeningOwner::User(user.clone()),
    }
}

/// What a question or a command with somebody's ids came to.
#[derive(Debug, PartialEq)]
struct Told {
    name: &'static str,
    /// What it said, ids left out.
    said: String,
    /// What the database was asked for it, on SQLite: with the same statements the time tells no more than the answer.
    asked: Vec<String>,
}

/// Tries every question and command with somebody's ids; gives what each came to.
async fn tries(eve: &Acting, ids: &Ids, house: &House, directory: &Arc<Directory>) -> Vec<Told> {
    let mut told = Vec::new();
    let statements = house.statements();
    let mut tell = |name: &'static str, answer: Result<String, Error>| {
        let mut text = answer.map_or_else(|error| error.to_string(), |value| format!("ok {value}"));
        for id in ids.texts() {
            text = text.replace(id, "ID");
        }
        let (said, asked) = (text, statements.take());
        told.push(Told { name, said, asked });
    };
    macro_rules! each {
        ($($name:ident($($argument:expr),* $(,)?);)+) => {
            $(statements.take();
            tell(stringify!($name), eve.$name($($argument),*).await.map(|value| format!("{value:?}")));)+
        };
    }
    let (account, user) = (
        Target::Account(ids.account.clone()),
        Target::User(ids.user.clone()),
    );
    let reseller = Target::Reseller(ids.reseller.clone());
    let trunk = house.store.trunks().await.unwrap().remove(0).id;
    let itsp = house.root().itsps().await.unwrap().remove(0).id;
    let item: ItemId = ITEM.parse().unwrap();
    let country = || ApprovedCountry {
        account: ids.account.clone(),
        country: "FR".parse().unwrap(),
    };
    let named = || "Nom".parse().unwrap();
    let (presence, office) = rules();
    let (page, audit) = (NumberFilter::default(), AuditFilter::default());
    let of_account = LimitOwner::Account(ids.account.clone());
    let of_user = LimitOwner::User(ids.user.clone());
    let new_account = NewAccount {
        reseller: ids.reseller.clone(),
        name: named(),
        kind: evatel_core::account::AccountKind::Company,
        language: evatel_core::account::Language::Fr,
        zone: "America/Toronto".parse().unwrap(),
    };
    let new_user = NewUser {
        account: ids.account.clone(),
        extension: "199".parse().unwrap(),
        name: named(),
    };
    let new_number = NewNumber {
        number: "+15145557777".parse().unwrap(),
        trunk: trunk.clone(),
        arrival: Arrival::Available,
    };
    let rows = Rows::new("number\n5145557778\n".as_bytes()).unwrap();
    let rows = rows.map(|row| row.unwrap().unwrap()).collect();
    let people = import::from_csv("name,number\nPaul,5145550143\n".as_bytes()).unwrap();
    let people = people.accept().unwrap();
    let persons = evatel_core::account::import::from_csv("extension,name\n188,Paul\n".as_bytes());
    let persons = persons.unwrap().good;
    let take = vec![Change::TakeNumber {
        number: ids.number.clone(),
        target: smart(&ids.user),
    }];
    let choice = Choice {
        is_offered: false,
        retail: None,
    };
    let catalogue_change = CatalogueChange::Retire { id: item.clone() };
    let (account_change, user_change) = (
        AccountChange {
            records_calls: Some(true),
            ..AccountChange::default()
        },
        UserChange {
            name: Some(named()),
            ..UserChange::default()
        },
    );
    let new_route = NewRoute {
        classes: ClassSet::ordinary(),
        matches: "country:FR".parse().unwrap(),
        price_micros: None,
        priority: 1,
        trunk: trunk.clone(),
        weight: 1,
    };
    let new_trunk = NewTrunk {
        format: "e164".parse().unwrap(),
        name: named(),
        peer: "192.0.2.99".parse().unwrap(),
    };
    let contract = TrunkContract {
        trunk: trunk.clone(),
        itsp: itsp.clone(),
        caps: Default::default(),
    };
    let contact_change = ContactChange {
        name: Some(named()),
        ..ContactChange::default()
    };
    let device_change = DeviceChange {
        name: Some(named()),
        ..DeviceChange::default()
    };
    let route = "rte-none".parse().unwrap();
    let place = place(&ids.account, &ids.number, house).await;
    each! {
        accounts(&account);
        add_account(new_account);
        add_contact(contact(&ids.user));
        add_device(device(&ids.user));
        add_itsp(named());
        add_key(key(&ids.user), Timestamp::now());
        add_login("new-login".parse().unwrap(), Owner::User(ids.user.clone()), password(&ids.login));
        add_number(&ids.reseller, new_number);
        add_reseller(named(), ResellerChange::default());
        add_restriction(restriction(&ids.user));
        add_route(new_route);
        add_screening(screening(&ids.user));
        add_trunk(new_trunk);
        add_user(new_user);
        approve_country(country());
        approved_countries(&ids.account);
        assign_offer(&ids.reseller, None);
        audit(&account, &audit);
        audit(&user, &audit);
        billed(&ids.account);
        call(&account, &"call-none".parse().unwrap());
        call_page(&account, &CallPeriod::default(), None, 9);
        call_page(&user, &CallPeriod::default(), None, 9);
        catalogue(&account);
        change_account(&ids.account, AccountChange::default());
        change_account(&ids.account, account_change);
        change_catalogue(catalogue_change);
        import_catalogue(Vec::new());
        change_contact(&ids.contact, contact_change);
        change_device(&ids.device, device_change);
        change_limits(&of_account, tight());
        change_limits(&of_user, tight());
        change_limits(&LimitOwner::Reseller(ids.reseller.clone()), tight());
        change_number(&ids.number, release());
        change_number(&ids.number, NumberChange::Suspend);
        change_number(&ids.number, NumberChange::MoveTrunk(trunk.clone()));
        change_reseller(&ids.reseller, ResellerChange::default());
        change_restriction(&ids.restriction, RestrictionChange::default());
        change_route(&route, RouteChange::default());
        change_trunk(&trunk, TrunkChange::default());
        change_user(&ids.user, user_change);
        choose_offer(&ids.reseller, &item, choice);
        clear_pin(&ids.user);
        close_reseller(&ids.reseller);
        confirm(&ids.quote);
        contacts(&account);
        contacts(&user);
        devices(&account);
        devices(&user);
        emergency_places(&account);
        enter(&account);
        enter(&user);
        enter(&reseller);
        import_contacts(people, &ContactOwner::User(ids.user.clone()));
        import_numbers(&ids.reseller, rows, Some(trunk.clone()), &"n.csv".parse().unwrap());
        import_users(&ids.account, persons);
        itsps();
        keys(&account);
        keys(&user);
        legs(&account, &LegFilter::default());
        legs(&user, &LegFilter::default());
        limits(&of_account);
        limits(&of_user);
        logins(&account);
        logins(&user);
        may(Action::Read, Matter::Users, &user);
        move_account(&ids.account, &ids.reseller);
        names(&[ids.user.to_string()]);
        number(&ids.number);
        number_history(&ids.number);
        numbers(&account, &page);
        numbers(&user, &page);
        numbers(&reseller, &page);
        numbers_on_offer(&ids.account, &page);
        offer(&ids.reseller);
        office(&ids.account);
        presence(&ids.user);
        quote(&ids.account, buy(None));
        quote(&ids.account, take);
        quotes(&ids.account);
        reading(Matter::Users, &user);
        renew_device_secret(&ids.device);
        remove_contact(&ids.contact);
        remove_device(&ids.device);
        remove_emergency_place(&ids.account);
        remove_itsp(&itsp);
        remove_limits(&of_account);
        remove_limits(&of_user);
        remove_login(&ids.login);
        remove_office(&ids.account);
        remove_presence(&ids.user);
        remove_restriction(&ids.restriction);
        remove_route(&route);
        remove_screening(&ids.screening);
        remove_trunk(&trunk);
        remove_user(&ids.user);
        rename_itsp(&itsp, named());
        resellers(&reseller);
        restrictions(&account);
        restrictions(&user);
        revoke_key(&ids.key);
        routes();
        screening(&ScreeningOwner::Account(ids.account.clone()));
        screening(&ScreeningOwner::User(ids.user.clone()));
        set_emergency_place(place);
        set_office(&ids.user, office, directory);
        set_office_status(&ids.account, None);
        set_password(&ids.login, password(&ids.login));
        set_pin(&ids.user, "2580".parse().unwrap());
        set_presence(&ids.user, presence, directory);
        set_roles(&ids.user, Roles::NONE);
        set_status(&ids.user, None);
        set_trunk_contract(contract);
        subscriptions(&ids.account);
        trunk_contracts();
        trunks();
        unlock_login(&ids.login);
        withdraw_country(country());
    }
    told
}

/// The operator's own: no customer may, whatever he names.
const OPERATORS: [&str; 19] = [
    "add_itsp",
    "add_reseller",
    "add_route",
    "add_trunk",
    "change_catalogue",
    "change_route",
    "change_trunk",
    "import_catalogue",
    "itsps",
    "names",
    "remove_itsp",
    "remove_route",
    "remove_trunk",
    "rename_itsp",
    "routes",
    "set_trunk_contract",
    "trunk_contracts",
    "trunks",
    "change_limits",
];

/// Names every `pub async fn` of `impl TYPE` in the source whose signature has `part`.
fn in_source(of: &str, part: &str) -> BTreeSet<String> {
    fn files(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut sources = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let heading = format!("\nimpl {of} {{\n");
    let mut names = BTreeSet::new();
    for source in &sources {
        for block in source.split(heading.as_str()).skip(1) {
            let block = block.split("\n}\n").next().unwrap();
            for function in block.split("    pub async fn ").skip(1) {
                let signature = function.split('{').next().unwrap();
                if signature.contains(part) {
                    names.insert(signature.split('(').next().unwrap().to_owned());
                }
            }
        }
    }
    names
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_tried_with_anothers_id_is_answered_as_with_nobodys(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let add = CatalogueChange::Add {
        id: ITEM.parse().unwrap(),
        kind: ItemKind::Plan,
        name: "Pro".parse().unwrap(),
        price: Price::each_month(Money::from_micros(3_000_000, Currency::CAD)).unwrap(),
        resale: Resale::AtLeastList,
    };
    house.root().change_catalogue(add).await.unwrap();
    let (account, zoe) = neighbour(&house, &house.acting().await).await;
    let theirs = furnish(&house.account.id, &house.user.id, 1, "luc", &house).await;
    let own = furnish(&account, &zoe, 2, "zoe", &house).await;
    let eve = administrator(&house, &account, &zoe);
    let directory = Arc::new(house.store.load_directory().await.unwrap());

    let revision = house.store.revision().await.unwrap();
    let said = tries(&eve, &theirs, &house, &directory).await;
    let nobodys = tries(&eve, &Ids::nobodys(), &house, &directory).await;
    let differ: Vec<_> = said
        .iter()
        .zip(&nobodys)
        .filter(|(theirs, nobodys)| theirs != nobodys)
        .collect();
    assert!(differ.is_empty(), "{} differ: {differ:#?}", differ.len());
    for Told { name, said, asked } in &said {
        let is_refused = OPERATORS.contains(name) && !said.starts_with("ok");
        assert!(said.starts_with("there is no") || is_refused, "{name}: {said}");
        assert_eq!(
            asked.is_empty(),
            kind == Postgres,
            "{name}: SQLite is listened to"
        );
    }
    // Nor does a reseller learn anything of what another one sells.
    let rival = Principal::Reseller {
        reseller: own.reseller.clone(),
        login: None,
    };
    let rival = house.store.acting_as(Actor::from(rival), Origin::CommandLine);
    let told_rival = tries(&rival, &theirs, &house, &directory).await;
    let nobodys = tries(&rival, &Ids::nobodys(), &house, &directory).await;
    for (theirs, nobodys) in told_rival.iter().zip(&nobodys) {
        assert_eq!(theirs, nobodys, "to a reseller");
    }
    assert_eq!(house.store.revision().await.unwrap(), revision);
    let tried: BTreeSet<String> = said.iter().map(|told| told.name.to_owned()).collect();
    let all = in_source("Acting", "");
    assert!(all.len() > 80, "the source is found: {all:?}");
    assert_eq!(tried, all, "each question and command is tried");

    // His own he reads and changes with the same words, but for what is the operator's or a user's secret.
    let own_said = tries(&eve.clone().rehearsing(), &own, &house, &directory).await;
    let granted = own_said.iter().filter(|told| told.said.starts_with("ok")).count();
    assert!(granted > 50, "{own_said:#?}");

    // His own account, and a user who is not of it.
    let foreign = eve.quote(&account, buy(Some(house.user.id.clone()))).await;
    assert!(
        matches!(foreign, Err(Error::Missing { what: "user", .. })),
        "{foreign:?}"
    );
    scoped(&theirs, &own, &house).await;
}

/// Nothing of one customer is in what the other's scope gives.
async fn scoped(theirs: &Ids, own: &Ids, house: &House) {
    let (store, scope) = (&house.store, Scope::account(own.account.clone()));
    let missing = store
        .contact(&theirs.contact, &scope)
        .await
        .map(|found| format!("{found:?}"));
    let none = store.transcript(&"call-none".parse().unwrap(), &scope).await;
    let given = [
        ("accounts", format!("{:?}", store.accounts(&scope).await.unwrap())),
        ("contact", missing.unwrap_or_default()),
        ("contacts", format!("{:?}", store.contacts(&scope).await.unwrap())),
        ("devices", format!("{:?}", store.devices(&scope).await.unwrap())),
        ("dids", format!("{:?}", store.dids(&scope).await.unwrap())),
        (
            "legs",
            format!("{:?}", store.legs(&LegFilter::default(), &scope).await.unwrap()),
        ),
        ("transcript", format!("{:?}", none.unwrap())),
        ("users", format!("{:?}", store.users(&scope).await.unwrap())),
    ];
    for (name, text) in &given {
        for id in theirs.texts() {
            assert!(!text.contains(id), "{name}: {text}");
        }
    }
    assert!(
        given[3].1.contains(own.device.as_str()),
        "what is his own is there"
    );
    let named: BTreeSet<String> = given.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(named, in_source("Store", "scope: &Scope"), "each is looked at");
}
