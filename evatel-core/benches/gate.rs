//! What a decision costs, beside the least that it could cost: one hash lookup and one prefix lookup.
//!
//! `cargo bench -p evatel-core --bench gate`, with `-- --part N` for the Nth part of all rows. Random prefixes of 3 to 10
//! digits, as a carrier's price list has them. Each figure is the median of [`ROUNDS`] rounds over the same [`QUERIES`]
//! numbers; rounds of what is compared take turns, so that both meet the same load of the machine.

use std::{collections::HashMap, hint::black_box, time::Instant};

use evatel_core::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User,
        UserNo,
    },
    calls::LegCause,
    device::Device,
    did::{Did, DidTarget},
    directory::{Directory, Records},
    id::UserId,
    jiff::Timestamp,
    number::{Dialled, E164},
    policy::{Authoriser, Destination, LegRequest, authorize_leg},
    prefix::{Prefix, PrefixMap},
    restriction::{Effect, Restriction, RestrictionOwner},
    route::{ClassSet, RouteRule},
    trunk::Trunk,
};

/// How many rows there are.
#[derive(Clone, Copy)]
struct Size {
    dids: usize,
    prefixes: usize,
    users: usize,
}

const FULL: Size = Size {
    dids: 1_000_000,
    prefixes: 1_000_000,
    users: 100_000,
};
const QUERIES: usize = 200_000;
const ROUNDS: usize = 11;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let part = arguments.iter().position(|argument| argument == "--part");
    let part = part.and_then(|at| arguments.get(at + 1)?.parse().ok());
    let part = part.map_or(1, |part: usize| part.clamp(1, FULL.users / 10));
    let size = Size {
        dids: FULL.dids / part,
        prefixes: FULL.prefixes / part,
        users: FULL.users / part,
    };
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let prefixes: Vec<String> = (0..size.prefixes).map(|_| random.digits(3, 10)).collect();
    let numbers: Vec<E164> = (0..QUERIES)
        .map(|_| {
            format!("+1{}", random.north_american())
                .parse()
                .expect("ten digits")
        })
        .collect();
    let queries: Vec<String> = (0..QUERIES).map(|_| random.digits(12, 12)).collect();

    let bare = BareTrie::new(&prefixes);
    let began = Instant::now();
    let ours = PrefixMap::new(
        prefixes
            .iter()
            .zip(0_u32..)
            .map(|(prefix, value)| (parsed(prefix), value)),
    );
    println!(
        "PrefixMap of {} prefixes: {:?}, {} MiB",
        ours.len(),
        began.elapsed(),
        ours.bytes() >> 20
    );
    println!(
        "bare trie: {} MiB",
        (bare.nodes.capacity() * size_of::<[u32; 11]>()) >> 20
    );
    let [bare_ns, ours_ns] = medians(
        &queries,
        |digits| black_box(bare.longest(digits)).is_some(),
        |digits| black_box(ours.longest(digits)).is_some(),
    );
    for digits in &queries {
        // The later of two equal prefixes holds in both.
        assert_eq!(ours.longest(digits).copied(), bare.longest(digits));
    }
    println!("longest prefix: bare trie {bare_ns} ns, PrefixMap {ours_ns} ns");

    let directory = directory(&prefixes, size, &mut random);
    let users: Vec<UserId> = (0..size.users).map(|at| id(&format!("usr-{at}"))).collect();
    let by_id: HashMap<UserId, User> = (0..size.users).map(|at| (users[at].clone(), user(at))).collect();
    let asked: Vec<(Authoriser, Destination, E164)> = numbers
        .iter()
        .map(|number| {
            let at = random.below(size.users);
            let user = users[at].clone();
            let device = id(&format!("dev-{at}"));
            let destination = Destination::Dialled(Dialled::Number(number.clone()));
            (Authoriser::Device { device, user }, destination, number.clone())
        })
        .collect();
    let at: Timestamp = "2026-11-26T17:00:00Z".parse().expect("a time");
    let mut allowed = 0;
    let [floor_ns, gate_ns] = medians(
        &asked,
        |(authoriser, _, number)| {
            let user = authoriser.user().and_then(|user| by_id.get(user));
            black_box(user).is_some() && black_box(ours.longest(number.digits())).is_some()
        },
        |(authoriser, destination, _)| {
            let request = LegRequest::new(authoriser, destination, LegCause::Dial, at);
            let decided = black_box(authorize_leg(&request, &directory)).is_ok();
            allowed += usize::from(decided);
            decided
        },
    );
    println!(
        "authorize_leg to its plan: {gate_ns} ns ({}% allowed); hash and prefix lookup: {floor_ns} ns; {:.2} times",
        allowed * 100 / (QUERIES * ROUNDS),
        gate_ns as f64 / floor_ns as f64
    );
}

fn directory(prefixes: &[String], size: Size, random: &mut Random) -> Directory {
    let restriction = |at: usize, owner, matches: &str, effect| Restriction {
        id: id(&format!("rst-{at}")),
        name: name("rule"),
        set_by: RestrictionOwner::level(&owner),
        owner,
        matches: matches.parse().expect("numbers"),
        effect,
        hours: None,
        trunk: None,
    };
    let system = ["class:premium", "class:satellite", "class:unknown", "country:CU"];
    let of_system = system
        .iter()
        .zip(0..)
        .map(|(matches, at)| restriction(at, RestrictionOwner::System, matches, Effect::Deny));
    let of_accounts = (0..size.users / 10).map(|at| {
        let owner = RestrictionOwner::Account(id(&format!("acc-{at}")));
        restriction(1_000 + at, owner, "prefix:1900", Effect::Deny)
    });
    let routes = prefixes.iter().zip(0..).map(|(prefix, at)| RouteRule {
        id: id(&format!("rte-{at}")),
        trunk: id("trk-1"),
        matches: format!("prefix:{prefix}").parse().expect("a prefix"),
        classes: ClassSet::ordinary(),
        priority: 1,
        weight: 1,
        price_micros: Some(random.below(100_000) as i64),
    });
    let anywhere = ["class:canada", "class:us48"]
        .iter()
        .zip(0..)
        .map(|(matches, at)| RouteRule {
            id: id(&format!("rte-any-{at}")),
            trunk: id("trk-2"),
            matches: matches.parse().expect("a class"),
            classes: ClassSet::ordinary(),
            priority: 9,
            weight: 1,
            price_micros: None,
        });
    let records = Records {
        resellers: vec![Reseller {
            id: id("rsl-1"),
            name: name("Reseller"),
            billing: BillingMode::Delegated,
            status: ResellerStatus::Active,
            is_default: true,
        }],
        accounts: (0..size.users / 10).map(account).collect(),
        users: (0..size.users).map(user).collect(),
        devices: (0..size.users)
            .map(|at| Device {
                id: id(&format!("dev-{at}")),
                user: id(&format!("usr-{at}")),
                name: name("Bureau"),
            })
            .collect(),
        dids: (0..size.dids).map(|at| did(at, size.users)).collect(),
        trunks: (1..=2)
            .map(|at| Trunk {
                id: id(&format!("trk-{at}")),
                name: name("Carrier"),
                peer: format!("192.0.2.{at}").parse().expect("an address"),
                format: "e164".parse().expect("a format"),
            })
            .collect(),
        restrictions: of_system.chain(of_accounts).collect(),
        routes: routes.chain(anywhere).collect(),
        ..Records::default()
    };
    Directory::new(records, 1).expect("every row points to one that is there")
}

fn account(at: usize) -> Account {
    Account {
        id: id(&format!("acc-{at}")),
        reseller: id("rsl-1"),
        name: name("Company"),
        kind: AccountKind::Company,
        status: AccountStatus::Active,
        language: Language::Fr,
        zone: id("America/Toronto"),
        records_calls: false,
        is_default: at == 0,
    }
}

fn user(at: usize) -> User {
    User {
        id: id(&format!("usr-{at}")),
        account: id(&format!("acc-{}", at / 10)),
        name: name("Luc Roy"),
        extension: (1_000 + at % 10).to_string().parse().expect("an extension"),
        number: UserNo::FIRST,
        roles: Roles::NONE,
        language: None,
        zone: None,
        has_pin: true,
    }
}

fn did(at: usize, users: usize) -> Did {
    let of = at % users;
    let user = id(&format!("usr-{of}"));
    Did {
        id: id(&format!("did-{at}")),
        number: format!("+1514{}", 2_000_000 + at).parse().expect("ten digits"),
        trunk: id("trk-2"),
        account: id(&format!("acc-{}", of / 10)),
        target: DidTarget::SmartNumber { user },
    }
}

/// Gives the medians of the mean nanoseconds a query, over rounds in which two take turns.
fn medians<T>(
    queries: &[T],
    mut one: impl FnMut(&T) -> bool,
    mut other: impl FnMut(&T) -> bool,
) -> [u128; 2] {
    let rounds = [(); ROUNDS].map(|()| [mean(queries, &mut one), mean(queries, &mut other)]);
    [0, 1].map(|which| {
        let mut rounds = rounds.map(|round| round[which]);
        rounds.sort_unstable();
        rounds[ROUNDS / 2]
    })
}

fn mean<T>(queries: &[T], mut ask: impl FnMut(&T) -> bool) -> u128 {
    let began = Instant::now();
    let found = queries.iter().filter(|query| ask(query)).count();
    black_box(found);
    began.elapsed().as_nanos() / queries.len() as u128
}

/// The least that anybody would write: ten children and a value a node.
struct BareTrie {
    nodes: Vec<[u32; 11]>,
}

impl BareTrie {
    fn new(prefixes: &[String]) -> Self {
        let mut nodes = vec![[0; 11]];
        for (prefix, value) in prefixes.iter().zip(1..) {
            let mut at = 0;
            for digit in prefix.bytes() {
                let slot = usize::from(digit - b'0');
                if nodes[at][slot] == 0 {
                    nodes[at][slot] = nodes.len() as u32;
                    nodes.push([0; 11]);
                }
                at = nodes[at][slot] as usize;
            }
            nodes[at][10] = value;
        }
        Self { nodes }
    }

    fn longest(&self, digits: &str) -> Option<u32> {
        let (mut at, mut best) = (0, 0);
        for digit in digits.bytes() {
            at = self.nodes[at][usize::from(digit - b'0')] as usize;
            if at == 0 {
                break;
            }
            if self.nodes[at][10] != 0 {
                best = self.nodes[at][10];
            }
        }
        (best != 0).then(|| best - 1)
    }
}

/// Xorshift: the same numbers in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn digits(&mut self, shortest: usize, longest: usize) -> String {
        let length = shortest + self.below(longest - shortest + 1);
        let first = char::from(b'1' + self.below(9) as u8);
        std::iter::once(first)
            .chain((1..length).map(|_| char::from(b'0' + self.below(10) as u8)))
            .collect()
    }

    fn north_american(&mut self) -> String {
        let areas = [
            "514", "438", "416", "604", "212", "310", "819", "403", "902", "613",
        ];
        let exchange = 200 + self.below(700);
        format!(
            "{}{exchange}{:04}",
            areas[self.below(areas.len())],
            self.below(10_000)
        )
    }
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn name(text: &str) -> evatel_core::name::Name {
    text.parse().expect("a name")
}

fn parsed(prefix: &str) -> Prefix {
    prefix.parse().expect("a prefix")
}
