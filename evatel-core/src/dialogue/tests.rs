use serde_json::{Value as Json, json};

use super::*;

fn read(document: Json) -> Result<Dialogue, String> {
    serde_json::from_value(document).map_err(|error| error.to_string())
}

fn of(steps: Json) -> Result<Dialogue, String> {
    read(json!({ "language": "fr", "operator": "owner", "steps": steps }))
}

#[test]
fn a_step_goes_on_with_the_next_unless_it_says_otherwise() {
    let dialogue = of(json!([
        { "step": "a", "say": "Bonjour.", "then": "c" },
        { "step": "b", "ask": "date", "text": "Quel jour?" },
        { "step": "c", "say": "Vous avez dit {b}." },
    ]))
    .unwrap();
    let then: Vec<Next> = dialogue.steps.iter().map(|step| step.then).collect();
    assert_eq!(then, [Next::Step(2), Next::Step(2), Next::End]);
    let Does::Ask(ask) = &dialogue.steps[1].does else {
        panic!("it asks");
    };
    assert_eq!(
        (ask.question.tries, ask.question.otherwise),
        (USUAL_TRIES, Next::Operator)
    );
    let parts = [
        Part::Text("Vous avez dit ".into()),
        Part::Slot(0),
        Part::Text(".".into()),
    ];
    let text = Template {
        parts: parts.into(),
        is_marked: false,
    };
    let interruptible = true;
    assert_eq!(dialogue.steps[2].does, Does::Say { text, interruptible });
}

#[test]
fn options_have_keys_in_order_and_a_branch_goes_by_them_wherever_it_stands() {
    let dialogue = of(json!([
        { "step": "a", "branch": "b", "when": { "deux": "b" }, "otherwise": "end" },
        { "step": "b", "ask": "choice", "text": "?", "options": [
            { "option": "un", "phrases": ["un"] },
            { "option": "deux", "phrases": ["deux"], "key": "7" },
            { "option": "trois", "phrases": ["trois"], "then": "operator" },
        ] },
    ]))
    .unwrap();
    let keys: Vec<char> = dialogue.options.iter().map(|option| option.key).collect();
    assert_eq!(keys, ['1', '7', '3']);
    assert_eq!(dialogue.options[2].then, Some(Next::Operator));
    let Does::Branch { when, .. } = &dialogue.steps[0].does else {
        panic!("it branches");
    };
    assert_eq!(when[..], [(Value::Choice(OptionId(1)), Next::Step(1))]);
}

#[test]
fn what_does_not_fit_together_is_told_with_its_step_and_what_to_do() {
    let ask = json!({ "step": "jour", "ask": "date", "text": "?" });
    for (steps, told) in [
        (json!([]), "a dialogue has no step: write at least one"),
        (
            json!([{ "step": "a" }]),
            "step `a`: a step does exactly one of `say`",
        ),
        (
            json!([{ "step": "a", "say": "x", "note": "y" }]),
            "it has 2 of them",
        ),
        (json!([{ "step": "A b", "say": "x" }]), "`A b` is no name"),
        (json!([{ "step": "end", "say": "x" }]), "`end` is no name"),
        (
            json!([{ "step": "a", "say": "x" }, { "step": "a", "say": "y" }]),
            "another step `a`",
        ),
        (
            json!([{ "step": "a", "say": "x", "then": "b" }]),
            "there is no step `b`: write one, or `end`",
        ),
        (
            json!([{ "step": "a", "say": "{jour}" }]),
            "nothing asks for `jour`",
        ),
        (json!([{ "step": "a", "say": "{jour" }]), "a brace is not closed"),
        (
            json!([{ "step": "a", "say": "x", "tries": 2 }]),
            "`tries` means nothing with `say`",
        ),
        (
            json!([{ "step": "a", "ask": "date" }]),
            "`ask` needs `text`: write it",
        ),
        (
            json!([{ "step": "a", "ask": "choice", "text": "?" }]),
            "`ask` needs `options`",
        ),
        (
            json!([{ "step": "a", "ask": "date", "text": "?", "tries": 9 }]),
            "`tries` is 1 to 5",
        ),
        (
            json!([{ "step": "a", "ask": "date", "text": "?", "digits": 4 }]),
            "`digits` means nothing",
        ),
        (
            json!([{ "step": "a", "call": "owner", "interruptible": false }]),
            "`interruptible` means nothing with `call`",
        ),
        (
            json!([{ "step": "a", "ask": "name", "text": "?" }, { "step": "b", "say": "<speak>{a}</speak>" }]),
            "step `b`: `a` is a recording: it cannot be played within `<speak>`",
        ),
        (
            json!([{ "step": "a", "call": "5145550123" }]),
            "write `owner` or a number such as +15145550123",
        ),
        (
            json!([ask, { "step": "a", "branch": "jour", "when": { "x": "a" } }]),
            "has no list of answers",
        ),
        (
            json!([{ "step": "a", "ask": "yes-no", "text": "?" }, { "step": "b", "branch": "a", "when": { "x": "a" } }]),
            "`x` is no answer to `a`: write one of `yes`, `no`",
        ),
        (
            json!([ask, { "step": "autre", "ask": "date", "text": "?" }, { "step": "b", "confirm": ["jour", "autre"], "text": "?" }]),
            "`jour` and `autre` are of one kind",
        ),
        (
            json!([{ "step": "a", "ask": "name", "text": "?" }, { "step": "b", "confirm": ["a"], "text": "?" }]),
            "`a` is a recording",
        ),
        (
            json!([{ "step": "a", "ask": "choice", "text": "?", "options": [
                { "option": "un", "phrases": ["un"], "key": "0" },
            ] }]),
            "`0` cannot be the key of an option",
        ),
    ] {
        let error = of(steps).unwrap_err();
        assert!(error.contains(told), "{error}");
    }
    for name in [
        "../hello.wav",
        "/etc/hello.wav",
        "sounds/../hello.wav",
        "sounds//hello.wav",
        ".hidden.wav",
        "a/.b/hello.wav",
        "C:\\hello.wav",
        "hello.mp3",
        ".wav",
        "http://example.com/hello.wav",
        "hello\n.wav",
    ] {
        let error = of(json!([{ "step": "a", "play": name }])).unwrap_err();
        assert!(
            error.contains("is no sound file of the dialogue's folder"),
            "{error}"
        );
    }
    let nobody =
        read(json!({ "language": "en", "steps": [{ "step": "a", "say": "x", "then": "operator" }] }));
    assert!(nobody.unwrap_err().contains("`operator` leads to nobody"));
}

#[test]
fn a_sound_file_that_is_played_twice_is_there_once() {
    let dialogue = of(json!([
        { "step": "a", "play": "hello.wav" },
        { "step": "b", "play": "Accueil du soir/été.WAV" },
        { "step": "c", "play": "hello.wav", "interruptible": false },
    ]))
    .unwrap();
    let names: Vec<&str> = dialogue.sounds.iter().map(Sound::name).collect();
    assert_eq!(names, ["hello.wav", "Accueil du soir/été.WAV"]);
    let (sound, interruptible) = (0, false);
    assert_eq!(dialogue.steps[2].does, Does::Play { sound, interruptible });
}
