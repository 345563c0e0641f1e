//! The domain at full size, SQLite and PostgreSQL side by side, each figure beside a bare loop of the same run.
//!
//! `cargo xtask bench domain --json [-- --part N]`: 1,000,000 numbers, 100,000 users and 1,000,000 prefixes, or the Nth
//! part of each. The last line is JSON.

mod bare;
mod change;
mod fill;
mod memory;
mod report;

use std::{collections::HashMap, hint::black_box, time::Instant};

use evatel_core::{
    account::User,
    calls::LegCause,
    did::Did,
    directory::Directory,
    id::UserId,
    jiff::Timestamp,
    number::E164,
    policy::{Authoriser, Destination, Ledger, LegRequest, authorize_leg},
    prefix::{Prefix, PrefixMap},
};

use fill::{Kind, Size, Town};
use report::Figure;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let part = arguments.iter().position(|argument| argument == "--part");
    let part = part.and_then(|at| arguments.get(at + 1)?.parse().ok());
    let size = Size::FULL.part(part.unwrap_or(1));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads can be made");
    let mut figures = Figures::default();
    runtime.block_on(async {
        let mut snapshot = None;
        for kind in [Kind::Sqlite, Kind::Postgres] {
            // The first snapshot is held until the second is there: what that adds would lie where the first one was.
            snapshot = Some(one_database(kind, size, &mut figures).await);
        }
        let snapshot = snapshot.expect("two databases were filled");
        in_memory(&snapshot, size, &mut figures);
    });
    report::print(&figures.0, size);
}

#[derive(Default)]
struct Figures(Vec<Figure>);

impl Figures {
    fn add(&mut self, figure: Figure) {
        report::tell(&figure);
        self.0.push(figure);
    }
}

/// Fills a database, loads it, counts legs in it; gives the snapshot.
async fn one_database(kind: Kind, size: Size, figures: &mut Figures) -> Directory {
    let rate = |began: Instant| size.dids as f64 / began.elapsed().as_secs_f64();
    let bare = size.dids as f64 / bare::import(kind, size).await.as_secs_f64();
    let town = Town::begin(kind, size).await;
    let began = Instant::now();
    town.import().await;
    let import = Figure::higher(
        "import through the commands, history and audit included",
        rate(began),
        "rows/s",
    );
    figures.add(
        import
            .of(kind)
            .beside("prepared statements", bare)
            .goal(0.3 * bare),
    );
    let began = Instant::now();
    town.import_again().await;
    figures.add(Figure::higher("the same file again, nothing to do", rate(began), "rows/s").of(kind));

    let before = memory::resident_mib();
    let began = Instant::now();
    let directory = town.store.load_directory().await.expect("the database is whole");
    figures.add(Figure::lower("snapshot, load", began.elapsed().as_secs_f64(), "s").of(kind));
    let grown = memory::resident_mib() - before;
    figures.add(Figure::lower("snapshot, resident memory that it adds", grown, "MiB").of(kind));
    assert_eq!(directory.dids().len(), size.dids);

    let directory = reservations(kind, &town, directory, figures).await;
    change::both(kind, &town, directory, figures).await
}

/// A place in the ledger for a leg that no limit is about but its account's count, and for one over a trunk whose account
/// and reseller are limited, beside the bare UPDATE that the count alone would be.
/// Gives the snapshot of now.
async fn reservations(kind: Kind, town: &Town, known: Directory, figures: &mut Figures) -> Directory {
    let bare = bare::conditional_updates(kind, &town.url, RESERVATIONS).await;
    let mut add = |what: &str, value| {
        let figure = Figure::lower(what, value, "µs").of(kind);
        figures.add(figure.beside("one conditional UPDATE", bare));
    };
    add("reserve or release a leg", reservation(town, &known, 0).await);
    town.limit().await;
    let limited = town.refreshed(&known).await;
    let value = reservation(town, &limited, 2).await;
    add("the same, counted towards two limits", value);
    town.unlimit().await;
    town.refreshed(&limited).await
}

/// Gives the microseconds of a place that is taken, or given back, for a leg over a trunk that counts towards so many limits.
async fn reservation(town: &Town, directory: &Directory, limits: usize) -> f64 {
    let ledger = town.store.ledger("bench");
    let (authoriser, destination) = fill::call(1, fill::called(1));
    let request = LegRequest::new(&authoriser, &destination, LegCause::Dial, Timestamp::now());
    let plan = authorize_leg(&request, directory).expect("Canada is open");
    assert_eq!(plan.limits().len(), limits);
    let began = Instant::now();
    for _ in 0..RESERVATIONS {
        let place = ledger.reserve(&plan).await.expect("there is room");
        ledger.give_back(&place).await.expect("it is there");
    }
    began.elapsed().as_secs_f64() * 1e6 / (2 * RESERVATIONS) as f64
}

/// Looks things up as a call does, beside a bare hash lookup and a bare prefix lookup.
fn in_memory(directory: &Directory, size: Size, figures: &mut Figures) {
    let mut random = fastrand::Rng::with_seed(7);
    let dids: Vec<&Did> = directory.dids();
    let asked: Vec<E164> = (0..LOOKUPS)
        .map(|_| dids[random.usize(..dids.len())].number.clone())
        .collect();
    let bare: HashMap<E164, Did> = dids
        .iter()
        .map(|did| (did.number.clone(), (*did).clone()))
        .collect();
    let [hash, ours] = medians(
        &asked,
        |number| black_box(bare.get(number)).is_some(),
        |number| black_box(directory.did(number)).is_some(),
    );
    figures.add(Figure::lower("DID lookup", ours, "ns").beside("HashMap", hash));
    drop(bare);

    let users: HashMap<UserId, User> = (1..=size.users)
        .filter_map(|at| directory.user(&fill::user(at)))
        .map(|user| (user.id.clone(), user.clone()))
        .collect();
    let prefixes: PrefixMap<usize> = PrefixMap::new((1..=size.prefixes).map(|at| {
        let prefix: Prefix = at.to_string().parse().expect("digits, the first not 0");
        (prefix, at)
    }));
    let callers: Vec<(Authoriser, Destination, UserId, E164)> = (0..LOOKUPS)
        .map(|_| {
            let at = 1 + random.usize(..size.users);
            let number = fill::called(random.usize(..7_760_000));
            let (authoriser, destination) = fill::call(at, number.clone());
            (authoriser, destination, fill::user(at), number)
        })
        .collect();
    let now = Timestamp::now();
    let [bare, ours] = medians(
        &callers,
        |(_, _, user, number)| users.contains_key(user) && prefixes.longest(number.digits()).is_some(),
        |(authoriser, destination, ..)| {
            let request = LegRequest::new(authoriser, destination, LegCause::Dial, now);
            black_box(authorize_leg(&request, directory)).is_ok()
        },
    );
    let ours = Figure::lower("authorize_leg to its plan", ours, "ns");
    figures.add(
        ours.beside("one hash and one prefix lookup", bare)
            .goal(3.0 * bare),
    );
}

/// Gives the nanoseconds of one call of each: medians of [`ROUNDS`] rounds, which take turns, so that both meet the same
/// load of the machine.
fn medians<T>(inputs: &[T], mut one: impl FnMut(&T) -> bool, mut other: impl FnMut(&T) -> bool) -> [f64; 2] {
    let rounds = [(); ROUNDS].map(|()| [nanos(inputs, &mut one), nanos(inputs, &mut other)]);
    [0, 1].map(|which| {
        let mut rounds = rounds.map(|round| round[which]);
        rounds.sort_by(f64::total_cmp);
        rounds[ROUNDS / 2]
    })
}

fn nanos<T>(inputs: &[T], mut call: impl FnMut(&T) -> bool) -> f64 {
    let began = Instant::now();
    let found = inputs.iter().filter(|input| call(black_box(input))).count();
    assert_eq!(found, inputs.len());
    began.elapsed().as_secs_f64() * 1e9 / inputs.len() as f64
}

const RESERVATIONS: usize = 2_000;
const LOOKUPS: usize = 200_000;
const ROUNDS: usize = 11;
