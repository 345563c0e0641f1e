//! A conversation as a stereo file: the party left, the agent right, each where it was heard on the clock of the leg's sound.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::BufWriter,
    ops::Range,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::frame::{Frame8k, RATE_HZ};

/// Puts both directions of a leg side by side. A frame's place is its number on the leg's clock, 20 ms each; what is missing is silence.
#[derive(Debug, Default)]
pub struct Stereo {
    /// The next place to be given.
    next: Option<u64>,
    /// What the agent said and was not given yet, by its place.
    said: BTreeMap<u64, Frame8k>,
}

/// How far the party's sound may be behind the agent's before it counts as silence: 1 s.
const PATIENCE: u64 = 50;

/// A longer hole is cut short: half an hour.
const LONGEST_HOLE: u64 = 90_000;

impl Stereo {
    /// Begins at this place, whenever the first sound comes.
    #[must_use]
    pub fn from(at: u64) -> Self {
        Self {
            next: Some(at),
            said: BTreeMap::new(),
        }
    }

    /// Takes what the agent said, to be heard at this place, and gives what is complete by it.
    pub fn said(&mut self, at: u64, frame: &Frame8k) -> Whole<'_> {
        let next = *self.next.get_or_insert(at);
        if at >= next {
            self.said.insert(at, frame.clone());
        }
        self.whole(at.saturating_sub(PATIENCE), None)
    }

    /// What was to be heard from this place on is not.
    pub fn cut(&mut self, from: u64) {
        self.said.split_off(&from);
    }

    /// Takes what the party said at this place, and gives all up to its end. What comes too late is lost.
    pub fn heard(&mut self, at: u64, frame: &Frame8k) -> Whole<'_> {
        self.whole(at + 1, Some(frame.clone()))
    }

    fn whole(&mut self, end: u64, last: Option<Frame8k>) -> Whole<'_> {
        let first = last.is_some().then(|| end.saturating_sub(1));
        let next = self.next.or(first).unwrap_or(end);
        let next = next.max(end.saturating_sub(LONGEST_HOLE));
        self.next = Some(next.max(end));
        Whole {
            said: &mut self.said,
            places: next..end,
            last,
        }
    }
}

/// Frames of both channels, one after the other: left, right, left, right.
#[derive(Debug)]
pub struct Whole<'a> {
    said: &'a mut BTreeMap<u64, Frame8k>,
    places: Range<u64>,
    /// What the party said at the last of them.
    last: Option<Frame8k>,
}

impl Iterator for Whole<'_> {
    type Item = [i16; 2 * FRAME_SAMPLES];

    fn next(&mut self) -> Option<Self::Item> {
        let place = self.places.next()?;
        let left = match self.places.is_empty() {
            true => self.last.take().unwrap_or(Frame8k::SILENCE),
            false => Frame8k::SILENCE,
        };
        let right = self.said.remove(&place).unwrap_or(Frame8k::SILENCE);
        let mut both = [0; 2 * FRAME_SAMPLES];
        let pairs = left.samples().iter().zip(right.samples());
        for (pair, (left, right)) in both.chunks_exact_mut(2).zip(pairs) {
            pair.copy_from_slice(&[*left, *right]);
        }
        Some(both)
    }
}

const FRAME_SAMPLES: usize = 160;

/// How often a file is made whole: each 5 s.
const FLUSH_EACH: u64 = 250;

/// A WAV file of 8 kHz, 16 bit and two channels that only its owner may read. What was flushed is there even if it is never finished.
pub struct StereoFile {
    stereo: Stereo,
    wav: WavWriter<BufWriter<File>>,
    /// Frames that it may still hold.
    room: u64,
}

impl std::fmt::Debug for StereoFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StereoFile")
            .field("room", &self.room)
            .finish_non_exhaustive()
    }
}

impl StereoFile {
    /// Makes a file that begins at this place, of at most so many frames of 20 ms; what comes then is not kept.
    ///
    /// # Errors
    /// What the system says.
    pub fn create(path: &Path, from: u64, most_frames: u64) -> std::io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.create_new(true).write(true).mode(0o600).open(path)?;
        let spec = WavSpec {
            channels: 2,
            sample_rate: RATE_HZ,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        Ok(Self {
            stereo: Stereo::from(from),
            wav: WavWriter::new(BufWriter::new(file), spec).map_err(io)?,
            room: most_frames,
        })
    }

    /// As [`Stereo::said`].
    ///
    /// # Errors
    /// What the system says.
    pub fn said(&mut self, at: u64, frame: &Frame8k) -> std::io::Result<()> {
        write(self.stereo.said(at, frame), &mut self.room, &mut self.wav)
    }

    /// As [`Stereo::cut`].
    pub fn cut(&mut self, from: u64) {
        self.stereo.cut(from);
    }

    /// As [`Stereo::heard`].
    ///
    /// # Errors
    /// What the system says.
    pub fn heard(&mut self, at: u64, frame: &Frame8k) -> std::io::Result<()> {
        write(self.stereo.heard(at, frame), &mut self.room, &mut self.wav)?;
        match at % FLUSH_EACH {
            0 => self.flush(),
            _ => Ok(()),
        }
    }

    /// Brings all to the disk, its length too.
    ///
    /// # Errors
    /// What the system says.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.wav.flush().map_err(io)
    }
}

fn write(whole: Whole<'_>, room: &mut u64, wav: &mut WavWriter<BufWriter<File>>) -> std::io::Result<()> {
    for frame in whole {
        if *room == 0 {
            continue;
        }
        *room -= 1;
        for sample in frame {
            wav.write_sample(sample).map_err(io)?;
        }
    }
    Ok(())
}

fn io(error: hound::Error) -> std::io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => std::io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(sample: i16) -> Frame8k {
        Frame8k::from_samples(&[sample; 160])
    }

    /// The level of each frame, left and right.
    fn levels(whole: Whole<'_>) -> Vec<(i16, i16)> {
        whole.map(|frame| (frame[0], frame[1])).collect()
    }

    #[test]
    fn what_the_agent_says_lies_where_the_party_hears_it() {
        let mut stereo = Stereo::default();
        let mut all = levels(stereo.heard(10, &level(1)));
        all.extend(levels(stereo.said(13, &level(100))));
        all.extend(levels(stereo.said(14, &level(101))));
        for at in 11..15 {
            all.extend(levels(stereo.heard(at, &level(at as i16))));
        }
        assert_eq!(all, [(1, 0), (11, 0), (12, 0), (13, 100), (14, 101)]);
    }

    #[test]
    fn what_was_cut_off_is_not_in_it() {
        let mut stereo = Stereo::default();
        levels(stereo.heard(0, &level(0)));
        for at in 1..5 {
            assert_eq!(stereo.said(at, &level(7)).count(), 0);
        }
        stereo.cut(3);
        levels(stereo.said(4, &level(9)));
        let right = |at| levels(stereo.heard(at, &level(0)))[0].1;
        assert_eq!((1..6).map(right).collect::<Vec<_>>(), [7, 7, 0, 9, 0]);
    }

    #[test]
    fn a_hole_is_silence_so_that_both_stay_in_time() {
        let mut stereo = Stereo::default();
        levels(stereo.heard(0, &level(1)));
        levels(stereo.said(2, &level(5)));
        assert_eq!(levels(stereo.heard(3, &level(4))), [(0, 0), (0, 5), (4, 0)]);
        // What comes for a place that was given is lost.
        assert_eq!(stereo.heard(2, &level(4)).count(), 0);
    }

    #[test]
    fn a_party_that_sends_nothing_is_silence_while_the_agent_speaks() {
        let mut stereo = Stereo::default();
        levels(stereo.heard(0, &level(1)));
        let mut all = Vec::new();
        for at in 1..=PATIENCE + 3 {
            all.extend(levels(stereo.said(at, &level(5))));
        }
        assert_eq!(all, [(0, 5), (0, 5)]);
        let rest = levels(stereo.heard(PATIENCE + 4, &level(1)));
        assert_eq!(rest.len() as u64, PATIENCE + 2);
        assert_eq!(rest.last(), Some(&(1, 0)));
    }

    #[test]
    fn a_file_holds_what_was_flushed_and_no_more_than_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("caller.wav");
        let mut file = StereoFile::create(&path, 0, 3).unwrap();
        file.said(1, &level(-9)).unwrap();
        for at in 0..5 {
            file.heard(at, &level(at as i16)).unwrap();
        }
        file.flush().unwrap();
        let wav = hound::WavReader::open(&path).unwrap();
        assert_eq!((wav.spec().channels, wav.spec().sample_rate), (2, 8_000));
        let samples: Vec<i16> = wav.into_samples().map(Result::unwrap).collect();
        let levels: Vec<(i16, i16)> = samples.chunks(320).map(|frame| (frame[0], frame[1])).collect();
        assert_eq!(levels, [(0, 0), (1, -9), (2, 0)]);
        assert!(StereoFile::create(&path, 0, 3).is_err(), "it is not written over");
    }
}
