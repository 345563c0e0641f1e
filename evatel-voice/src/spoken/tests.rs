mod phrases;

use evatel_core::account::Language;
use jiff::{Zoned, civil::Date};

use super::*;

use Language::{En, Fr};

/// A Thursday.
const TODAY: &str = "2026-11-26";

fn now() -> Zoned {
    format!("{TODAY}T10:00[America/Toronto]").parse().unwrap()
}

fn dates(utterance: &str, language: Language) -> Vec<String> {
    let today: Date = TODAY.parse().unwrap();
    let meaning = date(utterance, language, today);
    meaning
        .map(|meaning| meaning.candidates().iter().map(Date::to_string).collect())
        .unwrap_or_default()
}

fn times(utterance: &str, language: Language) -> Vec<String> {
    let meaning = time(utterance, language);
    meaning
        .map(|meaning| {
            let all = meaning.candidates().iter();
            all.map(|time| time.strftime("%H:%M").to_string()).collect()
        })
        .unwrap_or_default()
}

fn moments_at(utterance: &str, language: Language, now: &Zoned) -> Vec<String> {
    let meaning = moment(utterance, language, now);
    meaning
        .map(|meaning| {
            let all = meaning.candidates().iter();
            all.map(|then| then.strftime("%F %H:%M %:z").to_string())
                .collect()
        })
        .unwrap_or_default()
}

fn moments(utterance: &str, language: Language) -> Vec<String> {
    moments_at(utterance, language, &now())
        .iter()
        .map(|moment| moment.replace(" -05:00", ""))
        .collect()
}

#[test]
fn yes_and_no_are_told_apart_and_who_says_both_has_said_neither() {
    for (utterance, language, means) in [
        ("Oui, s'il vous plaît.", Fr, Some(true)),
        ("ben oui d'accord", Fr, Some(true)),
        ("C'est ça", Fr, Some(true)),
        ("Pas d'accord", Fr, Some(false)),
        ("non merci", Fr, Some(false)),
        ("c'est pas ça", Fr, Some(false)),
        ("oui euh non", Fr, None),
        ("demain", Fr, None),
        ("", Fr, None),
        ("Yeah, sure", En, Some(true)),
        ("that's right", En, Some(true)),
        ("that's wrong", En, Some(false)),
        ("no, don't", En, Some(false)),
        ("yes no", En, None),
    ] {
        assert_eq!(yes_no(utterance, language), means, "{utterance}");
    }
}

#[test]
fn an_hour_up_to_twelve_may_be_two_unless_its_part_of_the_day_is_said() {
    for (utterance, language, all) in [
        ("à quinze heures trente", Fr, &["15:30"][..]),
        ("neuf heures", Fr, &["09:00", "21:00"]),
        ("trois heures et quart", Fr, &["15:15", "03:15"]),
        ("neuf heures moins le quart du matin", Fr, &["08:45"]),
        ("huit heures et demie du soir", Fr, &["20:30"]),
        ("trois heures de l'après-midi", Fr, &["15:00"]),
        ("cet après-midi à deux heures dix", Fr, &["14:10"]),
        ("midi", Fr, &["12:00"]),
        ("midi et demi", Fr, &["12:30"]),
        ("minuit moins dix", Fr, &["23:50"]),
        ("deux heures de la nuit", Fr, &["02:00"]),
        ("à 9h05", Fr, &["09:05", "21:05"]),
        ("vingt-quatre heures", Fr, &["00:00"]),
        ("half past nine", En, &["09:30", "21:30"]),
        ("quarter to five", En, &["16:45", "04:45"]),
        ("ten past eight in the evening", En, &["20:10"]),
        ("at nine thirty p.m.", En, &["21:30"]),
        ("12 am", En, &["00:00"]),
        ("12 pm", En, &["12:00"]),
        ("noon", En, &["12:00"]),
        ("three o'clock", En, &["15:00", "03:00"]),
        ("18:45", En, &["18:45"]),
    ] {
        assert_eq!(times(utterance, language), all, "{utterance}");
    }
    for (utterance, language) in [
        ("demain après-midi", Fr),
        ("", Fr),
        ("the afternoon", En),
        ("twenty-seven o'clock", En),
    ] {
        assert_eq!(times(utterance, language), [""; 0], "{utterance}");
    }
}

#[test]
fn a_day_is_the_coming_one_and_what_may_be_two_is_both() {
    for (utterance, language, all) in [
        ("aujourd'hui", Fr, &["2026-11-26"][..]),
        ("après-demain", Fr, &["2026-11-28"]),
        ("dans trois jours", Fr, &["2026-11-29"]),
        ("dans deux semaines", Fr, &["2026-12-10"]),
        ("mardi", Fr, &["2026-12-01"]),
        ("mardi prochain", Fr, &["2026-12-01"]),
        // Today is a Thursday: today's, or the next?
        ("jeudi", Fr, &["2026-11-26", "2026-12-03"]),
        ("jeudi prochain", Fr, &["2026-12-03"]),
        // In this week still.
        ("samedi prochain", Fr, &["2026-12-05", "2026-11-28"]),
        ("le premier", Fr, &["2026-12-01"]),
        ("le trente et un", Fr, &["2026-12-31"]),
        ("le 3 mars", Fr, &["2027-03-03"]),
        ("le vingt-neuf février", Fr, &["2028-02-29"]),
        ("mercredi le 3 mars 2027", Fr, &["2027-03-03"]),
        ("mardi le 3 mars", Fr, &["2027-03-03", "2026-12-01"]),
        ("le 25 novembre 2026", Fr, &["2026-11-25"]),
        ("tomorrow", En, &["2026-11-27"]),
        ("the day after tomorrow", En, &["2026-11-28"]),
        ("next Tuesday", En, &["2026-12-01"]),
        ("this Friday", En, &["2026-11-27"]),
        ("March 3rd", En, &["2027-03-03"]),
        ("the third of March twenty twenty-eight", En, &["2028-03-03"]),
        ("in a week", En, &["2026-12-03"]),
    ] {
        assert_eq!(dates(utterance, language), all, "{utterance}");
    }
    for (utterance, language) in [
        ("le trente février", Fr),
        ("le 29 février 2027", Fr),
        ("bientôt", Fr),
        ("may I call", En),
    ] {
        assert_eq!(dates(utterance, language), [""; 0], "{utterance}");
    }
}

#[test]
fn a_moment_is_a_day_and_a_time_or_the_next_such_time() {
    for (utterance, language, all) in [
        ("demain à quinze heures trente", Fr, &["2026-11-27 15:30"][..]),
        ("mardi 15 heures", Fr, &["2026-12-01 15:00"]),
        ("demain matin à neuf heures", Fr, &["2026-11-27 09:00"]),
        ("ce soir à huit heures", Fr, &["2026-11-26 20:00"]),
        // Nine this morning has passed.
        ("à neuf heures", Fr, &["2026-11-27 09:00", "2026-11-26 21:00"]),
        ("aujourd'hui à neuf heures", Fr, &["2026-11-26 21:00"]),
        ("dans une heure et demie", Fr, &["2026-11-26 11:30"]),
        ("dans trois jours à midi", Fr, &["2026-11-29 12:00"]),
        ("le 3 mars à 14 h 15", Fr, &["2027-03-03 14:15"]),
        (
            "next Tuesday at half past nine",
            En,
            &["2026-12-01 09:30", "2026-12-01 21:30"],
        ),
        ("in twenty minutes", En, &["2026-11-26 10:20"]),
        ("tomorrow at noon", En, &["2026-11-27 12:00"]),
        ("Friday at 5 pm", En, &["2026-11-27 17:00"]),
    ] {
        assert_eq!(moments(utterance, language), all, "{utterance}");
    }
    for (utterance, language) in [("dans trois jours", Fr), ("demain", Fr), ("", En)] {
        assert_eq!(moments(utterance, language), [""; 0], "{utterance}");
    }
}

#[test]
fn a_time_that_the_change_of_clocks_skips_or_repeats_is_two_moments() {
    let march = "2027-03-13T12:00[America/Toronto]".parse().unwrap();
    assert_eq!(
        moments_at("demain à deux heures et demie de la nuit", Fr, &march),
        ["2027-03-14 01:30 -05:00", "2027-03-14 03:30 -04:00"]
    );
    let october = "2027-11-06T12:00[America/Toronto]".parse().unwrap();
    assert_eq!(
        moments_at("tomorrow at 1:30 in the morning", En, &october),
        ["2027-11-07 01:30 -04:00", "2027-11-07 01:30 -05:00"]
    );
}

/// Each minute of a day in figures, against the figures themselves.
#[test]
fn every_minute_of_a_day_is_read_as_it_was_written() {
    for minute in 0..24 * 60 {
        let (hour, minute) = (minute / 60, minute % 60);
        let written = format!("{hour:02}:{minute:02}");
        for (utterance, language) in [
            (format!("à {hour} h {minute:02}"), Fr),
            (format!("at {written}"), En),
        ] {
            let found = times(&utterance, language);
            assert!(found.contains(&written), "{utterance}: {found:?}");
            assert_eq!(
                found.len(),
                if (1..=12).contains(&hour) { 2 } else { 1 },
                "{utterance}"
            );
        }
    }
}
