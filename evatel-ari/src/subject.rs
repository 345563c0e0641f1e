//! What events are about, and who can be listened to.

use std::{borrow::Cow, sync::Arc};

use crate::id::{AppName, BridgeId, ChannelId, DeviceName, EndpointName, PlaybackId, RecordingName};

/// What events are about: one stream each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// An application of ours: that it was registered, replaced, that a move into it failed.
    Application(AppName),
    /// A bridge.
    Bridge(BridgeId),
    /// A channel.
    Channel(ChannelId),
    /// A device state, such as `Stasis:door` or `PJSIP/alice`.
    Device(DeviceName),
    /// An endpoint, such as `PJSIP/alice`.
    Endpoint(EndpointName),
    /// A sound that plays.
    Playback(PlaybackId),
    /// A recording that runs.
    Recording(RecordingName),
}

/// Which kind of [`Subject`] it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubjectKind {
    Application,
    Bridge,
    Channel,
    Device,
    Endpoint,
    Playback,
    Recording,
}

impl SubjectKind {
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::Application,
        Self::Bridge,
        Self::Channel,
        Self::Device,
        Self::Endpoint,
        Self::Playback,
        Self::Recording,
    ];
    /// How many kinds there are.
    pub(crate) const COUNT: usize = 7;

    /// Says whether Asterisk may have made the id, in the answer to a request that is still under way.
    pub(crate) fn is_made_by_asterisk(self) -> bool {
        matches!(self, Self::Bridge | Self::Channel | Self::Playback)
    }
}

impl Subject {
    pub(crate) fn new(kind: SubjectKind, id: &Arc<str>) -> Self {
        let id = id.clone();
        match kind {
            SubjectKind::Application => Self::Application(id.into()),
            SubjectKind::Bridge => Self::Bridge(id.into()),
            SubjectKind::Channel => Self::Channel(id.into()),
            SubjectKind::Device => Self::Device(id.into()),
            SubjectKind::Endpoint => Self::Endpoint(id.into()),
            SubjectKind::Playback => Self::Playback(id.into()),
            SubjectKind::Recording => Self::Recording(id.into()),
        }
    }

    pub(crate) fn kind(&self) -> SubjectKind {
        match self {
            Self::Application(_) => SubjectKind::Application,
            Self::Bridge(_) => SubjectKind::Bridge,
            Self::Channel(_) => SubjectKind::Channel,
            Self::Device(_) => SubjectKind::Device,
            Self::Endpoint(_) => SubjectKind::Endpoint,
            Self::Playback(_) => SubjectKind::Playback,
            Self::Recording(_) => SubjectKind::Recording,
        }
    }

    /// Borrows the id or name as text.
    pub fn as_str(&self) -> &str {
        self.id()
    }

    /// Gives the id to keep, without a copy.
    pub(crate) fn shared(&self) -> Arc<str> {
        self.id().clone()
    }

    fn id(&self) -> &Arc<str> {
        match self {
            Self::Application(name) => name.shared(),
            Self::Bridge(id) => id.shared(),
            Self::Channel(id) => id.shared(),
            Self::Device(name) => name.shared(),
            Self::Endpoint(name) => name.shared(),
            Self::Playback(id) => id.shared(),
            Self::Recording(name) => name.shared(),
        }
    }
}

/// A [`Subject`] that borrows the text of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SubjectRef<'a> {
    pub(crate) kind: SubjectKind,
    pub(crate) id: Cow<'a, str>,
}

impl SubjectRef<'_> {
    pub(crate) fn to_subject(&self) -> Subject {
        Subject::new(self.kind, &Arc::from(&*self.id))
    }
}
