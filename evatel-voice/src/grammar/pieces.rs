//! Some phones, cut into words of a list at the least cost.

use crate::{
    lexicon::{Phone, PhoneSet},
    matcher::Matcher,
};

/// The cheapest way to say some phones in words of a list.
#[derive(Clone, Copy)]
pub(super) struct Said {
    /// In phones.
    pub(super) cost: f32,
    pub(super) words: usize,
}

/// No word is heard as more phones than it has, by more than this.
const MOST_EXTRA: usize = 1;

/// Gives, for each place, the cheapest way to say all from there to the end in words of the list; none where there is no way.
pub(super) fn in_words<W: AsRef<[Phone]>>(
    phones: &[Phone],
    words: &[W],
    set: &PhoneSet,
) -> Vec<Option<Said>> {
    ways(phones, words, vec![None; phones.len()], &mut Matcher::new(set))
}

/// The same where the last word may be the beginning of one.
pub(super) fn so_far_in_words<W: AsRef<[Phone]>>(
    phones: &[Phone],
    words: &[W],
    set: &PhoneSet,
) -> Vec<Option<Said>> {
    let mut matcher = Matcher::new(set);
    let mut last: Vec<Option<Said>> = Vec::new();
    for begins in 0..phones.len() {
        let part = &phones[begins..];
        let beginnings = words.iter().map(AsRef::as_ref).flat_map(|word| {
            let lengths = part.len().saturating_sub(MOST_EXTRA).max(1)..=part.len() + MOST_EXTRA;
            lengths.filter_map(|length| word.get(..length).filter(|_| length < word.len()))
        });
        let cost = beginnings
            .map(|beginning| matcher.cost(part, beginning))
            .min_by(f32::total_cmp);
        last.push(cost.map(|cost| Said { cost, words: 1 }));
    }
    ways(phones, words, last, &mut matcher)
}

/// `ways` has, for each place, a way to say all from there to the end that is known already.
fn ways<W: AsRef<[Phone]>>(
    phones: &[Phone],
    words: &[W],
    mut ways: Vec<Option<Said>>,
    matcher: &mut Matcher<'_>,
) -> Vec<Option<Said>> {
    let longest = words.iter().map(|word| word.as_ref().len()).max().unwrap_or(0) + MOST_EXTRA;
    ways.push(Some(Said { cost: 0.0, words: 0 }));
    for begins in (0..phones.len()).rev() {
        for ends in begins + 1..=(begins + longest).min(phones.len()) {
            let Some(rest) = ways[ends] else {
                continue;
            };
            let part = &phones[begins..ends];
            for word in words
                .iter()
                .map(AsRef::as_ref)
                .filter(|word| word.len().abs_diff(part.len()) <= MOST_EXTRA)
            {
                let cost = rest.cost + matcher.cost(part, word);
                if ways[begins].is_none_or(|way| cost < way.cost) {
                    ways[begins] = Some(Said {
                        cost,
                        words: rest.words + 1,
                    });
                }
            }
        }
    }
    ways.pop();
    ways
}
