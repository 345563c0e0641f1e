//! French where the locale is French: help, refused arguments, completions.

use crate::home::{Answer, Home};

fn in_french(home: &Home, arguments: &[&str]) -> Answer {
    let mut command = home.command(arguments);
    Answer::of(command.env("LC_ALL", "fr_CA.UTF-8").output().unwrap())
}

#[test]
fn help_is_in_the_language_of_the_locale_or_of_the_option() {
    let home = Home::empty();
    let first = in_french(&home, &["--help"]);
    assert_eq!((first.code(), first.errors()), (0, String::new()));
    for part in [
        "Utilisation : evatel [OPTIONS] <COMMANDE>",
        "\nCommandes :\n",
        "\nOptions :\n",
        "did           Numéros, de la commande",
        "\nPremiers pas :\n  evatel init --name",
        "Affiche l'aide\n",
    ] {
        assert!(first.text().contains(part), "{part}: {}", first.text());
    }
    let import = in_french(&home, &["did", "import", "-h"]).text();
    for part in [
        "<FICHIER>",
        "Exemples :\n  evatel did import numbers.csv --dry-run",
        "La première ligne nomme",
    ] {
        assert!(import.contains(part), "{part}: {import}");
    }
    let port = in_french(&home, &["help", "did", "port"]).text();
    for part in [
        "- in-done:       Il est venu de l'autre opérateur",
        "Arguments :\n  <NUMÉRO>",
    ] {
        assert!(port.contains(part), "{part}: {port}");
    }
    let release = in_french(&home, &["did", "release", "-h"]).text();
    assert!(
        release.contains("Combien de jours il repose [défaut : 90]"),
        "{release}"
    );

    let asked = home.human(&["did", "--help", "--lang", "fr"]);
    assert!(asked.contains("Utilisation :"), "{asked}");
    let english = in_french(&home, &["did", "--lang=en", "--help"]).text();
    assert!(
        english.contains("Usage:") && english.contains("Lists the numbers"),
        "{english}"
    );
    let messages = home
        .command(&["did", "--help"])
        .env("LC_MESSAGES", "fr_CA")
        .output()
        .unwrap();
    assert!(Answer::of(messages).text().contains("Utilisation :"));
}

#[test]
fn arguments_are_refused_in_the_language_of_the_locale() {
    let home = Home::empty();
    for (arguments, parts) in [
        (
            &["did", "lst"][..],
            &[
                "erreur : la commande « lst » n'existe pas",
                "conseil : il y a une commande semblable : « list »",
            ][..],
        ),
        (
            &["did", "list", "--statut", "x"],
            &[
                "l'argument « --statut » n'existe pas ici",
                "semblable : « --status »",
                "Utilisation : evatel did list",
            ],
        ),
        (
            &["trunk", "add", "--name", "A"],
            &[
                "il manque ce qui est requis :\n  --peer <ADRESSE>\n  --format <FORMAT>",
                "Pour en savoir plus : --help",
            ],
        ),
        (
            &["did", "port", "5145550199", "in-don"],
            &[
                "la valeur « in-don » ne va pas pour « <ÉTAPE> »",
                "[valeurs : « arrived »",
                "semblable : « in-done »",
            ],
        ),
        (
            &["did", "release", "5145550199", "--quarantine-days", "4000"],
            &["« 4000 » ne va pas pour « --quarantine-days <JOURS> » : 4000 n'est pas dans 0..=3650"],
        ),
        (
            &["quote", "buy", "plan-pro", "--quantity", "deux"],
            &["« deux » ne va pas pour « --quantity <NOMBRE> » : ce n'est pas un nombre entier"],
        ),
        (
            &["did", "add", "5145550199", "--pool", "--ordered"],
            &["l'argument « --pool » ne va pas avec « --ordered »"],
        ),
        (
            &["config", "--log", "info", "--log", "debug"],
            &["« --log <FILTRE> » ne peut être donné qu'une fois"],
        ),
        (
            &["config", "--json=1"],
            &["la valeur « 1 » est de trop pour « --json »"],
        ),
        (&["config", "--log"], &["« --log <FILTRE> » veut une valeur"]),
        (
            &["number", "explain", "--", "a", "b"],
            &["l'argument « b » n'existe pas ici"],
        ),
    ] {
        let refused = in_french(&home, arguments);
        assert_eq!(
            (refused.code(), refused.text()),
            (2, String::new()),
            "{arguments:?}"
        );
        for part in parts {
            assert!(
                refused.errors().contains(part),
                "{arguments:?}: {part}: {}",
                refused.errors()
            );
        }
    }
    // A noun alone is answered with its help.
    let noun = in_french(&home, &["did"]);
    assert_eq!(noun.code(), 2);
    assert!(
        noun.errors().contains("Utilisation : evatel did"),
        "{}",
        noun.errors()
    );
}

#[test]
fn a_script_reads_the_whole_reason_in_either_language() {
    let home = Home::empty();
    let arguments = ["trunk", "add", "--name", "A", "--json"];
    for (answer, message) in [
        (
            in_french(&home, &arguments),
            "il manque ce qui est requis : --peer <ADRESSE> --format <FORMAT>",
        ),
        (
            home.run(&arguments),
            "the following required arguments were not provided: --peer <PEER> --format <FORMAT>",
        ),
    ] {
        assert_eq!(answer.code(), 2);
        let said: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(said["error"]["message"], message);
        assert_eq!(said["error"]["exit_code"], 2);
    }
}

#[test]
fn a_shell_completes_in_the_language_of_the_locale() {
    let home = Home::empty();
    let script = in_french(&home, &["completion", "fish"]).text();
    for part in [
        "Numéros, de la commande",
        "Un nom dit librement",
        "Vérifie et montre",
    ] {
        assert!(script.contains(part), "{part}");
    }
    assert!(!script.contains("Print help"), "clap's own words are French, too");
}
