//! What any voice says, made fit for a telephone.

use crate::frame::Clip;

/// Cuts the silence at both ends down to a breath and brings the peak to a level that a trunk carries without clipping.
pub(crate) fn finished(clip: &Clip) -> Clip {
    let samples = clip.samples();
    let audible = |sample: &i16| sample.unsigned_abs() > AUDIBLE;
    let Some(first) = samples.iter().position(audible) else {
        return Clip::new(Vec::new());
    };
    let last = samples.iter().rposition(audible).unwrap_or(first);
    let start = first.saturating_sub(LEAD_IN);
    let end = (last + LEAD_OUT).min(samples.len());
    let peak = samples
        .iter()
        .map(|sample| sample.unsigned_abs())
        .max()
        .unwrap_or(1)
        .max(1);
    let gain = f32::from(PEAK) / f32::from(peak);
    Clip::new(
        samples[start..end]
            .iter()
            .map(|&sample| (f32::from(sample) * gain) as i16)
            .collect(),
    )
}

/// -60 dBFS.
const AUDIBLE: u16 = 33;
/// 20 ms and 120 ms at 8 kHz.
const LEAD_IN: usize = 160;
const LEAD_OUT: usize = 960;
/// -4 dBFS.
const PEAK: i16 = 20_675;
