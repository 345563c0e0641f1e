//! What may be left over of an utterance when a value was read: nothing that carries meaning.

use std::ops::Range;

use super::{
    tables::Tables,
    words::{Word, longest},
};

/// How many words that carry meaning stand before each place of an utterance.
pub(super) struct Weight(Vec<usize>);

impl Weight {
    pub(super) fn of(words: &[Word], tables: &Tables) -> Self {
        let mut before = vec![0];
        let mut total = 0;
        for carries in carrying(words, tables) {
            total += usize::from(carries);
            before.push(total);
        }
        Self(before)
    }

    /// How many of these words carry meaning.
    pub(super) fn within(&self, range: &Range<usize>) -> usize {
        self.0[range.end] - self.0[range.start]
    }

    /// How many of all do.
    pub(super) fn total(&self) -> usize {
        self.0.last().copied().unwrap_or_default()
    }

    /// Says whether nothing that carries meaning is outside these words.
    pub(super) fn is_within(&self, range: &Range<usize>) -> bool {
        self.within(range) == self.total()
    }
}

/// Says of each word whether it carries meaning: numbers do, the words of patterns, and those that the table calls heavy; those that it calls
/// light, and words that it does not know, do not.
pub(super) fn carrying(words: &[Word], tables: &Tables) -> Vec<bool> {
    let mut all = Vec::with_capacity(words.len());
    while let Some(word) = words.get(all.len()) {
        let rest = &words[all.len()..];
        let (light, heavy) = (longest(&tables.light, rest), longest(&tables.heavy, rest));
        if light.max(heavy) > 0 {
            all.resize(all.len() + light.max(heavy), heavy >= light);
            continue;
        }
        all.push(match word {
            Word::Number(_) => !is_article(rest, tables),
            Word::Ordinal(_) => true,
            Word::Text(_) => tables.known.contains(word),
        });
    }
    all
}

/// Says whether a number is an article: before a word of which nothing is known.
fn is_article(words: &[Word], tables: &Tables) -> bool {
    let Some(next) = words.get(1) else {
        return false;
    };
    if !matches!(next, Word::Text(_)) || next.is_mark() {
        return false;
    }
    longest(&tables.articles, words) > 0
        && !tables.known.contains(next)
        && longest(&tables.light, &words[1..]).max(longest(&tables.heavy, &words[1..])) == 0
}
