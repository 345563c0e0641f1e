//! What was heard, cut into the pieces that it was most likely made of.

use crate::{lexicon::Phone, matcher::Matcher};

/// A way of cutting what was heard into pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The pieces, by their place among those that were offered.
    pub pieces: Vec<usize>,
    /// What it costs, in phones: 0 where each sounds as it should.
    pub cost: f32,
}

/// How many readings are followed at a time.
const FOLLOWED: usize = 12;
/// What each piece costs by itself: of two readings that sound the same, the one of fewer pieces is the likelier.
pub const PIECE: f32 = 0.4;
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
            let longest = (piece.len() * 3 / 2 + 1).min(heard.len() - from);
            // A piece of which half is wrong is none.
            let limit = 0.5 * piece.len() as f32;
            for (length, cost) in matcher.costs(&heard[from..from + longest], piece, limit) {
                for before in &begun {
                    let mut longer = before.pieces.clone();
                    longer.push(index);
                    keep(
                        &mut ends[from + length],
                        Reading {
                            pieces: longer,
                            cost: before.cost + cost + PIECE,
                        },
                    );
                }
            }
        }
        for before in &begun {
            let at_edge = before.pieces.is_empty();
            let cost = before.cost + if at_edge { STRANGE_AT_EDGE } else { STRANGE };
            let pieces = before.pieces.clone();
            keep(&mut ends[from + 1], Reading { pieces, cost });
        }
        // What follows the last piece is cheaper, too.
        let left = (heard.len() - from) as f32;
        for before in begun.into_iter().filter(|before| !before.pieces.is_empty()) {
            let cost = before.cost + left * STRANGE_AT_EDGE;
            let end = heard.len();
            keep(&mut ends[end], Reading { cost, ..before });
        }
    }
    let mut last = ends.pop().unwrap_or_default();
    last.retain(|reading| !reading.pieces.is_empty());
    last.truncate(most);
    last
}

/// Keeps a reading among the cheapest, the cheapest first; of two of the same pieces the cheaper.
fn keep(readings: &mut Vec<Reading>, new: Reading) {
    if let Some(at) = readings.iter().position(|known| known.pieces == new.pieces) {
        if readings[at].cost <= new.cost {
            return;
        }
        readings.remove(at);
    }
    let at = readings.partition_point(|known| known.cost <= new.cost);
    if at < FOLLOWED {
        readings.insert(at, new);
        readings.truncate(FOLLOWED);
    }
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
}
