//! What people in Québec and in English Canada say, and what it means: what may be two things is both, what is not understood is empty.

use evatel_core::{
    money::{Currency, Money},
    number::DialPlan,
};
use jiff::SignedDuration;

use super::*;

/// Nothing: the caller is asked again.
const NOTHING: &[&str] = &[];

fn check(said: &[(&str, Language, &[&str])], read: impl Fn(&str, Language) -> Vec<String>) {
    let wrong: Vec<String> = said
        .iter()
        .filter_map(|(utterance, language, means)| {
            let found = read(utterance, *language);
            (found != *means).then(|| format!("`{utterance}` is {found:?} and not {means:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn amounts(utterance: &str, language: Language) -> Vec<String> {
    let shown = |amount: &Money| {
        let cents = amount.micros() / 10_000;
        format!("{}.{:02}", cents / 100, cents % 100)
    };
    let meaning = amount(utterance, language, Currency::CAD);
    let all = meaning.iter().flat_map(Meaning::candidates);
    all.map(shown).collect()
}

fn lengths(utterance: &str, language: Language) -> Vec<String> {
    let shown = |length: &SignedDuration| {
        let seconds = length.as_secs();
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        let parts = [(days, "d"), (hours, "h"), (minutes, "m"), (seconds % 60, "s")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, unit)| format!("{count}{unit}")).collect()
    };
    let meaning = duration(utterance, language);
    meaning.iter().flat_map(Meaning::candidates).map(shown).collect()
}

fn rows(utterance: &str, language: Language) -> Vec<String> {
    let meaning = digits(utterance, language);
    meaning.iter().flat_map(Meaning::candidates).cloned().collect()
}

fn numbers(utterance: &str, language: Language) -> Vec<String> {
    let meaning = number(utterance, language, &DialPlan::default());
    let all = meaning.iter().flat_map(Meaning::candidates);
    all.map(|dialled| format!("{dialled:?}")).collect()
}

#[test]
fn amounts_are_dollars_and_cents_however_they_are_said() {
    check(
        &[
            ("vingt-cinq dollars et cinquante cents", Fr, &["25.50"]),
            ("deux piastres", Fr, &["2.00"]),
            ("quatre-vingt-dix-neuf sous", Fr, &["0.99"]),
            ("ça coûte 12,50 $", Fr, &["12.50"]),
            ("12,5 $", Fr, &["12.50"]),
            ("1 250 $", Fr, &["1250.00"]),
            ("mille deux cents dollars", Fr, &["1200.00"]),
            ("cinq piastres et quart", Fr, &["5.25"]),
            ("deux piastres et demie", Fr, &["2.50"]),
            ("une piastre et demie", Fr, &["1.50"]),
            ("cinq piastres trois quarts", Fr, &["5.75"]),
            ("un dollar cinquante", Fr, &["1.50"]),
            ("douze dollars et cinq", Fr, &["12.05"]),
            ("deux dollars et cinq cents", Fr, &["2.05"]),
            ("deux dollars et vingt cents", Fr, &["2.20"]),
            ("vingt-cinq cennes", Fr, &["0.25"]),
            // A quarter, or thirty of them.
            ("trente sous", Fr, &["0.30", "0.25"]),
            ("douze cinquante", Fr, &["12.50"]),
            ("trois et quart", Fr, &["3.25"]),
            ("douze virgule cinq dollars", Fr, &["12.50"]),
            ("mille piastres", Fr, &["1000.00"]),
            ("ça fait euh vingt dollars, s'il vous plaît", Fr, &["20.00"]),
            ("j'ai un rabais de dix dollars", Fr, &["10.00"]),
            ("vingt piastres de moins", Fr, NOTHING),
            ("entre dix et vingt dollars", Fr, NOTHING),
            ("dix dollars ou vingt dollars", Fr, NOTHING),
            ("cinq dollars et tiers", Fr, NOTHING),
            ("quelques dollars", Fr, NOTHING),
            ("plus de vingt dollars", Fr, NOTHING),
            ("vingt dollars de plus ou de moins", Fr, NOTHING),
            ("beaucoup", Fr, NOTHING),
            ("twelve dollars and five cents", En, &["12.05"]),
            ("fifty bucks", En, &["50.00"]),
            ("$19.99", En, &["19.99"]),
            ("$1,250", En, &["1250.00"]),
            ("a dollar", En, &["1.00"]),
            ("a dollar fifty", En, &["1.50"]),
            ("a buck fifty", En, &["1.50"]),
            ("buck fifty", En, &["1.50"]),
            ("five bucks fifty", En, &["5.50"]),
            ("two dollars and a half", En, &["2.50"]),
            ("two and a half dollars", En, &["2.50"]),
            ("a dollar and a quarter", En, &["1.25"]),
            ("ninety nine cents", En, &["0.99"]),
            ("a loonie", En, &["1.00"]),
            ("two toonies", En, &["4.00"]),
            ("five grand", En, &["5000.00"]),
            ("a hundred and five dollars", En, &["105.00"]),
            ("twelve fifty", En, &["12.50", "1250.00"]),
            ("two fifty bucks", En, &["250.00", "2.50"]),
            ("twelve point five dollars", En, &["12.50"]),
            ("ten dollars and change", En, NOTHING),
            ("negative five dollars", En, NOTHING),
            ("at least five dollars", En, NOTHING),
            ("twenty dollars an hour", En, NOTHING),
            ("one and a half million dollars", En, NOTHING),
            ("a few dollars", En, NOTHING),
            ("five dollars less", En, NOTHING),
            ("five or six dollars", En, NOTHING),
            ("ten dollars a month", En, NOTHING),
        ],
        amounts,
    );
}

#[test]
fn lengths_of_time_add_up_halves_and_quarters_included() {
    check(
        &[
            ("une heure et demie", Fr, &["1h30m"]),
            ("une demi-heure", Fr, &["30m"]),
            ("trois quarts d'heure", Fr, &["45m"]),
            ("un quart d'heure", Fr, &["15m"]),
            ("deux heures et quart", Fr, &["2h15m"]),
            ("une heure et dix minutes", Fr, &["1h10m"]),
            ("deux heures trente minutes", Fr, &["2h30m"]),
            ("une heure trente", Fr, &["1h30m"]),
            ("une heure moins quart", Fr, &["45m"]),
            ("une minute et demie", Fr, &["1m30s"]),
            ("quatre-vingt-dix minutes", Fr, &["1h30m"]),
            ("trois jours et demi", Fr, &["3d12h"]),
            ("deux semaines et demie", Fr, &["17d12h"]),
            ("deux semaines", Fr, &["14d"]),
            ("deux jours et trois heures", Fr, &["2d3h"]),
            // Two weeks, or what it says.
            ("quinze jours", Fr, &["15d", "14d"]),
            ("une couple d'heures", Fr, NOTHING),
            ("deux ou trois jours", Fr, NOTHING),
            ("deux mois", Fr, NOTHING),
            ("une demi-journée", Fr, NOTHING),
            ("deux heures deux heures", Fr, NOTHING),
            ("il y a deux heures", Fr, NOTHING),
            ("bientôt", Fr, NOTHING),
            ("half an hour", En, &["30m"]),
            ("an hour and a half", En, &["1h30m"]),
            ("two and a half hours", En, &["2h30m"]),
            ("one hour and twenty minutes", En, &["1h20m"]),
            ("one hour thirty", En, &["1h30m"]),
            ("three quarters of an hour", En, &["45m"]),
            ("an hour and a quarter", En, &["1h15m"]),
            ("a day and a half", En, &["1d12h"]),
            ("three and a half days", En, &["3d12h"]),
            ("a couple of hours", En, &["2h"]),
            ("a fortnight", En, &["14d"]),
            ("one second", En, &["1s"]),
            ("two days", En, &["2d"]),
            ("a few days", En, NOTHING),
            ("two days ago", En, NOTHING),
            ("half of two days", En, NOTHING),
            ("less than an hour", En, NOTHING),
        ],
        lengths,
    );
}

#[test]
fn days_are_those_that_callers_mean() {
    check(
        &[
            ("mardi en huit", Fr, &["2026-12-08"]),
            ("mardi en quinze", Fr, &["2026-12-15"]),
            ("de demain en huit", Fr, &["2026-12-04"]),
            ("d'aujourd'hui en huit", Fr, &["2026-12-03"]),
            ("de mardi en huit", Fr, &["2026-12-08"]),
            ("dans trois jours", Fr, &["2026-11-29"]),
            ("dans huit jours", Fr, &["2026-12-04", "2026-12-03"]),
            ("dans quinze jours", Fr, &["2026-12-11", "2026-12-10"]),
            ("dans un mois", Fr, &["2026-12-26"]),
            ("mardi qui vient", Fr, &["2026-12-01"]),
            ("vendredi de cette semaine", Fr, &["2026-11-27"]),
            ("vendredi de la semaine prochaine", Fr, &["2026-12-04"]),
            ("la semaine prochaine mardi", Fr, &["2026-12-01"]),
            // The Sunday that ends a week, or begins it.
            (
                "dimanche de la semaine prochaine",
                Fr,
                &["2026-12-06", "2026-11-29"],
            ),
            ("mardi dans deux semaines", Fr, &["2026-12-08", "2026-12-15"]),
            ("le trois du mois prochain", Fr, &["2026-12-03"]),
            ("le mardi premier décembre", Fr, &["2026-12-01"]),
            ("la veille de Noël", Fr, &["2026-12-24"]),
            ("à la Saint-Jean", Fr, &["2027-06-24"]),
            (
                "je voudrais un rendez-vous mardi, s'il vous plaît",
                Fr,
                &["2026-12-01"],
            ),
            ("mardi à quinze heures", Fr, &["2026-12-01"]),
            ("demain matin", Fr, &["2026-11-27"]),
            ("lundi prochain dans l'avant-midi", Fr, &["2026-11-30"]),
            ("le quinze à neuf heures", Fr, &["2026-12-15"]),
            ("hier", Fr, NOTHING),
            ("avant-hier", Fr, NOTHING),
            ("mardi dernier", Fr, NOTHING),
            ("il y a trois jours", Fr, NOTHING),
            ("trois jours avant mardi", Fr, NOTHING),
            ("mardi ou mercredi", Fr, NOTHING),
            ("pas mardi", Fr, NOTHING),
            ("je ne peux jamais le mardi", Fr, NOTHING),
            ("l'autre mardi", Fr, NOTHING),
            ("à partir de mardi", Fr, NOTHING),
            ("dans trois jours et demi", Fr, NOTHING),
            ("dans quelques jours", Fr, NOTHING),
            ("la semaine prochaine", Fr, NOTHING),
            ("à la fin de mars", Fr, NOTHING),
            ("le lendemain de mardi", Fr, NOTHING),
            ("une table pour deux demain", Fr, NOTHING),
            ("a week from Tuesday", En, &["2026-12-08"]),
            ("Tuesday week", En, &["2026-12-08"]),
            ("a week on Tuesday", En, &["2026-12-08"]),
            ("two weeks from Friday", En, &["2026-12-11"]),
            ("a week from tomorrow", En, &["2026-12-04"]),
            ("a week tomorrow", En, &["2026-12-04"]),
            ("in a fortnight", En, &["2026-12-10"]),
            ("three days from now", En, &["2026-11-29"]),
            ("the Tuesday after next", En, &["2026-12-08"]),
            ("Friday of next week", En, &["2026-12-04"]),
            ("this coming Tuesday", En, &["2026-12-01"]),
            ("in a month", En, &["2026-12-26"]),
            ("the 3rd of next month", En, &["2026-12-03"]),
            ("March the third twenty twenty-eight", En, &["2028-03-03"]),
            ("Boxing Day", En, &["2026-12-26"]),
            ("may I come on Tuesday", En, &["2026-12-01"]),
            (
                "I'd like to come in on the fifth of January at quarter past ten",
                En,
                &["2027-01-05"],
            ),
            ("I am free Friday at five", En, &["2026-11-27"]),
            ("yesterday", En, NOTHING),
            ("last Tuesday", En, NOTHING),
            ("two days ago", En, NOTHING),
            ("the day before Tuesday", En, NOTHING),
            ("two days after Tuesday", En, NOTHING),
            ("Tuesday or Wednesday", En, NOTHING),
            ("not Tuesday", En, NOTHING),
            ("I can't do Tuesday", En, NOTHING),
            ("any day but Tuesday", En, NOTHING),
            ("two weeks today", En, &["2026-12-10"]),
            ("in a few days", En, NOTHING),
            ("every second Tuesday", En, NOTHING),
        ],
        dates,
    );
}

#[test]
fn hours_are_those_that_callers_mean() {
    check(
        &[
            ("midi moins quart", Fr, &["11:45"]),
            ("midi moins dix", Fr, &["11:50"]),
            ("midi et quart", Fr, &["12:15"]),
            ("midi vingt", Fr, &["12:20"]),
            ("minuit et quart", Fr, &["00:15"]),
            ("minuit moins quart", Fr, &["23:45"]),
            ("neuf heures moins vingt", Fr, &["08:40", "20:40"]),
            ("trois heures et quart de l'après-midi", Fr, &["15:15"]),
            ("quinze trente", Fr, &["15:30"]),
            ("neuf et demie", Fr, &["09:30", "21:30"]),
            ("neuf heures zéro cinq", Fr, &["09:05", "21:05"]),
            ("dix-neuf heures et demie", Fr, &["19:30"]),
            ("mardi à quinze heures", Fr, &["15:00"]),
            ("vers deux heures", Fr, &["14:00", "02:00"]),
            ("cette nuit à deux heures", Fr, &["02:00"]),
            ("neuf heures en avant-midi", Fr, &["09:00"]),
            ("dans une heure", Fr, NOTHING),
            ("d'ici deux heures", Fr, NOTHING),
            ("avant deux heures", Fr, NOTHING),
            ("entre deux heures et trois heures", Fr, NOTHING),
            ("deux heures et demie et dix", Fr, NOTHING),
            ("quinze heures du matin", Fr, NOTHING),
            ("il y a deux heures", Fr, NOTHING),
            ("quarter to three", En, &["14:45", "02:45"]),
            ("half past noon", En, &["12:30"]),
            ("a quarter to midnight", En, &["23:45"]),
            ("ten to five", En, &["16:50", "04:50"]),
            ("three thirty", En, &["15:30", "03:30"]),
            ("nine oh five in the morning", En, &["09:05"]),
            ("fifteen thirty", En, &["15:30"]),
            ("fifteen hundred hours", En, &["15:00"]),
            ("oh nine hundred hours", En, &["09:00", "21:00"]),
            ("I am free at five", En, &["17:00", "05:00"]),
            ("eight at night", En, &["20:00"]),
            ("tonight at eight", En, &["20:00"]),
            ("twelve noon", En, &["12:00"]),
            ("before noon", En, NOTHING),
            ("after five", En, NOTHING),
            ("from nine to five", En, NOTHING),
            ("not at five", En, NOTHING),
            ("eleven in the morning in the evening", En, NOTHING),
        ],
        times,
    );
}

#[test]
fn moments_are_coming_ones() {
    check(
        &[
            ("mardi en huit à neuf heures du matin", Fr, &["2026-12-08 09:00"]),
            ("ce soir à minuit", Fr, &["2026-11-27 00:00"]),
            ("demain à minuit", Fr, &["2026-11-28 00:00", "2026-11-27 00:00"]),
            ("cette nuit à deux heures", Fr, &["2026-11-27 02:00"]),
            ("demain midi", Fr, &["2026-11-27 12:00"]),
            ("demain à midi moins quart", Fr, &["2026-11-27 11:45"]),
            ("dans une demi-heure", Fr, &["2026-11-26 10:30"]),
            ("dans trois jours et demi", Fr, &["2026-11-29 22:00"]),
            ("le 25 novembre 2026 à midi", Fr, &["2026-11-25 12:00"]),
            ("hier à midi", Fr, NOTHING),
            ("ce matin à neuf heures", Fr, NOTHING),
            ("il y a une heure", Fr, NOTHING),
            ("mardi dernier à midi", Fr, NOTHING),
            ("mardi à midi ou mercredi à midi", Fr, NOTHING),
            ("le 3 mars 2027", Fr, NOTHING),
            ("a week from Tuesday at noon", En, &["2026-12-08 12:00"]),
            ("an hour from now", En, &["2026-11-26 11:00"]),
            ("in half an hour", En, &["2026-11-26 10:30"]),
            ("tonight at two", En, &["2026-11-27 02:00"]),
            ("tomorrow night at eight", En, &["2026-11-27 20:00"]),
            ("Friday fifteen thirty", En, &["2026-11-27 15:30"]),
            ("March 3rd at 5:30 p.m.", En, &["2027-03-03 17:30"]),
            ("yesterday at noon", En, NOTHING),
            ("an hour ago", En, NOTHING),
            ("the third of March twenty twenty-eight", En, NOTHING),
        ],
        moments,
    );
}

#[test]
fn digits_are_heard_one_by_one_in_groups_doubled_and_tripled() {
    check(
        &[
            (
                "cinq un quatre, cinq cinq cinq, zéro un neuf neuf",
                Fr,
                &["5145550199"],
            ),
            (
                "cinq cent quatorze cinq cent cinquante-cinq zéro un quatre-vingt-dix-neuf",
                Fr,
                &["5145550199"],
            ),
            ("mon numéro est le 514-555-0199", Fr, &["5145550199"]),
            ("cinq un quatre euh cinq cinq cinq", Fr, &["514555"]),
            ("j'ai un numéro, c'est le 514 555 0199", Fr, &["5145550199"]),
            ("plus trois trois un quarante-deux", Fr, &["+33142"]),
            ("double cinq triple zéro", Fr, &["55000"]),
            ("deux fois cinq", Fr, &["55"]),
            ("un huit cents deux cent vingt", Fr, &["1800220"]),
            ("huit cents cinq cinq cinq", Fr, &["800555", "80555"]),
            ("cinq un quatre ou cinq un trois", Fr, NOTHING),
            ("cinq un quatre poste douze", Fr, NOTHING),
            ("cinq un quatre brouhaha cinq cinq cinq", Fr, NOTHING),
            ("mille neuf cent quatre-vingt-dix-neuf", Fr, &["1999"]),
            ("vingt-cinq dollars", Fr, NOTHING),
            ("je ne sais pas", Fr, NOTHING),
            (
                "five one four five five five oh one double nine",
                En,
                &["5145550199"],
            ),
            ("triple five oh one nine nine", En, &["5550199"]),
            ("double oh seven", En, &["007"]),
            ("one eight hundred five five five", En, &["1800555", "180555"]),
            ("my pin is one two three four please", En, &["1234"]),
            ("oh, my pin is one two", En, &["12"]),
            ("one or two three", En, NOTHING),
            ("five one four extension twelve", En, NOTHING),
            ("double twelve", En, NOTHING),
        ],
        rows,
    );
}

#[test]
fn a_number_is_one_that_can_be_dialled() {
    let e164 = |digits: &str| format!(r#"Number(E164("{digits}"))"#);
    let (montreal, free) = (e164("+15145550199"), e164("+18005550199"));
    check(
        &[
            (
                "cinq un quatre cinq cinq cinq zéro un neuf neuf",
                Fr,
                &[montreal.as_str()],
            ),
            (
                "cinq cent quatorze, triple cinq, zéro un, double neuf",
                Fr,
                &[montreal.as_str()],
            ),
            (
                "un huit cents cinq cinq cinq zéro un neuf neuf",
                Fr,
                &[free.as_str()],
            ),
            (
                "one eight hundred five five five oh one ninety-nine",
                En,
                &[free.as_str()],
            ),
            ("cinq un quatre cinq cinq cinq zéro", Fr, NOTHING),
        ],
        numbers,
    );
}
