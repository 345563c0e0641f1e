//! What was heard, cut into the pieces that it was most likely made of.

use std::{collections::HashMap, sync::Arc};

use crate::{lexicon::Phone, matcher::Matcher};

/// A way of cutting what was heard into pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<P = usize> {
    /// The pieces, by their place among those that were offered.
    pub pieces: Vec<P>,
    /// What it costs, in phones: 0 where each sounds as it should.
    pub cost: f32,
}

/// What comes next in what is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage<'a> {
    /// This, once.
    Once(&'a [Phone]),
    /// One piece or more of this list.
    Some(usize),
}

/// Lists of pieces, with what each costs in one utterance: courses that have a list in common compare it once.
#[derive(Debug)]
pub struct Lists<'a> {
    heard: &'a [Phone],
    lists: Vec<Vec<&'a [Phone]>>,
    /// By list and place.
    costs: HashMap<(usize, usize), Arc<[Ends]>>,
}

/// A piece that ends so many phones further, and what it costs.
#[derive(Clone, Copy, Debug)]
struct Ends {
    piece: usize,
    length: usize,
    cost: f32,
}

/// A piece by its stage and, of a list, its place in it.
pub type Staged = (usize, usize);

/// How many readings are followed at a time.
const FOLLOWED: usize = 12;
/// What each piece costs by itself: of two readings that sound the same, the one of fewer pieces is the likelier.
pub const PIECE: f32 = 0.4;
/// How much of words around a list may be wrong, as much as of a command.
const WRONG_OF_WORDS: f32 = 0.3;
/// What a phone costs that belongs to no piece.
const STRANGE: f32 = 0.75;
/// The same before the first piece and after the last: a breath, "euh".
const STRANGE_AT_EDGE: f32 = 0.5;

/// Gives the likeliest readings, the cheapest first, each of other pieces; at most `most`. What is left over is cheaper at the edges.
pub fn read(matcher: &mut Matcher<'_>, heard: &[Phone], pieces: &[&[Phone]], most: usize) -> Vec<Reading> {
    let mut ends: Vec<Vec<Reading>> = vec![Vec::new(); heard.len() + 1];
    ends[0].push(Reading {
        pieces: Vec::new(),
        cost: 0.0,
    });
    for from in 0..heard.len() {
        let begun = std::mem::take(&mut ends[from]);
        if begun.is_empty() {
            continue;
        }
        for (index, piece) in pieces.iter().enumerate() {
            for Ends { length, cost, .. } in ends_of(matcher, &heard[from..], piece, index) {
                for before in &begun {
                    let cost = before.cost + cost + PIECE;
                    keep(&mut ends[from + length], &before.pieces, Some(index), cost);
                }
            }
        }
        for before in &begun {
            let at_edge = before.pieces.is_empty();
            let cost = before.cost + if at_edge { STRANGE_AT_EDGE } else { STRANGE };
            keep(&mut ends[from + 1], &before.pieces, None, cost);
        }
        // What follows the last piece is cheaper, too.
        let left = (heard.len() - from) as f32;
        for before in begun.iter().filter(|before| !before.pieces.is_empty()) {
            let cost = before.cost + left * STRANGE_AT_EDGE;
            keep(&mut ends[heard.len()], &before.pieces, None, cost);
        }
    }
    let mut last = ends.pop().unwrap_or_default();
    last.retain(|reading| !reading.pieces.is_empty());
    last.truncate(most);
    last
}

/// Where a piece may end that begins with what was heard, and what it costs.
fn ends_of(matcher: &mut Matcher<'_>, heard: &[Phone], phones: &[Phone], piece: usize) -> Vec<Ends> {
    let longest = (phones.len() * 3 / 2 + 1).min(heard.len());
    // A piece of which half is wrong is none.
    let costs = matcher.costs(&heard[..longest], phones, 0.5 * phones.len() as f32);
    let ends = costs
        .into_iter()
        .map(|(length, cost)| Ends { piece, length, cost });
    ends.collect()
}

/// Where words may end that are said as they stand: of more than two sounds, most must be right.
fn words_end(matcher: &mut Matcher<'_>, heard: &[Phone], words: &[Phone]) -> Vec<Ends> {
    let mut ends = ends_of(matcher, heard, words, 0);
    if words.len() > 2 {
        ends.retain(|end| end.cost <= WRONG_OF_WORDS * words.len() as f32);
    }
    ends
}

impl<'a> Lists<'a> {
    /// Takes the lists for what was heard.
    pub fn new(heard: &'a [Phone], lists: Vec<Vec<&'a [Phone]>>) -> Self {
        let costs = HashMap::new();
        Self { heard, lists, costs }
    }

    /// Gives the likeliest ways of going through a course from its first stage to its last, the cheapest first; at most `most`.
    pub fn follow(
        &mut self,
        matcher: &mut Matcher<'_>,
        course: &[Stage<'_>],
        most: usize,
    ) -> Vec<Reading<Staged>> {
        let heard = self.heard;
        // By place, then by the number of stages that have begun.
        let mut ends: Vec<Vec<Vec<Reading<Staged>>>> =
            vec![vec![Vec::new(); course.len() + 1]; heard.len() + 1];
        ends[0][0].push(Reading {
            pieces: Vec::new(),
            cost: 0.0,
        });
        for from in 0..heard.len() {
            for begun in 0..=course.len() {
                let ways = std::mem::take(&mut ends[from][begun]);
                if ways.is_empty() {
                    continue;
                }
                // The next stage, or one piece more of this one.
                let more = begun
                    .checked_sub(1)
                    .filter(|at| matches!(course[*at], Stage::Some(_)));
                for at in more.into_iter().chain((begun < course.len()).then_some(begun)) {
                    let reached: Arc<[Ends]> = match course[at] {
                        Stage::Once(phones) => words_end(matcher, &heard[from..], phones).into(),
                        Stage::Some(list) => self.ends(list, from, matcher),
                    };
                    for Ends { piece, length, cost } in reached.iter() {
                        for before in &ways {
                            let cost = before.cost + cost + PIECE;
                            keep(
                                &mut ends[from + length][at + 1],
                                &before.pieces,
                                Some((at, *piece)),
                                cost,
                            );
                        }
                    }
                }
                let strange = if begun == 0 { STRANGE_AT_EDGE } else { STRANGE };
                let left = (heard.len() - from) as f32;
                for before in &ways {
                    keep(
                        &mut ends[from + 1][begun],
                        &before.pieces,
                        None,
                        before.cost + strange,
                    );
                    // What follows the last piece is cheaper, too.
                    if begun == course.len() {
                        let cost = before.cost + left * STRANGE_AT_EDGE;
                        keep(&mut ends[heard.len()][begun], &before.pieces, None, cost);
                    }
                }
            }
        }
        let mut last = ends.pop().and_then(|mut at_end| at_end.pop()).unwrap_or_default();
        last.truncate(most);
        last
    }

    fn ends(&mut self, list: usize, from: usize, matcher: &mut Matcher<'_>) -> Arc<[Ends]> {
        let (heard, pieces) = (&self.heard[from..], &self.lists[list]);
        let known = self.costs.entry((list, from)).or_insert_with(|| {
            let each = pieces.iter().enumerate();
            each.flat_map(|(piece, phones)| ends_of(matcher, heard, phones, piece))
                .collect()
        });
        known.clone()
    }
}

/// Keeps a reading, with a piece more or the same ones, among the cheapest, the cheapest first; of two of the same pieces the cheaper.
fn keep<P: Copy + PartialEq>(readings: &mut Vec<Reading<P>>, before: &[P], piece: Option<P>, cost: f32) {
    if readings.len() == FOLLOWED && readings[FOLLOWED - 1].cost <= cost {
        return;
    }
    let pieces: Vec<P> = before.iter().copied().chain(piece).collect();
    if let Some(at) = readings.iter().position(|known| known.pieces == pieces) {
        if readings[at].cost <= cost {
            return;
        }
        readings.remove(at);
    }
    let at = readings.partition_point(|known| known.cost <= cost);
    readings.insert(at, Reading { pieces, cost });
    readings.truncate(FOLLOWED);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{PhoneSet, tests::model_folder};

    #[test]
    fn what_was_heard_is_cut_where_it_costs_least_and_what_is_strange_is_left_out() {
        let tokens = std::fs::read_to_string(model_folder().join("tokens.txt")).unwrap();
        let set = PhoneSet::parse(&tokens, "", "").unwrap();
        let pieces = ["d eu", "d m in", "s E t", "k in z oe R", "oe R"].map(|piece| set.parse_tokens(piece));
        let pieces: Vec<&[Phone]> = pieces.iter().map(Vec::as_slice).collect();
        let mut matcher = Matcher::new(&set);
        let mut best = |heard: &str| {
            let heard = set.parse_tokens(heard);
            let mut found = read(&mut matcher, &heard, &pieces, 3);
            assert!(
                found.is_sorted_by(|left, right| left.cost <= right.cost),
                "{found:?}"
            );
            (!found.is_empty()).then(|| found.remove(0).pieces)
        };
        assert_eq!(best("d m in a k in z oe R"), Some(vec![1, 3]));
        assert_eq!(best("S S d m in S"), Some(vec![1]));
        assert_eq!(best("s E t oe R"), Some(vec![2, 4]));
        assert_eq!(best("S S S"), None);
        assert_eq!(best(""), None);
    }

    #[test]
    fn a_course_is_followed_from_its_first_stage_to_its_last_with_a_list_between() {
        let tokens = std::fs::read_to_string(model_folder().join("tokens.txt")).unwrap();
        let set = PhoneSet::parse(&tokens, "", "").unwrap();
        let [call, please, one, five] =
            ["a p E l", "s i l t e", "in", "s in k"].map(|piece| set.parse_tokens(piece));
        let mut matcher = Matcher::new(&set);
        let course = [Stage::Once(&call), Stage::Some(0), Stage::Once(&please)];
        let mut best = |heard: &str| {
            let heard = set.parse_tokens(heard);
            let mut lists = Lists::new(&heard, vec![vec![&one, &five]]);
            let found = lists.follow(&mut matcher, &course, 3);
            found.first().map(|reading| {
                (
                    reading.pieces.clone(),
                    reading.cost - PIECE * reading.pieces.len() as f32,
                )
            })
        };
        let (pieces, cost) = best("a p E l s in k in s i l t e").unwrap();
        assert_eq!(pieces, [(0, 0), (1, 1), (1, 0), (2, 0)]);
        assert!(cost.abs() < 0.001, "{cost}");
        // A breath before it and after it is no piece, and what is missing cannot be followed.
        assert_eq!(best("S a p E l in s i l t e S").unwrap().0.len(), 3);
        assert_eq!(best("a p E l s in k in"), None);
        assert_eq!(best("s in k in s i l t e"), None);
    }
}
