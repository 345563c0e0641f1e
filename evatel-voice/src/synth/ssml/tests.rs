use rstest::rstest;

use super::*;

fn spans(text: &str) -> Vec<Span> {
    Ssml::parse(text, Language::Fr).unwrap().spans().to_vec()
}

fn text(text: &str, language: Option<Language>, percent: u16) -> Span {
    Span::Text {
        text: text.to_owned(),
        language,
        pace: Pace::of_percent(percent),
    }
}

#[test]
fn pauses_pace_and_language_hold_where_they_stand() {
    let document = "<speak xml:lang='fr-CA'><p>Un <break time=\"300ms\"/>deux <prosody rate='slow'>trois <lang xml:lang='en'>four</lang></prosody></p></speak>";
    assert_eq!(
        spans(document),
        [
            text("Un ", Some(Language::Fr), 100),
            Span::Pause(Duration::from_millis(300)),
            text("deux ", Some(Language::Fr), 100),
            text("trois ", Some(Language::Fr), 75),
            text("four", Some(Language::En), 75),
        ]
    );
    let nested = "<speak><prosody rate='50%'><prosody rate='80%'>a</prosody></prosody></speak>";
    assert_eq!(spans(nested), [text("a", None, 50)]);
}

#[rstest]
#[case::digits("digits", "0199", "0 1 9 9", "0 1 9 9")]
#[case::letters("characters", "J4B-5L7", "J 4 B 5 L 7", "J 4 B 5 L 7")]
#[case::telephone(
    "telephone",
    "+1 514 555-0199",
    "1, 5 1 4, 5 5 5, 0 1 9 9",
    "1, 5 1 4, 5 5 5, 0 1 9 9"
)]
#[case::abroad(
    "telephone",
    "33142764978",
    "3 3, 1 4 2, 7 6, 4 9 7, 8",
    "3 3, 1 4 2, 7 6, 4 9 7, 8"
)]
#[case::date("date", "2026-11-01", "1er novembre 2026", "November 1, 2026")]
#[case::another_date("date", "2027-08-26", "26 août 2027", "August 26, 2027")]
#[case::time("time", "15:30", "15 heures 30", "3 30 p.m.")]
#[case::one_o_clock("time", "01:00", "1 heure", "1 a.m.")]
#[case::after_noon("time", "12:05", "12 heures 5", "12 05 p.m.")]
#[case::midnight("time", "00:00", "minuit", "midnight")]
fn what_is_no_sentence_is_said_as_people_say_it(
    #[case] kind: &str,
    #[case] written: &str,
    #[case] french: &str,
    #[case] english: &str,
) {
    let document = format!("<speak><say-as interpret-as='{kind}'>{written}</say-as></speak>");
    let said = |language| Ssml::parse(&document, language).unwrap().text();
    assert_eq!(
        (said(Language::Fr).as_str(), said(Language::En).as_str()),
        (french, english)
    );
}

#[rstest]
#[case::unknown("<speak>\n  <audio src='x'/></speak>", 2, 3, "`audio` is not spoken here")]
#[case::pitch("<speak><prosody pitch='high'>a</prosody></speak>", 1, 8, "`prosody pitch`")]
#[case::rate("<speak><prosody rate='900%'>a</prosody></speak>", 1, 8, "`50%` to `200%`")]
#[case::pause("<speak><break time='60s'/></speak>", 1, 8, "at most 10 s")]
#[case::not_a_number("<speak><break time='NaNs'/></speak>", 1, 8, "`NaNs` is no pause")]
#[case::language("<speak><lang xml:lang='de'>a</lang></speak>", 1, 8, "`fr` or `en`")]
#[case::no_language("<speak><lang>a</lang></speak>", 1, 8, "`lang` needs `xml:lang`")]
#[case::alias("<speak><sub>a</sub></speak>", 1, 8, "`sub` needs `alias`")]
#[case::date(
    "<speak><say-as interpret-as='date'>demain</say-as></speak>",
    1,
    8,
    "`2026-11-26`"
)]
#[case::plain("Bonjour", 1, 1, "")]
#[case::root("<p>Bonjour</p>", 1, 1, "`p` is not spoken here")]
#[case::entity("<!DOCTYPE speak [<!ENTITY a 'b'>]><speak>&a;</speak>", 1, 1, "")]
fn what_cannot_be_spoken_is_refused_with_its_place(
    #[case] document: &str,
    #[case] line: u32,
    #[case] column: u32,
    #[case] says: &str,
) {
    let refused = Ssml::parse(document, Language::Fr).unwrap_err();
    assert_eq!((refused.line, refused.column), (line, column), "{refused}");
    assert!(refused.to_string().contains(says), "{refused}");
}

#[test]
fn a_document_is_bounded_in_length_and_depth() {
    let deep = |levels: usize| {
        format!(
            "<speak>{}a{}</speak>",
            "<p>".repeat(levels),
            "</p>".repeat(levels)
        )
    };
    assert_eq!(spans(&deep(MAX_DEPTH)).len(), 1);
    assert_eq!(
        Ssml::parse(&deep(5_000), Language::Fr).unwrap_err().fault,
        Fault::Deep
    );
    let long = format!("<speak>{}</speak>", "a".repeat(MAX_SSML_BYTES));
    assert_eq!(Ssml::parse(&long, Language::Fr).unwrap_err().fault, Fault::Long);
}

#[test]
fn marks_that_a_caller_could_have_brought_along_are_no_marks_in_a_text() {
    let document = "<speak>Bonjour &lt;break time='9s'/&gt; Luc</speak>";
    assert_eq!(
        spans(document),
        [text("Bonjour <break time='9s'/> Luc", None, 100)]
    );
}
