//! A telephone number that somebody wants called: the words around it as they stand, its digits in groups as people say them.

use evatel_core::{account::Language, flow::Expect, intent::Intent, number::Dialled};

use super::{
    Grammar,
    kind::{Kind, NUMBER},
    phrases::Sound,
};
use crate::{
    decoder::{Lists, PIECE, Stage},
    lexicon::Phone,
    matcher::Matcher,
    spoken,
};

/// Who says fewer digits than this wants no public number: 911 has its own phrases, and what is near it must not be taken for a number.
const FEWEST: usize = 7;
/// No number has more, with what is dialled before it.
const MOST: usize = 20;
/// How many readings are looked at.
const READINGS: usize = 12;
/// A reading that costs at most so much more than the best, about one sound, may be meant as well: if it is a number, and the best is none, it is.
const AS_LIKELY: f32 = 1.0;

/// A visitor who is asked for his name, and tells his number, has ordered nothing: what he orders is as near as this.
const CLEAR: f32 = 0.15;

/// How many digits stand behind the ends of a number's groups: 1 514 555 0199.
const GROUP_ENDS: [usize; 3] = [4, 7, 10];

impl Grammar {
    /// Finds the number that what was heard wants called, with its distance.
    pub(super) fn number(
        &self,
        heard: &[Phone],
        language: Language,
        expect: Expect,
    ) -> Option<(Intent, f32)> {
        let of_place = self.phrases.of(language).of(Kind::expected(expect));
        let mut templates = of_place
            .filter(|template| template.kind.slot() == Some(NUMBER))
            .peekable();
        if heard.len() < FEWEST || templates.peek().is_none() {
            return None;
        }
        let vocabulary = &self.numbers.of(language).0;
        let pieces = vocabulary.iter().map(|(_, phones)| phones.as_slice());
        let mut lists = Lists::new(heard, vec![pieces.collect()]);
        let mut matcher = Matcher::new(self.lexicon.phones());
        let mut nearest: Option<(String, f32)> = None;
        for template in templates {
            let Sound::Around { before, after } = &template.sound else {
                continue;
            };
            let said = |phones| Some(Stage::Once(phones)).filter(|_| !<[Phone]>::is_empty(phones));
            let course = [
                said(before.as_slice()),
                Some(Stage::Some(0)),
                said(after.as_slice()),
            ];
            let course: Vec<Stage<'_>> = course.into_iter().flatten().collect();
            let readings = lists.follow(&mut matcher, &course, READINGS);
            let least = readings.first().map_or(0.0, |reading| reading.cost);
            let likely = readings
                .iter()
                .take_while(|reading| reading.cost <= least + AS_LIKELY);
            let numbers = likely.filter_map(|reading| {
                let digits = reading
                    .pieces
                    .iter()
                    .filter(|(stage, _)| course[*stage] == Stage::Some(0));
                let text: Vec<&str> = digits.map(|(_, piece)| vocabulary[*piece].0.as_str()).collect();
                let is_grouped = in_groups(&text);
                // Where two are meant, the caller says which: the likelier one is said back to him.
                let digits = spoken::digits(&text.join(" "), language)?;
                let digits = digits.candidates().first()?.clone();
                let sound = reading.cost - PIECE * reading.pieces.len() as f32;
                let distance = (sound.max(0.0) / heard.len() as f32).min(1.0);
                (FEWEST..=MOST)
                    .contains(&digits.len())
                    .then_some((digits, distance, is_grouped))
            });
            let numbers: Vec<(String, f32, bool)> = numbers.collect();
            let is_public = |digits: &str| Dialled::parse(digits).is_ok();
            let likeliest = numbers
                .iter()
                .find(|(digits, _, is_grouped)| *is_grouped && is_public(digits))
                .or_else(|| numbers.iter().find(|(digits, ..)| is_public(digits)));
            let Some((digits, distance, _)) = likeliest.or(numbers.first()) else {
                continue;
            };
            if nearest.as_ref().is_none_or(|(_, least)| distance < least) {
                nearest = Some((digits.clone(), *distance));
            }
        }
        let farthest = if expect == Expect::Name { CLEAR } else { 1.0 };
        nearest
            .filter(|(_, distance)| *distance <= farthest)
            .map(|(digits, distance)| (Intent::Digits(digits), distance))
    }
}

/// Says whether no piece goes over the end of a group: of "un neuf cent cinq cinq cinq ..." the second group is 900, as nobody begins a 105 in
/// one group to end it in the next. A piece that is not of digits alone says nothing.
fn in_groups(pieces: &[&str]) -> bool {
    let mut behind = 0;
    pieces.iter().rev().all(|piece| {
        let digits = piece.bytes().filter(u8::is_ascii_digit).count();
        let (ends, begins) = (behind, behind + digits);
        behind = begins;
        digits < piece.len() || GROUP_ENDS.iter().all(|end| !(ends < *end && *end < begins))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_ends_where_a_piece_does() {
        assert!(in_groups(&["1", "900", "5", "5", "5", "0", "1", "42"]));
        assert!(!in_groups(&["1", "9", "105", "5", "5", "0", "1", "42"]));
        assert!(in_groups(&["5", "14", "555", "01", "99"]));
        assert!(!in_groups(&["5", "14", "55", "50", "1", "99"]));
    }
}
