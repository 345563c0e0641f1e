//! The trunks that routes lead to, each at a place of its own.

use std::collections::BTreeMap;

use super::{
    RouteRule,
    way::{TrunkSlot, Way},
};
use crate::id::TrunkId;

/// The trunks that routes lead to, with how many lead to each. A trunk keeps its place as long as one route does.
#[derive(Debug, Clone, Default)]
pub(super) struct Trunks {
    slots: Vec<Option<TrunkId>>,
    by_id: BTreeMap<TrunkId, (TrunkSlot, usize)>,
}

impl Trunks {
    /// Gives how many there are.
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Lists them by place.
    pub(super) fn slots(&self) -> &[Option<TrunkId>] {
        &self.slots
    }

    /// Finds the place of a trunk that a route leads to.
    pub(super) fn slot(&self, id: &TrunkId) -> Option<TrunkSlot> {
        self.by_id.get(id).map(|(slot, _)| *slot)
    }

    /// Makes the way of a route whose trunk was counted in.
    pub(super) fn way(&self, rule: &RouteRule) -> Way {
        let slot = self.slot(&rule.trunk).expect("it was counted in");
        Way::new(rule, slot)
    }

    /// Counts a route in.
    pub(super) fn count_in(&mut self, id: &TrunkId) {
        if let Some((_, count)) = self.by_id.get_mut(id) {
            *count += 1;
            return;
        }
        let free = self.slots.iter().position(Option::is_none);
        let at = free.unwrap_or(self.slots.len());
        if free.is_none() {
            self.slots.push(None);
        }
        self.slots[at] = Some(id.clone());
        let slot = TrunkSlot(u32::try_from(at).expect("fewer than 2^32 trunks fit in memory"));
        self.by_id.insert(id.clone(), (slot, 1));
    }

    /// Counts a route out.
    pub(super) fn count_out(&mut self, id: &TrunkId) {
        if let Some((slot, count)) = self.by_id.get_mut(id) {
            *count -= 1;
            if *count == 0 {
                self.slots[slot.index()] = None;
                self.by_id.remove(id);
            }
        }
    }
}
