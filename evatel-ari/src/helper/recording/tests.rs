use super::*;

#[test]
fn what_was_heard_tells_why_a_recording_ended() {
    let mut rules = Rules::new("r".into(), "wav");
    rules.max_duration = Some(Duration::from_secs(10));
    rules.max_silence = Some(Duration::from_secs(3));
    rules.terminate_on = TerminateOn::Hash;
    let recording = |json: &str| serde_json::from_str::<LiveRecording>(json).unwrap();
    let begin = Instant::now();
    let nothing = Heard::default();
    let end =
        |json: &str, heard: &Heard| why(&recording(json), &rules, heard, begin + Duration::from_secs(9));
    assert_eq!(
        end(r#"{"state":"done","duration":10}"#, &nothing),
        Some(End::Longest)
    );
    assert_eq!(end(r#"{"state":"done","duration":9}"#, &nothing), None);
    assert_eq!(end(r#"{"state":"canceled"}"#, &nothing), Some(End::Cancelled));
    let long = Heard {
        began: Some(begin - Duration::from_secs(1)),
        ..Heard::default()
    };
    assert_eq!(end(r#"{"state":"done","duration":9}"#, &long), Some(End::Longest));
    let pressed = |key| Heard {
        key: Some(key),
        ..Heard::default()
    };
    let done = r#"{"state":"done","duration":2}"#;
    assert_eq!(end(done, &pressed('#')), Some(End::Terminator('#')));
    assert_eq!(end(done, &pressed('5')), None, "5 ends nothing");
    let left = Heard {
        has_left: true,
        ..Heard::default()
    };
    assert_eq!(end(done, &left), Some(End::Left));
}
