//! What was recorded, for ears and eyes: WAV files, and a picture of several waveforms above each other on one time axis.

mod canvas;

use std::{fs::File, io::BufWriter, path::Path, time::Duration};

use anyhow::{Context, Result};

use self::canvas::{Canvas, Colour};
use crate::RATE_HZ;

/// One waveform of a picture.
#[derive(Clone, Debug, Default)]
pub struct Track {
    /// What it is, in a few words.
    pub label: String,
    /// Samples at 8 kHz.
    pub samples: Vec<i16>,
    /// From the picture's left edge to the first sample.
    pub begin: Duration,
    /// Instants to point at.
    pub marks: Vec<Mark>,
}

/// An instant that a picture points at.
#[derive(Clone, Debug)]
pub struct Mark {
    /// From the picture's left edge.
    pub at: Duration,
    /// What happened, in a few words.
    pub label: String,
}

impl Track {
    /// A waveform without marks, which begins at the left edge.
    pub fn new(label: impl Into<String>, samples: Vec<i16>) -> Self {
        Self {
            label: label.into(),
            samples,
            ..Self::default()
        }
    }

    /// Adds a mark.
    #[must_use]
    pub fn mark(mut self, at: Duration, label: impl Into<String>) -> Self {
        self.marks.push(Mark {
            at,
            label: label.into(),
        });
        self
    }

    fn end(&self) -> Duration {
        self.begin + Duration::from_secs_f64(self.samples.len() as f64 / f64::from(RATE_HZ))
    }
}

/// Writes samples at 8 kHz as a mono 16-bit WAV file.
pub fn write_wav(path: &Path, samples: &[i16]) -> Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer =
        hound::WavWriter::create(path, spec).with_context(|| format!("cannot write `{}`", path.display()))?;
    let mut samples_out = writer.get_i16_writer(samples.len() as u32);
    for &sample in samples {
        samples_out.write_sample(sample);
    }
    samples_out.flush()?;
    writer
        .finalize()
        .with_context(|| format!("cannot write `{}`", path.display()))
}

/// Draws waveforms above each other, with a title, a common time axis in seconds, labels and marks, as a PNG file.
pub fn write_png(path: &Path, title: &str, tracks: &[Track]) -> Result<()> {
    let canvas = draw(title, tracks);
    let file = File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), canvas.width as u32, canvas.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer
        .write_image_data(canvas.bytes())
        .with_context(|| format!("cannot write `{}`", path.display()))?;
    writer.finish()?;
    Ok(())
}

fn draw(title: &str, tracks: &[Track]) -> Canvas {
    let bottom = HEAD + tracks.len() * (TRACK + GAP);
    let mut canvas = Canvas::new(WIDTH, bottom + FOOT);
    let shown = tracks
        .iter()
        .map(Track::end)
        .max()
        .unwrap_or_default()
        .max(Duration::from_secs(1))
        .as_secs_f64();
    let x = |seconds: f64| MARGIN + (seconds / shown * PLOT as f64) as usize;

    canvas.text(MARGIN, 8, title, Colour::INK);
    let step = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0]
        .into_iter()
        .find(|step| shown / step <= 16.0)
        .unwrap_or(120.0);
    for tick in 0..=(shown / step) as usize {
        let seconds = tick as f64 * step;
        canvas.vertical(x(seconds), HEAD, bottom, Colour::GRID);
        let text = if step < 1.0 {
            format!("{seconds:.1} s")
        } else {
            format!("{seconds:.0} s")
        };
        canvas.text(x(seconds), bottom + 6, &text, Colour::INK);
    }
    for (index, track) in tracks.iter().enumerate() {
        let top = HEAD + index * (TRACK + GAP);
        draw_track(&mut canvas, track, top, x);
    }
    canvas
}

fn draw_track(canvas: &mut Canvas, track: &Track, top: usize, x: impl Fn(f64) -> usize) {
    let middle = top + LABEL + WAVE / 2;
    let (left, right) = (MARGIN, MARGIN + PLOT);
    canvas.horizontal(left, right, middle, Colour::GRID);
    let begin = track.begin.as_secs_f64();
    let place = |sample: usize| x(begin + sample as f64 / f64::from(RATE_HZ));
    let mut from = 0;
    while from < track.samples.len() {
        let column = place(from);
        let mut to = from + 1;
        while to < track.samples.len() && place(to) == column {
            to += 1;
        }
        let part = &track.samples[from..to];
        let height = |sample: Option<&i16>| {
            sample.map_or(0, |&sample| isize::from(sample) * (WAVE as isize / 2) / 32768)
        };
        let (low, high) = (height(part.iter().min()), height(part.iter().max()));
        canvas.vertical(
            column,
            middle.saturating_add_signed(-high),
            middle.saturating_add_signed(-low) + 1,
            Colour::WAVE,
        );
        from = to;
    }
    canvas.text(left, top, &track.label, Colour::INK);
    // Marks that lie close together take turns between the lines, so that their words stay readable.
    for (index, mark) in track.marks.iter().enumerate() {
        let column = x(mark.at.as_secs_f64());
        canvas.vertical(column, top + LABEL - 2, top + TRACK, Colour::MARK);
        let line = top + LABEL + (index % 3) * 10;
        canvas.text(column + 3, line, &mark.label, Colour::MARK);
    }
}

const WIDTH: usize = 1600;
const MARGIN: usize = 12;
const PLOT: usize = WIDTH - 2 * MARGIN - 50;
const HEAD: usize = 28;
const FOOT: usize = 24;
const LABEL: usize = 14;
const WAVE: usize = 120;
const TRACK: usize = LABEL + WAVE;
const GAP: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;

    #[test]
    fn a_wav_file_holds_the_samples() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let samples = signal::burst(3);
        write_wav(&path, &samples).unwrap();
        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!((reader.spec().sample_rate, reader.spec().channels), (8000, 1));
        assert_eq!(
            reader.samples::<i16>().map(Result::unwrap).collect::<Vec<_>>(),
            samples
        );
    }

    #[test]
    fn a_wave_is_drawn_where_it_is_and_not_where_it_is_silent() {
        let mut samples = vec![0; 8000];
        samples.extend(signal::burst(3));
        let canvas = draw("t", &[Track::new("a", samples)]);
        let row = HEAD + LABEL + WAVE / 2 - 8;
        let inked =
            |from: usize, to: usize| (from..to).any(|column| canvas.pixel(column, row) == Colour::WAVE);
        assert!(!inked(MARGIN, MARGIN + PLOT / 3 - 5));
        assert!(inked(MARGIN + PLOT / 3 + 5, MARGIN + PLOT));
    }

    #[test]
    fn a_picture_can_be_read_back_and_marks_past_its_edge_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let track = Track::new("é", signal::burst(1)).mark(Duration::from_secs(99), "far");
        write_png(&path, "title", &[track.clone(), track]).unwrap();
        let decoder = png::Decoder::new(std::io::BufReader::new(File::open(&path).unwrap()));
        assert_eq!(decoder.read_info().unwrap().info().width, WIDTH as u32);
    }
}
