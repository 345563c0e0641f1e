//! A hash table in many small parts, each shared by all copies until one of them changes it.

use std::{
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table::Entry};

/// What is kept by a key of its own.
pub(super) trait Keyed: Clone {
    type Key: Clone + Eq + Hash;
    fn key(&self) -> &Self::Key;
}

/// Rows by their keys. A copy costs nothing; a change in one copies one part, at most about [`FULL`] rows.
///
/// The hash is seeded anew for each table and fast rather than strong: only rows of the store are kept here, whose keys
/// we make or an operator enters, and a number that somebody outside calls is looked up, never kept.
#[derive(Debug, Clone)]
pub(super) struct Shards<R> {
    hasher: RandomState,
    len: usize,
    /// A power of two of them.
    parts: Arc<[Arc<HashTable<R>>]>,
}

impl<R> Default for Shards<R> {
    fn default() -> Self {
        Self::for_rows(0)
    }
}

impl<R> Shards<R> {
    /// Makes room for so many rows; more will do.
    pub(super) fn for_rows(rows: usize) -> Self {
        let parts = (rows / USUAL).next_power_of_two();
        Self {
            hasher: RandomState::default(),
            len: 0,
            parts: (0..parts).map(|_| Arc::new(HashTable::new())).collect(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &R> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// Says in which part a hash lies. Within the part its lowest and highest bits count, so these lie between.
    fn part_of(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.parts.len() - 1)
    }
}

impl<R: Keyed> Shards<R> {
    pub(super) fn get(&self, key: &R::Key) -> Option<&R> {
        if self.len == 0 {
            return None;
        }
        let hash = self.hasher.hash_one(key);
        self.parts[self.part_of(hash)].find(hash, |row| row.key() == key)
    }

    /// Borrows a row to change it, but for its key.
    pub(super) fn get_mut(&mut self, key: &R::Key) -> Option<&mut R> {
        let hash = self.hasher.hash_one(key);
        self.part_mut(hash).find_mut(hash, |row| row.key() == key)
    }

    /// Puts a row in; gives the one that was there under its key.
    pub(super) fn put(&mut self, row: R) -> Option<R> {
        if self.len >= self.parts.len() * FULL {
            *self = self.spread();
        }
        let hasher = self.hasher.clone();
        let hash = hasher.hash_one(row.key());
        let part = self.part_mut(hash);
        let same = |known: &R| known.key() == row.key();
        match part.entry(hash, same, |known| hasher.hash_one(known.key())) {
            Entry::Occupied(mut known) => Some(std::mem::replace(known.get_mut(), row)),
            Entry::Vacant(place) => {
                place.insert(row);
                self.len += 1;
                None
            }
        }
    }

    pub(super) fn remove(&mut self, key: &R::Key) -> Option<R> {
        let hash = self.hasher.hash_one(key);
        let found = self.part_mut(hash).find_entry(hash, |row| row.key() == key);
        let (row, _) = found.ok()?.remove();
        self.len -= 1;
        Some(row)
    }

    fn part_mut(&mut self, hash: u64) -> &mut HashTable<R> {
        let at = self.part_of(hash);
        Arc::make_mut(&mut Arc::make_mut(&mut self.parts)[at])
    }

    fn spread(&self) -> Self {
        let mut wider = Self::for_rows(self.len * 4);
        for row in self.iter() {
            wider.put(row.clone());
        }
        wider
    }
}

/// Rows of a part when it is made for as many as there are: few enough to be copied within a fraction of a millisecond,
/// and enough that the list of parts is short.
const USUAL: usize = 512;
/// Rows of a part from which there are to be more parts.
const FULL: usize = 4 * USUAL;

#[cfg(test)]
mod tests {
    use super::*;

    impl Keyed for (u32, u32) {
        type Key = u32;
        fn key(&self) -> &u32 {
            &self.0
        }
    }

    #[test]
    fn a_copy_changes_alone_however_far_it_grows() {
        let mut old = Shards::default();
        for at in 0..100 {
            assert_eq!(old.put((at, 0)), None);
        }
        let mut new = old.clone();
        for at in 50..20_000 {
            assert_eq!(new.put((at, 1)), (at < 100).then_some((at, 0)));
        }
        new.get_mut(&3).unwrap().1 = 2;
        assert_eq!(new.remove(&4), Some((4, 0)));
        assert_eq!(new.remove(&4), None);
        assert_eq!(old.iter().map(|row| row.1).sum::<u32>(), 0);
        assert_eq!((old.len, old.get(&4)), (100, Some(&(4, 0))));
        assert_eq!((new.len, new.get(&4)), (19_999, None));
        assert_eq!(new.iter().map(|row| row.1).sum::<u32>(), 2 + 19_950);
        assert!(new.parts.iter().all(|part| part.len() < 2 * FULL));
    }

    #[test]
    fn a_change_leaves_the_other_parts_shared() {
        let mut old = Shards::for_rows(10_000);
        for at in 0..10_000 {
            old.put((at, 0));
        }
        let mut new = old.clone();
        new.put((7, 1));
        let own = old
            .parts
            .iter()
            .zip(new.parts.iter())
            .filter(|(old, new)| !Arc::ptr_eq(old, new));
        assert_eq!(own.count(), 1);
    }
}
