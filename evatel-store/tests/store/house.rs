//! A store of its own for each test.

use evatel_core::{
    account::{Account, Language, User},
    id::TrunkId,
};
use evatel_store::{FirstRows, NewTrunk, Store};
use tempfile::TempDir;

/// A new store in a folder that goes away with it, with its first rows.
pub(crate) struct House {
    pub(crate) account: Account,
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) user: User,
}

impl House {
    pub(crate) async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&url(&folder)).await.unwrap();
        let (_, account, user) = store.begin(first_rows()).await.unwrap();
        Self {
            account,
            folder,
            store,
            user,
        }
    }

    pub(crate) async fn trunk(&self) -> TrunkId {
        let new = NewTrunk {
            format: "national10".parse().unwrap(),
            name: "Carrier".parse().unwrap(),
            peer: "192.0.2.10:5070".parse().unwrap(),
        };
        self.store.add_trunk(new).await.unwrap().id
    }
}

pub(crate) fn url(folder: &TempDir) -> String {
    format!("sqlite://{}/evatel.db", folder.path().display())
}

pub(crate) fn first_rows() -> FirstRows {
    FirstRows {
        reseller: "Evatel".parse().unwrap(),
        professional: "Luc Roy".parse().unwrap(),
        language: Language::Fr,
        extension: "101".parse().unwrap(),
    }
}
