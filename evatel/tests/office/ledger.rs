//! What a leg asks of the ledger of its store.

use std::{num::NonZeroU32, sync::Arc, time::Instant};

use evatel::office::StoreOffice;
use evatel_core::{
    account::Language,
    audit::Origin,
    calls::LegCause,
    did::DidTarget,
    directory::Directory,
    itsp::{CapKind, Caps},
    limit::{LimitKind, LimitOwner},
    number::Dialled,
    permission::Actor,
    policy::{Authoriser, Destination, Ledger, LegPermit, LegRequest, Refusal, Rule, authorize_leg},
};
use evatel_store::{
    Acting, Arrival, FirstRows, LimitsChange, NewNumber, NewTrunk, Store, Target, TrunkContract,
};
use jiff::Timestamp;
use tempfile::TempDir;

struct House {
    authoriser: Authoriser,
    directory: Directory,
    office: Arc<StoreOffice>,
    _folder: TempDir,
}

impl House {
    /// A house with one trunk, as `limit` leaves it.
    async fn build(limit: impl AsyncFnOnce(&Acting)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("evatel.db").display());
        let store = Store::create(&url).await.unwrap();
        let first = FirstRows {
            reseller: "Evatel".parse().unwrap(),
            professional: "Luc Roy".parse().unwrap(),
            language: Language::Fr,
            extension: "101".parse().unwrap(),
            zone: "America/Toronto".parse().unwrap(),
        };
        let (reseller, _, user) = store.begin(first).await.unwrap();
        let root = store.acting_as(Actor::system("root".parse().unwrap()), Origin::CommandLine);
        let trunk = NewTrunk {
            format: "national10".parse().unwrap(),
            name: "Carrier".parse().unwrap(),
            peer: "192.0.2.10".parse().unwrap(),
        };
        let trunk = root.add_trunk(trunk).await.unwrap().id;
        let seller = root.enter(&Target::Reseller(reseller.id.clone())).await.unwrap();
        let number = NewNumber {
            number: "+15145550199".parse().unwrap(),
            trunk,
            arrival: Arrival::InService(DidTarget::SmartNumber {
                user: user.id.clone(),
            }),
        };
        seller.add_number(&reseller.id, number).await.unwrap();
        limit(&root).await;
        let directory = store.load_directory().await.unwrap();
        let (office, _writer) = StoreOffice::open(
            store.load_directory().await.unwrap(),
            store.ledger("node-1"),
            store,
        );
        Self {
            authoriser: Authoriser::Login { user: user.id },
            directory,
            office,
            _folder: folder,
        }
    }

    async fn reserve(&self) -> Result<LegPermit, Refusal> {
        let called = Destination::Dialled(Dialled::parse("5145550142").unwrap());
        let request = LegRequest::new(&self.authoriser, &called, LegCause::ClickToCall, Timestamp::now());
        let plan = authorize_leg(&request, &self.directory).unwrap();
        plan.reserve(self.office.as_ref(), Instant::now()).await
    }

    /// One leg has its place, another has none until the first one has ended.
    async fn has_one_place_and_refuses_by(&self, rule: impl Fn(&Rule) -> bool) {
        let one = self.reserve().await.unwrap();
        let refused = self.reserve().await.unwrap_err();
        assert!(rule(&refused.rule), "{refused}");
        self.office.release(one.reservation().unwrap()).await;
        // The place is given back in the background.
        let freed = async {
            while self.reserve().await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, freed).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leg_counts_towards_the_limits_on_toll() {
    let house = House::build(async |root: &Acting| {
        let change = LimitsChange {
            toll_legs: Some(Some(1)),
            ..LimitsChange::default()
        };
        root.change_limits(&LimitOwner::System, change).await.unwrap();
    })
    .await;
    let by_limit = |rule: &Rule| *rule == Rule::Limit(LimitKind::TollLegs, LimitOwner::System);
    house.has_one_place_and_refuses_by(by_limit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leg_counts_towards_what_its_trunk_may_carry() {
    let house = House::build(async |root: &Acting| {
        let contract = root.trunk_contracts().await.unwrap().remove(0);
        let contract = TrunkContract {
            caps: Caps {
                calls: NonZeroU32::new(1),
                calls_per_second: None,
            },
            ..contract
        };
        root.set_trunk_contract(contract).await.unwrap();
    })
    .await;
    let by_cap = |rule: &Rule| matches!(rule, Rule::TrunkFull(CapKind::Calls, _));
    house.has_one_place_and_refuses_by(by_cap).await;
}
