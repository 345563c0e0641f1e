//! Events of what nobody follows yet. Where Asterisk makes the id, its events may come before the reply that names it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::{
    event::Event,
    subject::{Subject, SubjectKind, SubjectRef},
};

/// How many are kept. When it is full the oldest one goes: who makes the ids himself needs none.
pub const EARLY_EVENTS: usize = 256;
/// How long each is kept.
pub const EARLY_FOR: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub(super) struct Early(VecDeque<Kept>);

#[derive(Debug)]
struct Kept {
    at: Instant,
    kind: SubjectKind,
    id: Box<str>,
    event: Arc<Event>,
}

impl Early {
    pub(super) fn keep(&mut self, subject: &SubjectRef<'_>, event: Arc<Event>, now: Instant) {
        self.forget_old(now);
        if self.0.len() == EARLY_EVENTS {
            self.0.pop_front();
        }
        self.0.push_back(Kept {
            at: now,
            kind: subject.kind,
            id: (*subject.id).into(),
            event,
        });
    }

    /// Takes out what came about a subject, in order.
    pub(super) fn take(&mut self, subject: &Subject, now: Instant) -> Vec<Arc<Event>> {
        self.forget_old(now);
        let mut found = Vec::new();
        self.0.retain(|kept| {
            let is_it = kept.kind == subject.kind() && *kept.id == *subject.as_str();
            if is_it {
                found.push(kept.event.clone());
            }
            !is_it
        });
        found
    }

    fn forget_old(&mut self, now: Instant) {
        while self.0.front().is_some_and(|kept| now - kept.at > EARLY_FOR) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn keep(early: &mut Early, id: &str, now: Instant) {
        let event = Arc::new(Event::read(&format!(
            r#"{{"type":"StasisEnd","channel":{{"id":"{id}"}}}}"#
        )));
        let subject = SubjectRef {
            kind: SubjectKind::Channel,
            id: Cow::Borrowed(id),
        };
        early.keep(&subject, event, now);
    }

    #[test]
    fn what_came_early_is_taken_once_and_not_when_it_is_old() {
        let (mut early, now) = (Early::default(), Instant::now());
        keep(&mut early, "a", now);
        keep(&mut early, "b", now);
        let a = Subject::Channel("a".into());
        assert_eq!(early.take(&a, now).len(), 1);
        assert_eq!(early.take(&a, now).len(), 0);
        let later = now + EARLY_FOR + Duration::from_millis(1);
        assert_eq!(early.take(&Subject::Channel("b".into()), later).len(), 0);
    }

    #[test]
    fn of_too_many_the_oldest_goes() {
        let (mut early, now) = (Early::default(), Instant::now());
        for number in 0..=EARLY_EVENTS {
            keep(&mut early, &number.to_string(), now);
        }
        let of = |early: &mut Early, number: usize| {
            early
                .take(&Subject::Channel(number.to_string().into()), now)
                .len()
        };
        assert_eq!((of(&mut early, 0), of(&mut early, 1)), (0, 1));
    }
}
