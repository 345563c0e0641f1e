//! How far what was heard is from what could have been said: a weighted edit distance over phones.

mod rows;

use self::rows::Rows;
use crate::lexicon::{Phone, PhoneSet};

/// The entry that what was heard is nearest to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Best<M> {
    /// What it means.
    pub meaning: M,
    /// Its distance: 0 is the same, 1 is nothing in common.
    pub distance: f32,
    /// How much farther the nearest entry of another meaning is.
    pub margin: f32,
}

/// Compares phones. It keeps its working memory, so that thousands of entries are compared without allocating.
#[derive(Debug)]
pub struct Matcher<'a> {
    phones: &'a PhoneSet,
    rows: Rows,
}

/// Sums of costs are off by no more than this.
const ROUNDED: f32 = 1e-3;

/// Where words are placed in what was heard, sounds before and after them (a breath, `euh`) cost this part of what they would inside.
const EDGE: f32 = 0.5;

/// Where whole entries are compared, such sounds cost as much as inside.
const INSIDE: f32 = 1.0;

impl<'a> Matcher<'a> {
    /// Makes a matcher with the costs of this model.
    #[must_use]
    pub fn new(phones: &'a PhoneSet) -> Self {
        Self {
            phones,
            rows: Rows::default(),
        }
    }

    /// The distance of what was heard to one entry, 0 to 1: the cheapest edit over the length of the longer of the two. With nothing heard or nothing meant it is 1.
    pub fn distance(&mut self, heard: &[Phone], meant: &[Phone]) -> f32 {
        self.distance_within(heard, meant, 1.0)
    }

    /// Whether what was heard is at most so far from one entry; it gives up as soon as it is not.
    pub fn is_within(&mut self, heard: &[Phone], meant: &[Phone], limit: f32) -> bool {
        self.distance_within(heard, meant, limit) <= limit
    }

    /// Finds the best entry and its margin. Of two with the same distance the first wins, with margin 0.
    pub fn best<'e, M: PartialEq + Clone>(
        &mut self,
        heard: &[Phone],
        entries: impl IntoIterator<Item = (&'e [Phone], M)>,
    ) -> Option<Best<M>> {
        let mut first: Option<(M, f32)> = None;
        let mut second = 1.0_f32;
        for (meant, meaning) in entries {
            let distance = self.distance_within(heard, meant, second);
            match &mut first {
                None => first = Some((meaning, distance)),
                Some((best, least)) if *best == meaning => *least = least.min(distance),
                Some((best, least)) if distance < *least => {
                    second = *least;
                    (*best, *least) = (meaning, distance);
                }
                Some(_) => second = second.min(distance),
            }
        }
        first.map(|(meaning, distance)| Best {
            meaning,
            distance,
            margin: (second - distance).max(0.0),
        })
    }

    /// What it costs that each beginning of what was heard is this entry, in phones, by its length; what costs more than `limit` is left out.
    pub fn costs(&mut self, heard: &[Phone], meant: &[Phone], limit: f32) -> Vec<(usize, f32)> {
        for &wanted in self.rows.begin(heard, meant, INSIDE, self.phones) {
            self.rows.push(wanted, self.phones);
            if self.rows.last().iter().all(|cost| *cost > limit) {
                return Vec::new();
            }
        }
        let costs = self.rows.last().iter().copied().enumerate().skip(1);
        costs.filter(|(_, cost)| *cost <= limit).collect()
    }

    /// Where each phone of an entry begins in what was heard, at the least cost: one place more than the entry has phones, the last where it
    /// ends. Sounds before and after the entry belong to none of it.
    #[must_use]
    pub fn places(&mut self, heard: &[Phone], meant: &[Phone]) -> Vec<usize> {
        self.fill(heard, meant, EDGE);
        let mut at = self.end_of(heard);
        let mut places = vec![at; meant.len() + 1];
        for (index, &wanted) in meant.iter().enumerate().rev() {
            // A sound too many inside is of the phone before it.
            while at > 0
                && self.rows.row(index + 1)[at - 1] + self.phones.insertion_cost(heard[at - 1])
                    <= self.rows.row(index + 1)[at]
            {
                at -= 1;
            }
            let is_omitted = at == 0
                || self.rows.row(index)[at] + self.phones.omission_cost(wanted)
                    <= self.rows.row(index + 1)[at];
            at -= usize::from(!is_omitted);
            places[index] = at;
        }
        places
    }

    /// Where the entry of the last row ends, where sounds after it cost less than inside.
    fn end_of(&self, heard: &[Phone]) -> usize {
        let (mut trailing, mut end) = (0.0, heard.len());
        let row = self.rows.last();
        let mut best = row[heard.len()];
        for (column, &phone) in heard.iter().enumerate().rev() {
            trailing += EDGE * self.phones.insertion_cost(phone);
            if row[column] + trailing < best {
                (best, end) = (row[column] + trailing, column);
            }
        }
        end
    }

    /// How far what was heard is from the beginning of one entry, 0 to 1: from that of its beginnings, short of the whole, to which it is
    /// nearest. Of an entry of one phone there is none.
    pub fn beginning(&mut self, heard: &[Phone], meant: &[Phone]) -> f32 {
        let short = &meant[..meant.len().saturating_sub(1)];
        self.fill(heard, short, INSIDE);
        let nearest = (1..=short.len()).map(|said| {
            let scale = heard.len().max(said) as f32;
            self.rows.row(said)[heard.len()] / scale
        });
        nearest.fold(1.0, f32::min)
    }

    /// What it costs to hear these phones where those were meant; sounds at the ends cost as much as inside.
    pub(crate) fn cost(&mut self, heard: &[Phone], meant: &[Phone]) -> f32 {
        self.fill(heard, meant, INSIDE);
        self.rows.cost()
    }

    /// Compares the whole entry; sounds before it cost this part of what they would inside.
    fn fill(&mut self, heard: &[Phone], meant: &[Phone], edge: f32) {
        for &wanted in self.rows.begin(heard, meant, edge, self.phones) {
            self.rows.push(wanted, self.phones);
        }
    }

    /// Gives up early, with 1, once the distance is certain to be more than `limit`.
    fn distance_within(&mut self, heard: &[Phone], meant: &[Phone], limit: f32) -> f32 {
        if heard.is_empty() || meant.is_empty() {
            return 1.0;
        }
        let scale = meant.len().max(heard.len()) as f32;
        let most = limit * scale + ROUNDED;
        if self.phones.least_cost(heard.len(), meant.len()) > most {
            return 1.0;
        }
        let to_come = self.rows.begin(heard, meant, INSIDE, self.phones);
        for (&wanted, left) in to_come.iter().zip((1..=to_come.len()).rev()) {
            if self.rows.least_in_all(left, self.phones) > most {
                return 1.0;
            }
            self.rows.push(wanted, self.phones);
        }
        (self.rows.cost() / scale).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::tests::model_folder;

    /// The phones of the model with costs of our own, so that training another one changes no test.
    fn set() -> PhoneSet {
        let tokens = std::fs::read_to_string(model_folder().join("tokens.txt")).unwrap();
        PhoneSet::parse(&tokens, "", "replace\ton\tan\t0.4\n").unwrap()
    }

    #[test]
    fn the_same_is_zero_and_nothing_heard_is_one() {
        let set = set();
        let marie = set.parse_tokens("m a R i");
        let mut matcher = Matcher::new(&set);
        assert_eq!(matcher.distance(&marie, &marie), 0.0);
        assert_eq!(matcher.distance(&[], &marie), 1.0);
        assert_eq!(matcher.distance(&set.parse_tokens("S S S S"), &marie), 1.0);
    }

    #[test]
    fn distances_are_those_that_the_card_of_the_model_was_measured_with() {
        let set = PhoneSet::load(&model_folder()).unwrap();
        let mut matcher = Matcher::new(&set);
        let rows = std::fs::read_to_string(model_folder().join("distances.tsv")).unwrap();
        let rows: Vec<_> = rows.lines().filter(|row| !row.starts_with('#')).collect();
        assert_eq!(rows.len(), 120);
        for row in rows {
            let mut fields = row.split('\t');
            let mut phones = || set.parse_tokens(fields.next().unwrap());
            let (heard, meant) = (phones(), phones());
            let wanted: f32 = fields.next().unwrap().parse().unwrap();
            let distance = matcher.distance(&heard, &meant);
            assert!((distance - wanted).abs() < 0.001, "{row}: {distance}");
        }
    }

    #[test]
    fn each_phone_of_an_entry_has_its_place_in_what_was_heard() {
        let set = set();
        let meant = set.parse_tokens("a p E l m a R i");
        let mut matcher = Matcher::new(&set);
        let mut places = |heard: &str| matcher.places(&set.parse_tokens(heard), &meant);
        assert_eq!(places("a p E l m a R i"), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        // A breath before and after belongs to none of it.
        assert_eq!(places("oe a p E l m a R i oe"), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        // What is left out takes no place, and what comes between is of what was said before it.
        assert_eq!(places("a p l m a R i"), [0, 1, 2, 2, 3, 4, 5, 6, 7]);
        assert_eq!(places("a p E l S m a R i"), [0, 1, 2, 3, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn what_was_half_said_is_near_the_beginning_of_its_entry_and_the_whole_is_none() {
        let set = set();
        let meant = set.parse_tokens("a p E l m a R i");
        let mut matcher = Matcher::new(&set);
        assert_eq!(matcher.beginning(&set.parse_tokens("a p E l"), &meant), 0.0);
        assert!(matcher.beginning(&meant, &meant) > 0.0);
        assert!(matcher.beginning(&set.parse_tokens("m a R i"), &meant) > 0.4);
        assert_eq!(
            matcher.beginning(&set.parse_tokens("a"), &set.parse_tokens("a")),
            1.0
        );
    }

    #[test]
    fn a_likely_confusion_is_nearer_than_an_unlikely_one() {
        let set = set();
        let mut matcher = Matcher::new(&set);
        let meant = set.parse_tokens("m on t R e");
        let near = matcher.distance(&set.parse_tokens("m an t R e"), &meant);
        let far = matcher.distance(&set.parse_tokens("m k t R e"), &meant);
        assert!(near < far, "{near} {far}");
    }

    #[test]
    fn the_best_entry_has_a_margin_to_the_next_meaning_and_none_to_a_namesake() {
        let set = set();
        let entries = [
            set.parse_tokens("m a R i"),
            set.parse_tokens("m a R k"),
            set.parse_tokens("p O l"),
        ];
        let heard = set.parse_tokens("m a R i");
        let mut matcher = Matcher::new(&set);
        let distinct = matcher
            .best(
                &heard,
                entries.iter().map(Vec::as_slice).zip(["marie", "marc", "paul"]),
            )
            .unwrap();
        assert_eq!(distinct.meaning, "marie");
        assert!(distinct.margin > 0.0 && distinct.margin < 0.5, "{distinct:?}");
        let twins = [&entries[0][..], &entries[0][..]].into_iter().zip([1, 2]);
        assert_eq!(matcher.best(&heard, twins).unwrap().margin, 0.0);
        let same_meaning = entries.iter().take(2).map(Vec::as_slice).zip([1, 1]);
        assert_eq!(
            matcher.best(&heard, same_meaning).unwrap(),
            Best {
                meaning: 1,
                distance: 0.0,
                margin: 1.0
            }
        );
    }

    /// Many pseudo-random pairs: each law of a distance that the matcher relies on.
    #[test]
    fn distances_stay_in_bounds_and_giving_up_early_never_changes_the_winner() {
        let set = set();
        let mut matcher = Matcher::new(&set);
        let mut state = 42_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        for _ in 0..300 {
            let mut word =
                || -> Vec<Phone> { (0..=random(9)).map(|_| Phone(1 + random(53) as u8)).collect() };
            let (heard, entries) = (word(), [word(), word(), word(), word()]);
            let distances: Vec<f32> = entries
                .iter()
                .map(|entry| matcher.distance(&heard, entry))
                .collect();
            assert!(
                distances.iter().all(|distance| (0.0..=1.0).contains(distance)),
                "{distances:?}"
            );
            let least = distances.iter().copied().fold(f32::MAX, f32::min);
            let best = matcher
                .best(&heard, entries.iter().map(Vec::as_slice).zip(0..))
                .unwrap();
            assert_eq!(best.distance, least, "{heard:?} {entries:?}");
            assert_eq!(matcher.distance(&heard, &heard), 0.0);
            for (entry, distance) in entries.iter().zip(distances) {
                for limit in [0.25, 0.5] {
                    assert_eq!(matcher.is_within(&heard, entry, limit), distance <= limit);
                }
            }
        }
    }

    #[test]
    fn what_was_compared_before_and_how_far_it_may_be_changes_no_distance() {
        let set = PhoneSet::load(&model_folder()).unwrap();
        let fresh = |heard: &[Phone], meant: &[Phone]| {
            let scale = heard.len().max(meant.len()) as f32;
            (Matcher::new(&set).cost(heard, meant) / scale).min(1.0)
        };
        let mut matcher = Matcher::new(&set);
        let mut state = 7_u32;
        let mut random = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % below
        };
        let order = set.parse_tokens("a p E l m a R i t R an b l E");
        for _ in 0..2000 {
            // Orders that begin alike, heard with some sounds lost.
            let mut meant = order[..4 + random(10)].to_vec();
            meant.extend((0..random(8)).map(|_| order[random(order.len())]));
            let mut heard = meant.clone();
            for _ in 0..random(4) {
                heard.remove(random(heard.len()));
            }
            if random(3) == 0 {
                heard.clone_from(&order);
            }
            let wanted = fresh(&heard, &meant);
            for limit in [0.1, 0.3, 1.0] {
                let is_within = matcher.is_within(&heard, &meant, limit);
                assert!(
                    is_within == (wanted <= limit) || (wanted - limit).abs() < 1e-5,
                    "{wanted} {limit} {heard:?} {meant:?}"
                );
            }
            let distance = matcher.distance(&heard, &meant);
            assert!(
                (distance - wanted).abs() < 1e-5,
                "{distance} {wanted} {heard:?} {meant:?}"
            );
        }
    }
}
