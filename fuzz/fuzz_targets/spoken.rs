//! What somebody said, as text. Whatever it is, it means something that can be, or nothing.

#![no_main]

use evatel_core::{account::Language, money::Currency, number::DialPlan};
use evatel_voice::spoken::{self, Meaning};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|said: &str| {
    let now = "2026-11-26T10:00[America/Toronto]"
        .parse()
        .expect("this is a moment");
    for language in [Language::Fr, Language::En] {
        spoken::yes_no(said, language);
        asked(spoken::number(said, language, &DialPlan::default()));
        asked(spoken::digits(said, language));
        let amounts = spoken::amount(said, language, Currency::CAD);
        let all = amounts.iter().flat_map(Meaning::candidates);
        all.for_each(|amount| assert!(!amount.is_negative()));
        asked(amounts);
        let lengths = spoken::duration(said, language);
        let all = lengths.iter().flat_map(Meaning::candidates);
        all.for_each(|length| assert!(length.is_positive()));
        asked(lengths);
        asked(spoken::time(said, language));
        asked(spoken::date(said, language, jiff::civil::date(2026, 11, 26)));
        asked(spoken::moment(said, language, &now));
    }
});

fn asked<T>(meaning: Option<Meaning<T>>) {
    if let Some(Meaning::Ambiguous(all)) = meaning {
        assert!(all.len() > 1, "there is nothing to ask");
    }
}
