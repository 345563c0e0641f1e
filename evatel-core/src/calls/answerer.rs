//! Who or what answered a leg that was dialled.

/// Who or what answered, by the sound of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answerer {
    /// The tone of a line that is busy, in the sound itself: half a second on, half a second off.
    Busy,
    /// The tone of a network that cannot go on: a quarter of a second on and off, or one that does not end.
    Congestion,
    /// A fax or a modem: calling (CNG, 1100 Hz) or answering (CED, 2100 Hz).
    Fax,
    /// Somebody who says a short word and waits.
    Human,
    /// Somebody who talks on, or something that beeps after it has talked: an answering machine, an announcement.
    Machine,
    /// Music: a queue, or a machine that plays some.
    Music,
    /// Nobody says anything.
    Silence,
    /// There is sound, and it is none of these.
    Unclear,
}

impl Answerer {
    /// The word for it in logs and documents, such as `machine`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::Fax => "fax",
            Self::Human => "human",
            Self::Machine => "machine",
            Self::Music => "music",
            Self::Silence => "silence",
            Self::Unclear => "unclear",
        }
    }
}
