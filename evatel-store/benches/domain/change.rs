//! One change, from the command that makes it to the snapshot that has it, while calls go on.

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use evatel_core::{
    calls::LegCause,
    directory::Directory,
    jiff::Timestamp,
    policy::{LegRequest, authorize_leg},
};
use evatel_store::Refreshed;

use crate::{
    Figures,
    fill::{self, Kind, Town},
    report::Figure,
};

/// Suspends one number, then changes the price of one of all prefixes; gives the last snapshot.
pub(crate) async fn both(kind: Kind, town: &Town, known: Directory, figures: &mut Figures) -> Directory {
    let number = fill::number(0);
    let suspended = async { town.suspend(&number).await };
    let next = follow("one number changed", suspended, kind, town, &known, figures).await;
    assert!(next.did(&number).is_none() && known.did(&number).is_some());
    drop(known);

    // The one that decides where the calls go that go on meanwhile.
    let route = town.longest_route_of(&fill::called(1));
    let dearer = async { town.price(&route, PRICE).await };
    let changed = follow(
        "one prefix of the price list changed",
        dearer,
        kind,
        town,
        &next,
        figures,
    )
    .await;
    assert_eq!(plan_price(&changed), i64::from(PRICE));
    assert_ne!(plan_price(&next), i64::from(PRICE));
    changed
}

/// Follows a change as the daemon does, while calls are decided: until a snapshot has it.
async fn follow(
    what: &str,
    change: impl Future<Output = ()>,
    kind: Kind,
    town: &Town,
    known: &Directory,
    figures: &mut Figures,
) -> Directory {
    let mut feed = town.store.feed();
    let revision = town.store.revision().await.expect("the database is there");
    assert_eq!(revision, known.revision());
    let wait = tokio::spawn(async move { feed.changed_from(revision).await });
    change.await;
    let began = Instant::now();
    wait.await
        .expect("it does not panic")
        .expect("the database is there");
    let heard = began.elapsed().as_secs_f64();
    let calls = Calls::begin(known);
    let (next, how) = town
        .store
        .refresh_directory(known)
        .await
        .expect("the database is whole");
    let seen = began.elapsed().as_secs_f64();
    let slowest = calls.end();
    assert_eq!(how, Refreshed::Changes(1));
    let add = |about: &str, value, unit| Figure::lower(format!("{what}, {about}"), value, unit).of(kind);
    let heard_of = add("until it is heard of", heard, "s");
    let whole = add("until the snapshot has it", seen, "s").goal(1.0);
    let made = add("reading it, making the snapshot", (seen - heard) * 1e3, "ms");
    let pause = add("slowest decision meanwhile", slowest, "ms");
    for figure in [heard_of, whole, made, pause] {
        figures.add(figure);
    }
    next
}

fn plan_price(directory: &Directory) -> i64 {
    let (authoriser, destination) = fill::call(1, fill::called(1));
    let request = LegRequest::new(&authoriser, &destination, LegCause::Dial, Timestamp::now());
    authorize_leg(&request, directory)
        .expect("Canada is open")
        .price_micros()
}

/// Calls that are looked up and decided while the snapshot changes.
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
                black_box(plan_price(&directory));
                slowest = slowest.max(began.elapsed());
            }
            slowest.as_secs_f64() * 1e3
        });
        Self { over, thread }
    }

    /// Gives the milliseconds of the slowest.
    fn end(self) -> f64 {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().expect("calls do not panic")
    }
}

const PRICE: u32 = 4_321;
