use super::*;

#[test]
fn both_dialects_tell_the_same() {
    let pairs = [
        (
            r#"{"event":"MEDIA_START","connection_id":"m1","channel":"WebSocket/x","channel_id":"c1","format":"slin16","optimal_frame_size":640,"ptime":20,"channel_variables":{}}"#,
            "MEDIA_START connection_id:m1 channel:WebSocket/x channel_id:c1 format:slin16 optimal_frame_size:640 ptime:20",
        ),
        (r#"{"event":"MEDIA_XOFF","channel_id":"c1"}"#, "MEDIA_XOFF"),
        (r#"{"event":"MEDIA_XON","channel_id":"c1"}"#, "MEDIA_XON"),
        (r#"{"event":"QUEUE_DRAINED","channel_id":"c1"}"#, "QUEUE_DRAINED"),
        (
            r##"{"event":"DTMF_END","channel_id":"c1","digit":"#"}"##,
            "DTMF_END digit:# channel_id:c1",
        ),
        (
            r#"{"event":"MEDIA_MARK_PROCESSED","channel_id":"c1","correlation_id":"7"}"#,
            "MEDIA_MARK_PROCESSED 7",
        ),
        (
            r#"{"event":"MEDIA_BUFFERING_COMPLETED","channel_id":"c1","correlation_id":"a-b"}"#,
            "MEDIA_BUFFERING_COMPLETED a-b",
        ),
        (
            r#"{"event":"STATUS","channel_id":"c1","queue_length":43,"xon_level":800,"xoff_level":900,"queue_full":true,"bulk_media":false,"media_paused":true}"#,
            "STATUS channel_id:c1 queue_length:43 xon_level:800 xoff_level:900 queue_full:true bulk_media:false media_paused:true",
        ),
        (
            r#"{"event":"ERROR","channel_id":"c1","error_text":"no: such thing"}"#,
            "ERROR channel_id:c1 error_text:no: such thing",
        ),
    ];
    for (json, words) in pairs {
        let event = Event::read(json, Dialect::Json);
        assert_ne!(event, Event::Unknown, "{json}");
        assert_eq!(event, Event::read(words, Dialect::PlainText));
    }
}

#[test]
fn strange_messages_change_nothing() {
    for strange in ["", "MEDIA_XOFF", r#"{"event":"NOVEL"}"#, r#"{"event":7}"#, "[]"] {
        assert_eq!(Event::read(strange, Dialect::Json), Event::Unknown, "{strange}");
    }
    for strange in ["", " ", "NOVEL a:b", r#"{"event":"MEDIA_XOFF"}"#] {
        assert_eq!(
            Event::read(strange, Dialect::PlainText),
            Event::Unknown,
            "{strange}"
        );
    }
}

#[test]
fn whatever_is_told_is_read_without_a_panic() {
    let mut noise = crate::noise::Noise::new(7);
    let mut known = 0;
    for _ in 0..20_000 {
        for (text, dialect) in [
            (
                r#"{"event":"STATUS","queue_length":320,"ptime":20}"#,
                Dialect::Json,
            ),
            ("STATUS queue_length:320 error_text:x", Dialect::PlainText),
        ] {
            let text = noise.damaged(text);
            known += usize::from(Event::read(&text, dialect) != Event::Unknown);
        }
        let bytes = noise.bytes(100);
        Event::read(&String::from_utf8_lossy(&bytes), Dialect::PlainText);
    }
    assert!((1_000..39_000).contains(&known), "{known} were understood");
}

#[test]
fn commands_are_written_in_both_dialects() {
    let written = |command: Command<'_>| {
        (
            command.encode(Dialect::Json).unwrap(),
            command.encode(Dialect::PlainText).ok(),
        )
    };
    assert_eq!(
        written(Command::Flush),
        (r#"{"command":"FLUSH_MEDIA"}"#.into(), Some("FLUSH_MEDIA".into()))
    );
    assert_eq!(
        written(Command::Mark("m1")),
        (
            r#"{"command":"MARK_MEDIA","correlation_id":"m1"}"#.into(),
            Some("MARK_MEDIA m1".into())
        )
    );
    assert_eq!(
        written(Command::SetDirection(Direction::Out)),
        (
            r#"{"command":"SET_MEDIA_DIRECTION","direction":"out"}"#.into(),
            None
        )
    );
}

#[test]
fn what_asterisk_would_ignore_or_misread_is_not_sent() {
    let long = "x".repeat(MAX_COMMAND);
    assert!(matches!(
        Command::Mark(&long).encode(Dialect::PlainText),
        Err(CommandError::TooLong { bytes: 139 })
    ));
    for bad in ["a b", "a\"", "a\n"] {
        assert!(matches!(
            Command::Mark(bad).encode(Dialect::Json),
            Err(CommandError::BadId { .. })
        ));
    }
}
