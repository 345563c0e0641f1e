//! RTP: one packet, and a stream of them in any order. Nothing is played twice, and no more than came or was made up for.

#![no_main]

use evatel_ari::media::rtp::{
    packet::Packet,
    receiver::{Arrived, MAX_PAYLOAD, Next, Receiver},
};
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};

#[derive(Arbitrary, Debug)]
enum Happening<'a> {
    Packet {
        sequence: u16,
        ssrc: bool,
        payload: &'a [u8],
    },
    Raw(&'a [u8]),
    Step,
}

fuzz_target!(|happenings: Vec<Happening<'_>>| {
    let mut receiver = Receiver::default();
    let (mut came, mut played) = (0_u64, 0_u64);
    for happening in happenings {
        let play = |next: Next<'_>| {
            if let Next::Payload(payload) = next {
                assert!(payload.len() <= MAX_PAYLOAD, "more is played than is held");
                played += 1;
            }
        };
        let tally = match happening {
            Happening::Step => receiver.step(play),
            Happening::Packet {
                sequence,
                ssrc,
                payload,
            } => {
                came += 1;
                let payload = &payload[..payload.len().min(MAX_PAYLOAD)];
                receiver.push(
                    Arrived {
                        sequence,
                        ssrc: u32::from(ssrc),
                        payload,
                    },
                    play,
                )
            }
            Happening::Raw(bytes) => {
                let Some(packet) = Packet::read(bytes) else {
                    continue;
                };
                came += 1;
                let payload = &packet.payload[..packet.payload.len().min(MAX_PAYLOAD)];
                receiver.push(
                    Arrived {
                        sequence: packet.sequence,
                        ssrc: packet.ssrc,
                        payload,
                    },
                    play,
                )
            }
        };
        assert!(
            tally.late + tally.duplicate <= 1,
            "one packet is late or there already, once"
        );
    }
    assert!(played <= came, "{played} packets were played of {came}");
});
