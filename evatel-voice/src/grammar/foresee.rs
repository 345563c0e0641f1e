//! What may follow what was heard so far of a turn.

use std::sync::Arc;

use evatel_core::{account::Language, dialogue::OptionId, flow::Expect, intent::Intent};

use super::{
    Grammar, Limits,
    answers::{self, Vocabulary},
    entry::Entry,
};
use crate::{
    brain::{Scene, Turn},
    endpoint::Outlook,
    lexicon::{self, Contacts, Phone},
    matcher::Matcher,
    transcribe::PhoneToken,
};

/// An answer this near and this clear is certain enough that nobody waits for more of it.
const SURE: Limits = Limits {
    distance: 0.15,
    margin: 0.15,
    other_language: 0.15,
};

/// What is this near to the beginning of a phrase is taken for it.
const NEAR_A_BEGINNING: f32 = 0.2;

/// What is so much nearer to the beginning of a phrase than to any whole one is the beginning.
const RATHER: f32 = 0.15;

/// Fewer phones than this are the beginning of everything.
const FEWEST_OF_A_BEGINNING: usize = 2;

impl Grammar {
    /// Says what may follow what was heard so far of a turn. As [`Grammar::interpret`], it takes about a millisecond for a hundred
    /// contacts.
    #[must_use]
    pub fn outlook(
        &self,
        heard: &[PhoneToken],
        language: Language,
        expect: Expect,
        contacts: &Contacts,
    ) -> Outlook {
        let set = self.lexicon.phones();
        let known = heard
            .iter()
            .filter_map(|token| Some((set.phone(&token.phone)?, token.at_ms)));
        let (phones, at_ms): (Vec<Phone>, Vec<u32>) = known.unzip();
        if phones.is_empty() {
            return Outlook::Open;
        }
        let entries = self.entries(language, expect, contacts);
        let mut matcher = Matcher::new(set);
        let counting: Vec<&Entry<'_>> = entries
            .iter()
            .filter(|entry| self.may_be(entry, &phones, &mut matcher))
            .collect();
        let borrowed = counting
            .iter()
            .map(|entry| (entry.phones.as_slice(), entry.meaning));
        let best = matcher.best(&phones, borrowed);
        let whole = best.filter(|best| self.limits.hold(best));
        let mut others = entries
            .iter()
            .filter(|entry| whole.is_none_or(|whole| entry.meaning != whole.meaning));
        let mut beginning = |entries: &mut dyn Iterator<Item = &Entry<'_>>| {
            let nearest = entries.map(|entry| matcher.beginning(&phones, &entry.phones));
            nearest.fold(1.0_f32, f32::min)
        };
        let is_long = phones.len() >= FEWEST_OF_A_BEGINNING;
        let begins = is_long && beginning(&mut others) <= NEAR_A_BEGINNING;
        match whole {
            // Half of a phrase may be near enough to the whole of it.
            Some(whole) if is_long && beginning(&mut entries.iter()) + RATHER < whole.distance => {
                Outlook::Unfinished
            }
            Some(whole) if !begins && SURE.hold(&whole) => Outlook::Complete,
            Some(_) => Outlook::Open,
            None if begins || self.ahead.goes_on(language, &phones, &at_ms, set) => Outlook::Unfinished,
            None => Outlook::Open,
        }
    }

    /// Says what may follow what was heard so far of an answer to a dialogue's question.
    ///
    /// # Errors
    /// As [`Grammar::answered`].
    pub async fn outlook_of_answer(
        self: Arc<Self>,
        turn: Turn,
        scene: Arc<Scene>,
    ) -> Result<Outlook, lexicon::Error> {
        let vocabularies = self
            .vocabularies
            .of(turn.expect, turn.language, &self.lexicon)
            .await?;
        let outlook = tokio::task::spawn_blocking(move || self.after_answer(&turn, &scene, &vocabularies));
        // A defect costs the speaker's time, not his call.
        Ok(outlook.await.unwrap_or_default())
    }

    fn after_answer(&self, turn: &Turn, scene: &Scene, vocabularies: &[Arc<Vocabulary>]) -> Outlook {
        let Turn {
            heard,
            language,
            expect,
            contacts,
            ..
        } = turn;
        let set = self.lexicon.phones();
        let phones = set.known(heard);
        let mut matcher = Matcher::new(set);
        let answer = answers::find(&phones, *language, *expect, scene, vocabularies, &mut matcher);
        let command = self.interpret(heard, *language, *expect, contacts);
        let other = command.score.map_or(1.0, |score| score.distance);
        let mut begins_an_option = |chosen: Option<OptionId>| {
            let others = scene.options.iter().filter(|(id, _)| Some(*id) != chosen);
            let mut others = others.map(|(_, option)| matcher.beginning(&phones, option));
            others.any(|distance| distance <= NEAR_A_BEGINNING)
        };
        let after_command = self.outlook(heard, *language, *expect, contacts);
        match answer {
            Some(answer) if answer.distance <= SURE.distance && other - answer.distance >= SURE.margin => {
                // Who corrects an answer is not hurried.
                let may_grow = matches!(expect, Expect::Confirm(_))
                    || begins_an_option(answer.choice())
                    || answer.may_grow(*language, *expect, scene, vocabularies);
                match after_command {
                    // Digits in a row, or an "and".
                    Outlook::Unfinished if may_grow || answer.is_of_digits() => Outlook::Unfinished,
                    _ if may_grow => Outlook::Open,
                    _ => Outlook::Complete,
                }
            }
            Some(answer) if answer.distance < other => match after_command {
                Outlook::Complete => Outlook::Open,
                other => other,
            },
            _ => match after_command {
                // What is right instead may follow.
                Outlook::Complete if command.intent == Intent::No => Outlook::Open,
                Outlook::Complete if begins_an_option(None) => Outlook::Open,
                other => other,
            },
        }
    }
}
