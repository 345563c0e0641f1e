//! Reads the WAV that an engine writes to a pipe, whose header cannot know how long it will be.

/// Sound as an engine gave it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wav {
    pub(super) rate_hz: u32,
    pub(super) samples: Vec<i16>,
}

/// Parses mono 16-bit PCM. A `data` chunk that promises more than there is holds what there is.
pub(super) fn parse(bytes: &[u8]) -> Result<Wav, &'static str> {
    if bytes.get(0..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err("no RIFF WAVE header");
    }
    let mut rate_hz = None;
    let mut rest = &bytes[12..];
    while let Some((name, body, next)) = chunk(rest) {
        match name {
            b"fmt " => rate_hz = Some(format(body)?),
            b"data" => {
                let rate_hz = rate_hz.ok_or("the data comes before the format")?;
                let samples = body
                    .chunks_exact(2)
                    .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
                    .collect();
                return Ok(Wav { rate_hz, samples });
            }
            _ => {}
        }
        rest = next;
    }
    Err("no data chunk")
}

fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let name = bytes.get(0..4)?;
    let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let rest = &bytes[8..];
    let end = length.min(rest.len());
    // RIFF pads chunks to an even length.
    let next = end.saturating_add(length % 2).min(rest.len());
    Some((name, &rest[..end], &rest[next..]))
}

fn format(body: &[u8]) -> Result<u32, &'static str> {
    let field = |at: usize| {
        body.get(at..at + 2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
    };
    if field(0) != Some(1) || field(2) != Some(1) || field(14) != Some(16) {
        return Err("not mono 16-bit PCM");
    }
    let rate = body
        .get(4..8)
        .and_then(|rate| rate.try_into().ok())
        .map(u32::from_le_bytes);
    rate.filter(|rate| (1000..=192_000).contains(rate))
        .ok_or("the sample rate makes no sense")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(promised: u32, samples: &[i16]) -> Vec<u8> {
        let mut bytes = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        bytes.extend(22_050_u32.to_le_bytes());
        bytes.extend(44_100_u32.to_le_bytes());
        bytes.extend(b"\x02\0\x10\0data");
        bytes.extend(promised.to_le_bytes());
        bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        bytes
    }

    #[test]
    fn a_stream_of_unknown_length_is_read_to_its_end() {
        let parsed = parse(&wav(0x7fff_f000, &[1, -2, 3])).unwrap();
        assert_eq!(
            parsed,
            Wav {
                rate_hz: 22_050,
                samples: vec![1, -2, 3]
            }
        );
    }

    #[test]
    fn every_cut_and_every_other_format_is_refused_or_read_but_never_a_panic() {
        let whole = wav(6, &[1, -2, 3]);
        for cut in 0..whole.len() {
            let _ = parse(&whole[..cut]);
        }
        let mut stereo = whole.clone();
        stereo[22] = 2;
        assert_eq!(parse(&stereo), Err("not mono 16-bit PCM"));
        assert_eq!(parse(b"hello"), Err("no RIFF WAVE header"));
    }
}
