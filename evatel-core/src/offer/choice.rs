//! What a reseller makes of the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Item, Price, Resale};
use crate::{
    id::{ItemId, ResellerId},
    money::MoneyError,
    word::word_enum,
};

/// Which items a reseller sells and for how much. Without a choice an item is offered at the catalogue's price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResellerOffer {
    /// Whose.
    pub reseller: ResellerId,
    /// The items that the system lets him sell; all where it has not said.
    pub assigned: Option<BTreeSet<ItemId>>,
    /// What he has chosen.
    choices: BTreeMap<ItemId, Choice>,
}

/// A reseller's choice about one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// He sells it.
    pub is_offered: bool,
    /// For how much; the catalogue's price where he has not said.
    pub retail: Option<Price>,
}

word_enum! {
    /// A part of a price.
    Component ("part of a price") {
        /// Minutes that cost nothing more.
        Included = "included",
        /// Each month.
        Monthly = "monthly",
        /// Once.
        OneOff = "one-off",
        /// Each minute to one class of number.
        PerMinute = "per-minute",
    }
}

/// Why a choice is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Below the catalogue's price, which this item does not allow.
    #[error("item `{item}` is sold for the catalogue's price or more: its {component} price is below it")]
    Below {
        /// The item.
        item: ItemId,
        /// Which part.
        component: Component,
    },
    /// Another price than the catalogue's, which this item does not allow.
    #[error("item `{item}` is sold for the catalogue's price only")]
    Fixed {
        /// The item.
        item: ItemId,
    },
    /// Another currency than the catalogue's.
    #[error("item `{item}` has its price in another currency")]
    Money {
        /// The item.
        item: ItemId,
        /// Which.
        source: MoneyError,
    },
    /// The system does not let this reseller sell it.
    #[error("there is no item `{item}`")]
    NotAssigned {
        /// The item.
        item: ItemId,
    },
}

impl ResellerOffer {
    /// Begins with everything at the catalogue's price.
    pub fn new(reseller: ResellerId) -> Self {
        Self {
            reseller,
            assigned: None,
            choices: BTreeMap::new(),
        }
    }

    /// Puts choices together as they were kept.
    pub fn with_choices(mut self, choices: impl IntoIterator<Item = (ItemId, Choice)>) -> Self {
        self.choices.extend(choices);
        self
    }

    /// Gives the choice about an item, where there is one.
    pub fn choice(&self, item: &ItemId) -> Option<&Choice> {
        self.choices.get(item)
    }

    /// Chooses about one item.
    ///
    /// # Errors
    /// [`ChoiceError`]: the item itself is out of a reseller's reach.
    pub fn choose(&self, item: &Item, choice: Choice) -> Result<Self, ChoiceError> {
        if !self.is_assigned(&item.id) {
            return Err(ChoiceError::NotAssigned {
                item: item.id.clone(),
            });
        }
        if let Some(retail) = &choice.retail {
            let below = first_below(retail, &item.price).map_err(|source| ChoiceError::Money {
                item: item.id.clone(),
                source,
            })?;
            match (item.resale, below) {
                (Resale::AtLeastList, Some(component)) => {
                    return Err(ChoiceError::Below {
                        item: item.id.clone(),
                        component,
                    });
                }
                (Resale::Fixed, _) if *retail != item.price => {
                    return Err(ChoiceError::Fixed {
                        item: item.id.clone(),
                    });
                }
                _ => {}
            }
        }
        let mut next = self.clone();
        next.choices.insert(item.id.clone(), choice);
        Ok(next)
    }

    /// Gives what a customer of this reseller pays for an item, or nothing where it is not sold to him.
    ///
    /// A retail price from before the catalogue went up is lifted to it, part by part, where the item asks for that.
    pub fn price(&self, item: &Item) -> Option<Price> {
        if item.is_retired || !self.is_assigned(&item.id) {
            return None;
        }
        let Some(choice) = self.choices.get(&item.id) else {
            return Some(item.price.clone());
        };
        if !choice.is_offered {
            return None;
        }
        Some(match (&choice.retail, item.resale) {
            (None, _) | (Some(_), Resale::Fixed) => item.price.clone(),
            (Some(retail), Resale::Free) => retail.clone(),
            (Some(retail), Resale::AtLeastList) => lifted(retail, &item.price),
        })
    }

    fn is_assigned(&self, item: &ItemId) -> bool {
        self.assigned
            .as_ref()
            .is_none_or(|assigned| assigned.contains(item))
    }
}

/// Finds the first part of a price that is less than the catalogue's.
fn first_below(retail: &Price, list: &Price) -> Result<Option<Component>, MoneyError> {
    if retail.one_off().is_below(list.one_off())? {
        return Ok(Some(Component::OneOff));
    }
    if retail.monthly().is_below(list.monthly())? {
        return Ok(Some(Component::Monthly));
    }
    for (class, minute) in list.per_minute() {
        match retail.per_minute().get(class) {
            Some(asked) if !asked.is_below(*minute)? => {}
            _ => return Ok(Some(Component::PerMinute)),
        }
    }
    let (given, listed) = (retail.included(), list.included());
    // More minutes for the same money are a lower price.
    if given.minutes > listed.minutes || !given.classes.is_subset(&listed.classes) {
        return Ok(Some(Component::Included));
    }
    Ok(None)
}

/// Takes of each part whichever is more.
fn lifted(retail: &Price, list: &Price) -> Price {
    if matches!(first_below(retail, list), Ok(None)) {
        return retail.clone();
    }
    let more = |one: crate::money::Money, other| match one.is_below(other) {
        Ok(false) => one,
        _ => other,
    };
    let mut minutes = retail.per_minute().clone();
    for (class, minute) in list.per_minute() {
        let asked = minutes.get(class).copied().unwrap_or(*minute);
        minutes.insert(*class, more(asked, *minute));
    }
    let (given, listed) = (retail.included(), list.included());
    let is_fewer = given.minutes <= listed.minutes && given.classes.is_subset(&listed.classes);
    let included = if is_fewer { given } else { listed };
    Price::new(
        more(retail.one_off(), list.one_off()),
        more(retail.monthly(), list.monthly()),
        minutes,
        included.clone(),
    )
    .unwrap_or_else(|_| list.clone())
}
