//! The catalogue: all items under one version, so that a quote can say which prices it was made with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Item, ItemKind, Price, Resale};
use crate::{id::ItemId, name::Name};

/// Counts the changes of the catalogue, from 0 for the empty one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CatalogueVersion(pub u32);

impl std::fmt::Display for CatalogueVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Everything that the system sells. Only the system's administrator changes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    version: CatalogueVersion,
    items: BTreeMap<ItemId, Item>,
}

/// A change of the catalogue. Nothing is ever deleted: subscriptions point to what they were sold as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueChange {
    /// Adds an item.
    Add {
        /// Its id, used by no other.
        id: ItemId,
        /// What sort of thing it is.
        kind: ItemKind,
        /// What customers read.
        name: Name,
        /// What it costs.
        price: Price,
        /// What a reseller may ask for it.
        resale: Resale,
    },
    /// Sells an item for another price from now on; who has it keeps the price that he confirmed.
    Reprice {
        /// The item.
        id: ItemId,
        /// What it costs now.
        price: Price,
    },
    /// Sells an item no more.
    Retire {
        /// The item.
        id: ItemId,
    },
}

/// Why the catalogue does not change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Another item has this id.
    #[error("the catalogue already has an item `{id}`")]
    Known {
        /// The id.
        id: ItemId,
    },
    /// No item has this id.
    #[error("the catalogue has no item `{id}`")]
    Missing {
        /// The id.
        id: ItemId,
    },
    /// It is not sold any more.
    #[error("item `{id}` is retired: add a new one")]
    Retired {
        /// The id.
        id: ItemId,
    },
}

impl Catalogue {
    /// Puts items under a version, as they were kept.
    pub fn new(version: CatalogueVersion, items: impl IntoIterator<Item = Item>) -> Self {
        let items = items.into_iter().map(|item| (item.id.clone(), item)).collect();
        Self { version, items }
    }

    /// Gives the version.
    pub fn version(&self) -> CatalogueVersion {
        self.version
    }

    /// Lists all items by id, the retired ones too.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    /// Finds an item.
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items.get(id)
    }

    /// Makes the next version with one change; this one stays as it is.
    ///
    /// # Errors
    /// [`CatalogueError`].
    pub fn with(&self, change: CatalogueChange) -> Result<Self, CatalogueError> {
        let mut next = self.clone();
        next.version = CatalogueVersion(self.version.0 + 1);
        let revised_in = next.version;
        match change {
            CatalogueChange::Add {
                id,
                kind,
                name,
                price,
                resale,
            } => {
                if self.items.contains_key(&id) {
                    return Err(CatalogueError::Known { id });
                }
                let item = Item {
                    id: id.clone(),
                    kind,
                    name,
                    price,
                    resale,
                    revised_in,
                    is_retired: false,
                };
                next.items.insert(id, item);
            }
            CatalogueChange::Reprice { id, price } => {
                let item = next.sold(&id)?;
                (item.price, item.revised_in) = (price, revised_in);
            }
            CatalogueChange::Retire { id } => {
                let item = next.sold(&id)?;
                (item.is_retired, item.revised_in) = (true, revised_in);
            }
        }
        Ok(next)
    }

    fn sold(&mut self, id: &ItemId) -> Result<&mut Item, CatalogueError> {
        match self.items.get_mut(id) {
            None => Err(CatalogueError::Missing { id: id.clone() }),
            Some(item) if item.is_retired => Err(CatalogueError::Retired { id: id.clone() }),
            Some(item) => Ok(item),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, Money};

    #[test]
    fn every_change_is_a_version_and_a_retired_item_stays_to_be_read() {
        let price = |micros| Price::each_month(Money::from_micros(micros, Currency::CAD)).unwrap();
        let id: ItemId = "plan-pro".parse().unwrap();
        let add = CatalogueChange::Add {
            id: id.clone(),
            kind: ItemKind::Plan,
            name: "Pro".parse().unwrap(),
            price: price(30_000_000),
            resale: Resale::AtLeastList,
        };
        let first = Catalogue::default().with(add.clone()).unwrap();
        assert_eq!(first.with(add), Err(CatalogueError::Known { id: id.clone() }));
        let second = first
            .with(CatalogueChange::Reprice {
                id: id.clone(),
                price: price(35_000_000),
            })
            .unwrap();
        let third = second.with(CatalogueChange::Retire { id: id.clone() }).unwrap();
        assert_eq!(
            (first.version().0, second.version().0, third.version().0),
            (1, 2, 3)
        );
        assert_eq!(first.item(&id).unwrap().price, price(30_000_000));
        assert!(third.item(&id).unwrap().is_retired);
        let late = third.with(CatalogueChange::Reprice {
            id: id.clone(),
            price: price(1),
        });
        assert_eq!(late, Err(CatalogueError::Retired { id }));
    }
}
