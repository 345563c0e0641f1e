//! 20 ms of a party's sound: as a telephone carries them, and as they came where that is more.

use std::sync::Arc;

use crate::frame::{Clip, Frame8k, Frame16k};

/// How much of a voice travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// 8 kHz: what a telephone has carried ever since, up to 3.4 kHz of a voice.
    #[default]
    Narrow,
    /// 16 kHz: up to 7 kHz of a voice, as G.722 carries it.
    Wide,
}

impl Band {
    /// Samples a second.
    #[must_use]
    pub const fn rate_hz(self) -> u32 {
        match self {
            Self::Narrow => Frame8k::RATE_HZ,
            Self::Wide => Frame16k::RATE_HZ,
        }
    }
}

/// 20 ms of what a party says. Everything in an agent but a recogniser of 16 kHz hears them as a telephone carries them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    narrow: Frame8k,
    wide: Option<Arc<Frame16k>>,
}

impl Sound {
    /// The same 20 ms in both bands.
    #[must_use]
    pub fn wideband(narrow: Frame8k, wide: Frame16k) -> Self {
        Self {
            narrow,
            wide: Some(Arc::new(wide)),
        }
    }

    /// Digital silence.
    #[must_use]
    pub fn silence(band: Band) -> Self {
        match band {
            Band::Narrow => Frame8k::SILENCE.into(),
            Band::Wide => Self::wideband(Frame8k::SILENCE, Frame16k::SILENCE),
        }
    }

    /// A recording of 8 kHz, 20 ms by 20 ms.
    #[must_use]
    pub fn of_clip(clip: &Clip) -> Vec<Self> {
        clip.frames().map(Self::from).collect()
    }

    /// As a telephone carries it.
    #[must_use]
    pub fn narrow(&self) -> &Frame8k {
        &self.narrow
    }

    /// As it came, where it came from a wideband leg.
    #[must_use]
    pub fn wide(&self) -> Option<&Frame16k> {
        self.wide.as_deref()
    }

    /// The band in which it came.
    #[must_use]
    pub fn band(&self) -> Band {
        match self.wide {
            Some(_) => Band::Wide,
            None => Band::Narrow,
        }
    }

    /// The same, this much louder; a sample that is too loud is cut off where its type ends.
    #[must_use]
    pub(crate) fn louder(&self, gain_db: f32) -> Self {
        let gain = 10_f32.powf(gain_db / 20.0);
        let louder = |sample: i16| (f32::from(sample) * gain) as i16;
        let wide = self.wide();
        Self {
            narrow: self.narrow.map(louder),
            wide: wide.map(|frame| Arc::new(frame.map(louder))),
        }
    }
}

impl From<Frame8k> for Sound {
    fn from(narrow: Frame8k) -> Self {
        Self { narrow, wide: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bands_grow_louder_alike_and_none_is_folded_over() {
        let sound = Sound::wideband(
            Frame8k::from_samples(&[100, 20_000]),
            Frame16k::from_samples(&[-200, -20_000]),
        );
        let louder = sound.louder(20.0);
        assert_eq!(louder.narrow().samples()[..2], [1000, i16::MAX]);
        assert_eq!(louder.wide().unwrap().samples()[..2], [-2000, i16::MIN]);
        assert_eq!((sound.band(), louder.band()), (Band::Wide, Band::Wide));
        assert_eq!(Sound::from(Frame8k::SILENCE).band(), Band::Narrow);
    }

    #[test]
    fn a_band_has_the_rate_of_its_frames() {
        assert_eq!([Band::Narrow, Band::Wide].map(Band::rate_hz), [8000, 16_000]);
    }
}
