//! What thinking costs, counted on each leg.

use std::{
    fmt,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

/// Tokens of a language model, as the endpoint counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Of the question.
    pub asked: u64,
    /// Of the answer.
    pub answered: u64,
}

/// What one answer took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// From the question to the first part of the answer.
    pub first: Duration,
    /// From the question to the end of the answer, attempts before it included.
    pub whole: Duration,
    /// Nothing where the endpoint does not say.
    pub tokens: Option<Tokens>,
    /// In millionths of the currency's unit, by the prices of the settings; nothing where tokens are not said.
    pub micros: Option<u64>,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, whole) = (self.first.as_millis(), self.whole.as_millis());
        write!(f, "first part after {first} ms, whole after {whole} ms")?;
        if let Some(Tokens { asked, answered }) = self.tokens {
            write!(f, ", {asked} + {answered} tokens")?;
        }
        match self.micros {
            Some(micros) if micros > 0 => {
                write!(f, ", cost {}.{:06}", micros / 1_000_000, micros % 1_000_000)
            }
            _ => Ok(()),
        }
    }
}

/// What thinking has cost on one leg: limits are held against it.
#[derive(Debug, Default)]
pub struct Spent {
    questions: AtomicU32,
    micros: AtomicU64,
    tokens: AtomicU64,
}

impl Spent {
    /// How many questions were put to endpoints, attempts that failed included.
    #[must_use]
    pub fn questions(&self) -> u32 {
        self.questions.load(Ordering::Relaxed)
    }

    /// What they cost, in millionths of the currency's unit.
    #[must_use]
    pub fn micros(&self) -> u64 {
        self.micros.load(Ordering::Relaxed)
    }

    /// How many tokens they took, of questions and answers together.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.tokens.load(Ordering::Relaxed)
    }

    /// Counts a question.
    pub fn ask(&self) {
        self.questions.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts what an answer took.
    pub fn pay(&self, tokens: Option<Tokens>, micros: Option<u64>) {
        let tokens = tokens.map_or(0, |tokens| tokens.asked.saturating_add(tokens.answered));
        // What an endpoint counts is its own word: the sum stays where it is rather than begin again at nothing.
        for (sum, more) in [(&self.tokens, tokens), (&self.micros, micros.unwrap_or(0))] {
            let add = |sum: u64| Some(sum.saturating_add(more));
            // The closure always gives a value.
            _ = sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_took_is_told_with_what_is_known() {
        let cost = Cost {
            first: Duration::from_millis(310),
            whole: Duration::from_millis(450),
            tokens: Some(Tokens {
                asked: 412,
                answered: 9,
            }),
            micros: Some(2_130),
        };
        assert_eq!(
            cost.to_string(),
            "first part after 310 ms, whole after 450 ms, 412 + 9 tokens, cost 0.002130"
        );
        let unknown = Cost {
            tokens: None,
            micros: None,
            ..cost
        };
        assert_eq!(unknown.to_string(), "first part after 310 ms, whole after 450 ms");
    }

    #[test]
    fn an_endpoint_that_counts_without_measure_does_not_make_the_sum_small_again() {
        let spent = Spent::default();
        let many = Tokens {
            asked: u64::MAX,
            answered: 7,
        };
        spent.pay(Some(many), Some(u64::MAX));
        spent.pay(Some(many), Some(5));
        assert_eq!((spent.tokens(), spent.micros()), (u64::MAX, u64::MAX));
    }
}
