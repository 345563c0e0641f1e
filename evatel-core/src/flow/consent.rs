//! Who may be recorded while he speaks with the assistant: whoever has heard that he is, and from then on.

use std::collections::{HashMap, HashSet};

use super::action::{ActionId, Party};

/// Follows what the parties of a call are told of recording.
///
/// That a call is recorded at all the flow decides, by its account's setting: then it says
/// [`Prompt::RecordingNotice`](super::Prompt::RecordingNotice) to each party. Nobody is recorded who has not heard its words to their end.
#[derive(Debug, Clone, Default)]
pub struct Consent {
    /// In which `Say` a notice is, for whom, and its words.
    notices: HashMap<ActionId, (Party, String)>,
    told: HashSet<Party>,
}

impl Consent {
    /// A party is going to be told, in these words, that he is recorded.
    pub fn tells(&mut self, id: ActionId, party: Party, notice: &str) {
        self.notices.insert(id, (party, notice.to_owned()));
    }

    /// Something that was said is over, and these words of it were heard. Gives the party that may be recorded from now on.
    pub fn heard(&mut self, id: ActionId, words: &str) -> Option<Party> {
        let (party, notice) = self.notices.remove(&id)?;
        let is_told = !notice.is_empty() && words.contains(&notice);
        (is_told && self.told.insert(party)).then_some(party)
    }

    /// A party is gone, or another takes his place: nothing was said to that one.
    pub fn leaves(&mut self, party: Party) {
        self.told.remove(&party);
        self.notices.retain(|_, (told, _)| *told != party);
    }

    /// Says whether a party may be recorded.
    #[must_use]
    pub fn may_record(&self, party: Party) -> bool {
        self.told.contains(&party)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const ID: ActionId = ActionId(7);
    const NOTICE: &str = "This call is recorded.";

    #[rstest]
    #[case::alone("This call is recorded.", true)]
    #[case::among_others("Hello. This call is recorded. Who is it?", true)]
    #[case::cut_off("Hello. This call is", false)]
    #[case::not_begun("Hello.", false)]
    #[case::nothing("", false)]
    fn who_heard_the_notice_to_its_end_may_be_recorded_and_nobody_else(
        #[case] words: &str,
        #[case] is_told: bool,
    ) {
        let mut consent = Consent::default();
        consent.tells(ID, Party::Caller, NOTICE);
        assert_eq!(consent.heard(ID, words), is_told.then_some(Party::Caller));
        assert_eq!(consent.may_record(Party::Caller), is_told);
        assert!(!consent.may_record(Party::Callee));
        // It is told once.
        assert_eq!(consent.heard(ID, NOTICE), None);
    }

    #[test]
    fn who_takes_the_place_of_one_who_was_told_has_to_be_told_too() {
        let mut consent = Consent::default();
        consent.tells(ID, Party::Callee, NOTICE);
        assert_eq!(consent.heard(ID, NOTICE), Some(Party::Callee));
        consent.leaves(Party::Callee);
        assert!(!consent.may_record(Party::Callee));
    }

    #[test]
    fn what_is_no_notice_allows_nothing() {
        let mut consent = Consent::default();
        assert_eq!(consent.heard(ID, NOTICE), None);
        consent.tells(ID, Party::Callee, "");
        assert_eq!(consent.heard(ID, "Goodbye."), None);
    }
}
