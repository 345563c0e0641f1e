//! Each message, whole, cut and spoiled.

use super::*;

fn to_worker() -> Vec<ToWorker> {
    vec![
        ToWorker::Load {
            kind: ModelKind::Zipformer2Ctc,
            provider: Provider::Cuda,
            folder: "/models/é".into(),
        },
        ToWorker::Mark { stream: 9 },
        ToWorker::Voice {
            folder: "/voices/é".into(),
        },
        ToWorker::Say {
            percent: 75,
            text: Text::Words("bonjour".to_owned()),
        },
        ToWorker::Say {
            percent: 100,
            text: Text::Phonemes("bɔ̃ʒˈuʁ.".to_owned()),
        },
        ToWorker::Open {
            stream: 7,
            band: Band::Wide,
            hotwords: "Zoé/Marie".to_owned(),
        },
        ToWorker::Audio {
            stream: 7,
            samples: vec![1, -2, i16::MAX],
        },
        ToWorker::Finish { stream: 7 },
        ToWorker::Close { stream: u32::MAX },
    ]
}

fn from_worker() -> Vec<FromWorker> {
    let token = |phone: &str, at_ms| PhoneToken::new(phone, at_ms);
    vec![
        FromWorker::Ready {
            version: "2.0.1".to_owned(),
        },
        FromWorker::Refused {
            refusal: Refusal::Missing("/x".into()),
        },
        FromWorker::Refused {
            refusal: Refusal::NoLibrary,
        },
        FromWorker::Refused {
            refusal: Refusal::NoProvider("none".to_owned()),
        },
        FromWorker::Done { messages: 70_000 },
        FromWorker::Marked { stream: 9 },
        FromWorker::Sound {
            rate_hz: 22_050,
            last: true,
            samples: vec![i16::MIN, 0, 7],
        },
        FromWorker::Tokens {
            stream: 3,
            last: true,
            tokens: vec![token("an", 40), token("m", 1200)],
        },
    ]
}

#[test]
fn each_message_comes_back_as_it_went() {
    for message in to_worker() {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        let mut body = Vec::new();
        assert!(read_body(&mut &bytes[..], &mut body).unwrap());
        assert_eq!(ToWorker::decode(&body), Ok(message));
    }
    for message in from_worker() {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        assert_eq!(FromWorker::decode(&bytes[4..]), Ok(message));
    }
}

#[test]
fn a_cut_or_spoiled_message_is_an_error_and_never_a_panic() {
    for message in from_worker() {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        for cut in 4..bytes.len() {
            let _ = FromWorker::decode(&bytes[4..cut]);
            let mut spoiled = bytes[4..].to_vec();
            spoiled[cut - 4] ^= 0xff;
            let _ = FromWorker::decode(&spoiled);
            let _ = ToWorker::decode(&spoiled);
        }
    }
}

#[test]
fn a_message_is_whole_with_its_last_byte() {
    let mut bytes = Vec::new();
    ToWorker::Close { stream: 7 }.encode(&mut bytes);
    for cut in 0..bytes.len() {
        assert!(!is_whole(&bytes[..cut]), "{cut}");
    }
    assert!(is_whole(&bytes));
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_it_is_reserved() {
    let mut body = Vec::new();
    let huge = u32::MAX.to_le_bytes();
    assert!(read_body(&mut &huge[..], &mut body).is_err());
    assert!(body.capacity() <= LONGEST);
    assert!(!read_body(&mut &[][..], &mut body).unwrap());
}
