//! What so many calls at once came to, and whether that holds.

use super::caller::{Reply, Round};
use crate::figures::median;

/// Of the answers of so many calls, 95 % come within this time, or they are not held.
pub(super) const TURN_P95_MS: f64 = 700.0;

/// What so many calls came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    pub(super) calls: usize,
    pub(super) cached: Vec<u64>,
    pub(super) uncached: Vec<u64>,
    pub(super) barge_in: Vec<u64>,
    /// Answers that did not come, callers who could not call or were not understood, interruptions that were not heeded.
    pub(super) missed: usize,
    /// Questions about another than was asked for: none holds.
    pub(super) wrong: usize,
    pub(super) asked: usize,
    /// By stage: p50, p95, p99 in ms, each the end of its class.
    pub(super) stages: Vec<(String, [f64; 3])>,
    /// Cores that were used: our processes, Asterisk, the callers.
    pub(super) cores: [f64; 3],
    pub(super) bytes_a_call: f64,
}

impl Step {
    pub(super) fn add(&mut self, round: &Round, is_first: bool) {
        self.cached.extend(&round.turns);
        self.missed += round.missed;
        self.barge_in.extend(round.barge_in);
        if let (Some((ms, reply)), Some(_)) = (round.order, round.barge_in) {
            self.asked += 1;
            match reply {
                // Of another's name it is not known whether it was spoken before.
                Reply::Another => self.wrong += 1,
                Reply::Nothing => self.missed += 1,
                Reply::Right if is_first => self.uncached.push(ms),
                Reply::Right => self.cached.push(ms),
            }
        }
    }

    /// Says whether so many calls are held: in time, with hardly an answer missed, and nobody taken for somebody else.
    pub(super) fn holds(&self) -> bool {
        // One answer of 200 may be missed: a word that was not understood as one. Nobody is put through to somebody else.
        !self.cached.is_empty()
            && self.wrong == 0
            && percentile(&self.cached, 95) <= TURN_P95_MS
            && self.missed * 200 <= self.cached.len().max(200)
    }
}

/// A share of values, in percent, is at most this; 0 of none.
pub(super) fn percentile(values: &[u64], share: usize) -> f64 {
    if share == 50 {
        return median(values.iter().map(|value| *value as f64));
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * share).div_ceil(100).saturating_sub(1);
    sorted.get(at).map_or(0.0, |value| *value as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_so_many_do_not_exceed() {
        let values: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(percentile(&values, 95), 95.0);
        assert_eq!(percentile(&values, 99), 99.0);
        assert_eq!(percentile(&[7], 99), 7.0);
        assert_eq!(percentile(&[], 95), 0.0);
    }

    fn round(reply: Reply) -> Round {
        Round {
            turns: vec![300],
            order: Some((400, reply)),
            barge_in: Some(100),
            missed: 0,
        }
    }

    #[test]
    fn a_first_question_is_uncached_and_of_a_wrong_name_nothing_is_known() {
        let mut step = Step::default();
        step.add(&round(Reply::Right), true);
        step.add(&round(Reply::Another), true);
        step.add(&round(Reply::Right), false);
        assert_eq!(
            (step.uncached.as_slice(), step.cached.as_slice()),
            (&[400][..], &[300, 300, 300, 400][..])
        );
        assert_eq!((step.wrong, step.asked), (1, 3));
    }

    #[test]
    fn a_number_of_calls_holds_without_a_wrong_name_with_few_missed_answers_and_in_time() {
        let steps = |last: Round| {
            let mut step = Step::default();
            (0..200).for_each(|_| step.add(&round(Reply::Right), false));
            step.add(&last, false);
            step
        };
        assert!(steps(round(Reply::Right)).holds());
        assert!(!steps(round(Reply::Another)).holds());
        assert!(steps(round(Reply::Nothing)).holds());
        let missed = |missed| Round {
            missed,
            ..Round::default()
        };
        assert!(steps(missed(2)).holds());
        assert!(!steps(missed(3)).holds());
        let mut late = steps(round(Reply::Right));
        late.cached.iter_mut().take(50).for_each(|ms| *ms = 900);
        assert!(!late.holds());
    }

    #[test]
    fn what_was_missed_counts_once() {
        let mut step = Step::default();
        // Neither help nor an answer to the order came: nothing could be interrupted.
        let silent = Round {
            missed: 2,
            ..Round::default()
        };
        step.add(&silent, false);
        assert_eq!(step.missed, 2);
    }
}
