//! The domain at full size, SQLite and PostgreSQL side by side, each figure beside a bare loop of the same run.
//!
//! `cargo xtask bench domain --json [-- --part N]`: 1,000,000 numbers, 100,000 users and 1,000,000 prefixes, or the Nth
//! part of each. The last line is JSON.

mod bare;
mod fill;
mod memory;
mod report;

use std::{
    collections::HashMap,
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use evatel_core::{
    account::User,
    calls::LegCause,
    did::Did,
    directory::Directory,
    id::UserId,
    jiff::Timestamp,
    number::{Dialled, E164},
    policy::{Authoriser, Destination, LegRequest, authorize_leg},
    prefix::{Prefix, PrefixMap},
};
use evatel_store::Refreshed;

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
            drop(snapshot.take());
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
    // The second database's snapshot is the same and lies where the first one's was.
    if kind == Kind::Sqlite {
        let grown = memory::resident_mib() - before;
        figures.add(Figure::lower(
            "snapshot, resident memory that it adds",
            grown,
            "MiB",
        ));
    }
    assert_eq!(directory.dids().len(), size.dids);

    reservations(kind, &town, figures).await;
    one_change(kind, &town, directory, figures).await
}

/// Changes one number and follows it as the daemon does, while calls look numbers up: until a snapshot has the change.
async fn one_change(kind: Kind, town: &Town, known: Directory, figures: &mut Figures) -> Directory {
    let number = fill::number(0);
    let mut feed = town.store.feed();
    let revision = town.store.revision().await.expect("the database is there");
    assert_eq!(revision, known.revision());
    let wait = tokio::spawn(async move { feed.changed_from(revision).await });
    town.suspend(&number).await;
    let began = Instant::now();
    wait.await
        .expect("it does not panic")
        .expect("the database is there");
    let heard = began.elapsed().as_secs_f64();
    let calls = Calls::begin(&known);
    let (next, how) = town
        .store
        .refresh_directory(&known)
        .await
        .expect("the database is whole");
    let seen = began.elapsed().as_secs_f64();
    let slowest = calls.end();
    assert_eq!(how, Refreshed::Changes(1));
    assert!(next.did(&number).is_none() && known.did(&number).is_some());
    figures.add(Figure::lower("one change, until it is heard of", heard, "s").of(kind));
    let whole = Figure::lower("one change, until the snapshot has it", seen, "s");
    figures.add(whole.of(kind).goal(1.0));
    let part = Figure::lower(
        "one change, reading it and making the snapshot",
        (seen - heard) * 1e3,
        "ms",
    );
    figures.add(part.of(kind));
    let pause = Figure::lower(
        "slowest of the lookups meanwhile, the scheduler's pauses included",
        slowest,
        "ms",
    );
    figures.add(pause.of(kind));
    drop(known);
    next
}

/// Lookups of calls that go on while the snapshot changes.
struct Calls {
    over: Arc<AtomicBool>,
    thread: JoinHandle<f64>,
}

impl Calls {
    fn begin(directory: &Directory) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (directory, until) = (directory.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            let number = fill::number(1);
            let mut slowest = Duration::ZERO;
            while !until.load(Ordering::Relaxed) {
                let began = Instant::now();
                black_box(directory.did(black_box(&number)));
                slowest = slowest.max(began.elapsed());
            }
            slowest.as_secs_f64() * 1e3
        });
        Self { over, thread }
    }

    /// Gives the milliseconds of the slowest.
    fn end(self) -> f64 {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().expect("lookups do not panic")
    }
}

async fn reservations(kind: Kind, town: &Town, figures: &mut Figures) {
    const TIMES: usize = 2_000;
    let ledger = town.store.ledger("bench");
    let account = "acc-b1".parse().expect("it is an id");
    let began = Instant::now();
    for _ in 0..TIMES {
        let place = ledger.take(&account).await.expect("there is room");
        ledger.give_back(&place).await.expect("it is there");
    }
    let ours = began.elapsed().as_secs_f64() * 1e6 / (2 * TIMES) as f64;
    let bare = bare::conditional_updates(kind, &town.url, TIMES).await;
    let ours = Figure::lower("reserve or release a leg", ours, "µs");
    figures.add(ours.of(kind).beside("one conditional UPDATE", bare));
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
    let ours = nanos(&asked, |number| directory.did(number));
    let hash = nanos(&asked, |number| bare.get(number));
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
            let number: E164 = format!("+1416{}", random.u32(2_000_000..9_760_000))
                .parse()
                .expect("it is a number");
            let authoriser = Authoriser::Device {
                device: fill::device(at),
                user: fill::user(at),
            };
            let destination = Destination::Dialled(Dialled::Number(number.clone()));
            (authoriser, destination, fill::user(at), number)
        })
        .collect();
    let bare = nanos(&callers, |(_, _, user, number)| {
        (users.get(user), prefixes.longest(number.digits()))
    });
    let now = Timestamp::now();
    let ours = nanos(&callers, |(authoriser, destination, ..)| {
        let request = LegRequest::new(authoriser, destination, LegCause::Dial, now);
        authorize_leg(&request, directory).expect("Canada is open")
    });
    let ours = Figure::lower("authorize_leg to its plan", ours, "ns");
    figures.add(
        ours.beside("one hash and one prefix lookup", bare)
            .goal(3.0 * bare),
    );
}

/// Gives the nanoseconds of one call: the median of five rounds.
fn nanos<T, R>(inputs: &[T], mut call: impl FnMut(&T) -> R) -> f64 {
    let mut rounds: Vec<f64> = (0..5)
        .map(|_| {
            let began = Instant::now();
            for input in inputs {
                black_box(call(black_box(input)));
            }
            began.elapsed().as_secs_f64() * 1e9 / inputs.len() as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[2]
}

const LOOKUPS: usize = 200_000;
