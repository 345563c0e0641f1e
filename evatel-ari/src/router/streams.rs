//! Which objects are followed, by whom, and what is known of them.

use std::{collections::HashMap, sync::Arc};

use smallvec::{SmallVec, smallvec};

use super::{
    Signal,
    mailbox::{Load, Mailbox},
};
use crate::subject::{Subject, SubjectKind};

/// The streams by kind and id, so that an event's borrowed id finds its stream.
#[derive(Default)]
pub(super) struct Streams([HashMap<Arc<str>, Stream>; SubjectKind::COUNT]);

/// One object and who follows it.
pub(super) struct Stream {
    /// One for each who follows, never none.
    pub(super) mailboxes: SmallVec<[Arc<Mailbox>; 1]>,
    /// Asterisk is known to have the object: it was in an event or in the answer to the request that makes it.
    pub(super) exists: bool,
    /// The channel stands in the application.
    pub(super) in_app: bool,
    /// An event came since the last comparison began: it knows better than the listing.
    pub(super) heard: bool,
}

impl Streams {
    pub(super) fn of(&mut self, kind: SubjectKind) -> &mut HashMap<Arc<str>, Stream> {
        &mut self.0[kind as usize]
    }

    pub(super) fn get_mut(&mut self, subject: &Subject) -> Option<&mut Stream> {
        self.of(subject.kind()).get_mut(subject.as_str())
    }

    pub(super) fn remove(&mut self, subject: &Subject) -> Option<Stream> {
        self.of(subject.kind()).remove(subject.as_str())
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(HashMap::len).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (SubjectKind, &Arc<str>, &Stream)> {
        let of = |kind: SubjectKind| {
            self.0[kind as usize]
                .iter()
                .map(move |(id, stream)| (kind, id, stream))
        };
        SubjectKind::ALL.into_iter().flat_map(of)
    }
}

impl Stream {
    pub(super) fn new(mailbox: Arc<Mailbox>, exists: bool) -> Self {
        Self {
            mailboxes: smallvec![mailbox],
            exists,
            in_app: exists,
            heard: false,
        }
    }

    pub(super) fn put(&self, signal: Signal, is_last: bool, load: &Load) {
        // Nearly always there is one follower, who takes it without a copy.
        let Some((last, others)) = self.mailboxes.split_last() else {
            return;
        };
        for mailbox in others {
            mailbox.put(signal.clone(), is_last, load);
        }
        last.put(signal, is_last, load);
    }
}
