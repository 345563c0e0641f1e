//! Rows that stay at their places: who points to one of them keeps a number, and finds it without a search.

use std::sync::Arc;

use super::shards::{Keyed, Shards};

/// Where a row lies in [`Places`], for as long as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(u32);

/// Rows by their keys and by their places. A copy costs nothing; a change in one copies [`CHUNK`] rows.
#[derive(Debug, Clone)]
pub(super) struct Places<R: Keyed> {
    by_key: Shards<Placed<R::Key>>,
    chunks: Arc<Vec<Chunk<R>>>,
    /// Places whose rows are gone.
    free: Arc<Vec<Place>>,
}

type Chunk<R> = Arc<[Option<R>; CHUNK]>;

/// Few enough to be copied at once, and enough that the list of chunks is short.
const CHUNK: usize = 32;

/// The place of a key.
#[derive(Debug, Clone)]
struct Placed<K> {
    key: K,
    place: Place,
}

impl<K: Eq + std::hash::Hash + Clone> Keyed for Placed<K> {
    type Key = K;
    fn key(&self) -> &K {
        &self.key
    }
}

impl<R: Keyed> Default for Places<R> {
    fn default() -> Self {
        Self::for_rows(0)
    }
}

impl<R: Keyed> Places<R> {
    /// Makes room for so many rows; more will do.
    pub(super) fn for_rows(rows: usize) -> Self {
        Self {
            by_key: Shards::for_rows(rows),
            chunks: Arc::default(),
            free: Arc::default(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &R> {
        self.chunks.iter().flat_map(|chunk| chunk.iter().flatten())
    }

    /// Finds the place of a row.
    pub(super) fn place(&self, key: &R::Key) -> Option<Place> {
        self.by_key.get(key).map(|placed| placed.place)
    }

    /// Borrows the row of a place; none where it has gone.
    pub(super) fn at(&self, place: Place) -> Option<&R> {
        let (chunk, within) = place.parts();
        self.chunks.get(chunk)?[within].as_ref()
    }

    pub(super) fn get(&self, key: &R::Key) -> Option<&R> {
        self.at(self.place(key)?)
    }

    /// Borrows a row to change it, but for its key.
    pub(super) fn get_mut(&mut self, key: &R::Key) -> Option<&mut R> {
        let place = self.place(key)?;
        self.slot_mut(place).as_mut()
    }

    /// Puts a row in; it takes the place of the one that was there under its key.
    pub(super) fn put(&mut self, row: R) {
        let place = self.place(row.key()).unwrap_or_else(|| {
            let place = self.free_place();
            let key = row.key().clone();
            self.by_key.put(Placed { key, place });
            place
        });
        *self.slot_mut(place) = Some(row);
    }

    pub(super) fn remove(&mut self, key: &R::Key) -> Option<R> {
        let place = self.by_key.remove(key)?.place;
        Arc::make_mut(&mut self.free).push(place);
        self.slot_mut(place).take()
    }

    fn free_place(&mut self) -> Place {
        if self.free.is_empty() {
            let end = (self.chunks.len() + 1) * CHUNK;
            let end = u32::try_from(end).expect("fewer than 2^32 rows fit in memory");
            let places = (end - CHUNK as u32..end).map(Place).rev();
            Arc::make_mut(&mut self.free).extend(places);
            let chunk = Arc::new(std::array::from_fn(|_| None));
            Arc::make_mut(&mut self.chunks).push(chunk);
        }
        let free = Arc::make_mut(&mut self.free).pop();
        free.expect("a chunk was added")
    }

    fn slot_mut(&mut self, place: Place) -> &mut Option<R> {
        let (chunk, within) = place.parts();
        &mut Arc::make_mut(&mut Arc::make_mut(&mut self.chunks)[chunk])[within]
    }
}

impl Place {
    /// Gives the chunk and the place within it.
    fn parts(self) -> (usize, usize) {
        let at = self.0 as usize;
        (at / CHUNK, at % CHUNK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_place_while_it_changes_and_gives_it_away_when_it_goes() {
        let mut old: Places<(u32, u32)> = Places::default();
        for at in 0..100 {
            old.put((at, 0));
        }
        let place = old.place(&7).unwrap();
        let mut new = old.clone();
        new.put((7, 1));
        new.get_mut(&8).unwrap().1 = 2;
        assert_eq!((new.place(&7), new.at(place)), (Some(place), Some(&(7, 1))));
        assert_eq!(new.get(&8), Some(&(8, 2)));
        assert_eq!(new.remove(&7), Some((7, 1)));
        assert_eq!((new.at(place), new.place(&7)), (None, None));
        new.put((1_000, 3));
        assert_eq!(new.place(&1_000), Some(place));
        assert_eq!(new.iter().count(), 100);
        // Whoever still looks at the one of before sees nothing of it.
        assert_eq!((old.at(place), old.get(&8)), (Some(&(7, 0)), Some(&(8, 0))));
        assert_eq!(old.iter().map(|row| row.1).sum::<u32>(), 0);
    }

    #[test]
    fn a_change_leaves_the_other_chunks_shared() {
        let mut old: Places<(u32, u32)> = Places::for_rows(1_000);
        for at in 0..1_000 {
            old.put((at, 0));
        }
        let mut new = old.clone();
        new.put((500, 1));
        let chunks = old.chunks.iter().zip(new.chunks.iter());
        assert_eq!(chunks.filter(|(old, new)| !Arc::ptr_eq(old, new)).count(), 1);
    }
}
