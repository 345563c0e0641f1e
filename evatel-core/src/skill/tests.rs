use serde_json::{Value as Json, json};

use super::*;

fn read(document: Json) -> Result<Skills, String> {
    serde_json::from_value(document).map_err(|error| error.to_string())
}

/// A skill that books a table, with this in the place of what is written of it.
fn table(change: impl FnOnce(&mut Json)) -> Json {
    let mut skill = json!({ "skill": "table", "takes": { "day": "date" }, "en": {
        "help": "Say: book a table.",
        "phrases": ["book a table", "book a table [for] {day}"],
        "steps": [{ "step": "day", "ask": "date", "text": "Which day?" }, { "step": "go", "run": "table" }],
    } });
    change(&mut skill);
    skill
}

#[test]
fn a_skill_is_ordered_in_the_languages_in_which_it_is_written() {
    let skills = read(json!({ "skills": [table(|_| {})] })).unwrap();
    let (id, skill, ordered) = skills.in_language(Language::En).next().unwrap();
    assert_eq!(
        (id, skill.name.as_str(), skill.price),
        (SkillId(0), "table", None)
    );
    assert_eq!(skill.takes, [("day".to_owned(), SlotKind::Date)]);
    assert_eq!(ordered.dialogue.language, Language::En);
    assert_eq!(skills.in_language(Language::Fr).count(), 0);
    assert_eq!(skills.get(SkillId(1)), None);
}

#[test]
fn what_is_wrong_is_told_with_the_skill_and_what_to_do() {
    let cases: [(Json, &str); 16] = [
        (table(|it| it["skill"] = "A table".into()), "`A table` is no name"),
        (
            table(|it| it["price"] = "2.50".into()),
            "skill `table`: `price`: `2.50` is no amount",
        ),
        (
            table(|it| it["price"] = "0 CAD".into()),
            "`price` is more than nothing",
        ),
        (table(|it| it["price"] = "-1 CAD".into()), "`price`"),
        (
            table(|it| it["price"] = "2.50 USD".into()),
            "`price` 2.50 USD cannot be said: write Canadian dollars",
        ),
        (table(|it| it["price"] = "0.005 CAD".into()), "cannot be said"),
        (
            table(|it| it["takes"]["day"] = "message".into()),
            "`day` is a message, which is a recording",
        ),
        (
            table(|it| it["takes"]["day"] = "time".into()),
            "`en` has no step that asks for `day` as time",
        ),
        (
            table(|it| it["takes"]["who"] = "digits".into()),
            "`en` has no step that asks for `who` as digits",
        ),
        (
            table(|it| it["en"] = Json::Null),
            "nobody can order it: write `en:`, `fr:` or both",
        ),
        (table(|it| it["en"]["help"] = " ".into()), "`en` needs `help`"),
        (
            table(|it| it["en"]["phrases"] = json!([])),
            "`en` needs `phrases`",
        ),
        (
            table(|it| it["en"]["phrases"][0] = "[book] a table".into()),
            "the first phrase of `en`",
        ),
        (
            table(|it| it["en"]["steps"][1]["run"] = "taxi".into()),
            "`en` has no step `run: table`, or one that runs another skill",
        ),
        (
            table(|it| it["en"]["steps"][0]["otherwise"] = "nowhere".into()),
            "skill `table`: `en` step `day`: there is no step `nowhere`",
        ),
        (table(|it| it["url"] = "http://x".into()), "unknown field `url`"),
    ];
    for (skill, told) in cases {
        let error = read(json!({ "skills": [skill] })).unwrap_err();
        assert!(error.contains(told), "{error}");
    }
    let error = read(json!({ "skills": [table(|_| {}), table(|_| {})] })).unwrap_err();
    assert!(error.contains("there is another skill `table`"), "{error}");
    let many: Vec<Json> = (0..=MOST_SKILLS).map(|_| table(|_| {})).collect();
    let error = read(json!({ "skills": many })).unwrap_err();
    assert!(error.contains("more than 50 skills"), "{error}");
}

#[test]
fn a_numbers_dialogue_runs_only_what_is_there_costs_nothing_and_is_given_what_it_takes() {
    let paid = table(|it| {
        it["skill"] = "paid".into();
        it["price"] = "1 CAD".into();
        it["en"]["steps"][1]["run"] = "paid".into();
    });
    let skills = read(json!({ "skills": [table(|_| {}), paid] })).unwrap();
    let dialogue = |kind: &str, skill: &str| -> Dialogue {
        let steps = json!([
            { "step": "day", "ask": kind, "text": "Which day?" },
            { "step": "go", "run": skill },
        ]);
        serde_json::from_value(json!({ "language": "en", "steps": steps })).unwrap()
    };
    assert_eq!(skills.check(&dialogue("date", "table")), Ok(()));
    for (kind, skill, told) in [
        ("date", "taxi", "step `go`: there is no skill `taxi`"),
        ("date", "paid", "step `go`: `paid` costs something"),
        (
            "time",
            "table",
            "step `go`: `table` takes date `day`, which nothing asks for",
        ),
    ] {
        let error = skills.check(&dialogue(kind, skill)).unwrap_err().to_string();
        assert!(error.starts_with(told), "{error}");
    }
}

#[test]
fn an_errand_is_of_answers_of_the_right_kinds_and_of_the_price_that_was_agreed_to() {
    let skills = read(json!({ "skills": [table(|it| it["price"] = "1 CAD".into())] })).unwrap();
    let skill = skills.get(SkillId(0)).unwrap();
    let day = Argument::Value(Value::Date("2026-12-01".parse().unwrap()));
    let price = skill.price;
    let errand = Errand::new(skill, |_| Some(day.clone()), price).unwrap();
    assert_eq!(errand.arguments().collect::<Vec<_>>(), [("day", Some(&day))]);
    for agreed in [None, Some("2 CAD".parse().unwrap())] {
        let error = Errand::new(skill, |_| Some(day.clone()), agreed).unwrap_err();
        assert!(matches!(error, Unfit::NotAgreed { .. }), "{error}");
    }
    let time = Argument::Value(Value::Time("09:00".parse().unwrap()));
    let error = Errand::new(skill, |_| Some(time.clone()), price).unwrap_err();
    assert_eq!(error.to_string(), "`day` is time, and `table` takes date");
}

#[test]
fn words_from_outside_are_of_one_line_and_not_too_long() {
    assert_eq!(
        Saying::new(" Une\r\ntable\u{1b}[2J ").unwrap().as_str(),
        "Une  table [2J"
    );
    assert_eq!(Saying::new(" \n"), Err(InvalidSaying::Empty));
    assert_eq!(Saying::new(&"é".repeat(501)), Err(InvalidSaying::Long));
    assert_eq!(
        Saying::new(&format!(" {}", "é".repeat(600))),
        Err(InvalidSaying::Long)
    );
    assert!(Saying::new(&format!("{}oui", " ".repeat(600))).is_ok());
    assert!(Saying::new(&"é".repeat(500)).is_ok());
}
