//! What the documents say of tests: each that docs/invariants.md names is there, and no invariant is left out; each complaint of other products'
//! users has its scenario or test in docs/scenarios.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use evatel_voice::scenario::{Scenario, files_of};
use syn::{ItemFn, visit::Visit};

/// The complaints that were collected from other products' users: each must be answered.
const COMPLAINTS: [&str; 48] = [
    "AVA#13",
    "AVA#183",
    "AVA#259",
    "AVA#466",
    "AVA#467",
    "AVA#526",
    "AVA#527",
    "AVA#577",
    "AVA#587",
    "AVA#589",
    "AVA#616",
    "active-call#72",
    "active-call#87",
    "agents-js#927",
    "asterisk#616",
    "jambonz#1426",
    "jambonz#215",
    "jambonz#309",
    "jambonz#382",
    "jambonz#545",
    "livekit#1186",
    "livekit#1229",
    "livekit#2166",
    "livekit#3373",
    "livekit#3643",
    "livekit#3701",
    "livekit#3841",
    "livekit#3984",
    "livekit#4268",
    "livekit#5253",
    "livekit/livekit#4374",
    "livekit/sip#348",
    "livekit/sip#608",
    "pipecat#1391",
    "pipecat#2551",
    "pipecat#2702",
    "pipecat#2785",
    "pipecat#2791",
    "pipecat#3229",
    "pipecat#3260",
    "pipecat#3627",
    "pipecat#386",
    "pipecat#4950",
    "pipecat#5426",
    "pipecat#5605",
    "pipecat#984",
    "rapida-voice-ai#280",
    "unmute#130",
];

/// A line of a table: what it is about, and the cell that says where it is shown.
struct Line<'a> {
    about: &'a str,
    shown: &'a str,
}

impl<'a> Line<'a> {
    fn all(page: &'a str) -> Vec<Self> {
        let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
        let cells = rows.map(|row| row.trim_end_matches(" |").splitn(3, " | ").collect::<Vec<_>>());
        let lines = cells.filter(|cells| cells.len() == 3 && cells[1] != "clause" && cells[1] != "vector");
        lines
            .map(|cells| Line {
                about: cells[0],
                shown: cells[2],
            })
            .collect()
    }

    /// The tests that it names, as file and name.
    fn tests(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let quoted = self.shown.split('`').skip(1).step_by(2);
        quoted.filter_map(|text| text.split_once("::"))
    }

    /// The scenarios that it names, as language and folder below tell them apart.
    fn scenarios(&self) -> impl Iterator<Item = &'a str> {
        let quoted = self.shown.split('`').skip(1).step_by(2);
        quoted.filter(|text| text.chars().all(|c| c.is_ascii_lowercase() || "-/".contains(c)))
    }
}

/// Collects the functions of a file that are tests.
#[derive(Default)]
struct Tests(BTreeSet<String>);

impl Visit<'_> for Tests {
    fn visit_item_fn(&mut self, function: &ItemFn) {
        let is_test = function.attrs.iter().any(|attribute| {
            let last = attribute.path().segments.last();
            last.is_some_and(|segment| segment.ident == "test" || segment.ident == "rstest")
        });
        if is_test {
            self.0.insert(function.sig.ident.to_string());
        }
    }

    /// Property tests stand in a macro: `#[test] fn name(…)`.
    fn visit_macro(&mut self, invocation: &syn::Macro) {
        let text = invocation.tokens.to_string();
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once("# [test]") {
            let name = after.split_once("fn ").map(|(_, name)| name);
            let end = |name: &str| name.find(|c: char| !c.is_alphanumeric() && c != '_');
            if let Some(name) = name.and_then(|name| Some(&name[..end(name)?])) {
                self.0.insert(name.to_owned());
            }
            rest = after;
        }
    }
}

fn tests_of(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut tests = Tests::default();
    tests.visit_file(&syn::parse_file(&text).expect("what is compiled can be read"));
    tests.0
}

#[test]
fn every_invariant_and_vector_names_tests_that_exist_or_says_why_there_is_none() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("docs/invariants.md")).unwrap();
    let lines = Line::all(&page);
    let mut files = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in &lines {
        for (file, test) in line.tests() {
            let tests = files.entry(file).or_insert_with(|| tests_of(&root.join(file)));
            if !tests.contains(test) {
                wrong.push(format!("{}: there is no test `{test}` in {file}", line.about));
            }
        }
        if line.tests().next().is_none() && !line.shown.starts_with("waits") {
            wrong.push(format!("{}: neither a test nor why there is none", line.about));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());

    let shown: BTreeSet<&str> = lines
        .iter()
        .filter(|line| line.tests().next().is_some())
        .map(|line| line.about)
        .collect();
    let invariants: Vec<String> = (1..=12).map(|number| number.to_string()).collect();
    let groups = [
        "zones",
        "hours",
        "holidays",
        "numbers",
        "toll",
        "legs",
        "isolation",
        "scale",
    ];
    let wanted = invariants.iter().map(String::as_str).chain(groups);
    assert_eq!(shown, wanted.collect(), "what has a line, and what must have one");
}

#[test]
fn every_complaint_has_a_scenario_that_names_it_or_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("docs/scenarios.md")).unwrap();
    let lines: Vec<Line<'_>> = Line::all(&page)
        .into_iter()
        .filter(|line| line.about.contains('#'))
        .collect();
    let named = named_complaints(&root.join("scenarios"));
    let mut wrong = Vec::new();
    let mut answered = BTreeSet::new();
    for line in &lines {
        let tests: Vec<_> = line.tests().collect();
        for (file, test) in &tests {
            if !tests_of(&root.join(file)).contains(*test) {
                wrong.push(format!("{}: there is no test `{test}` in {file}", line.about));
            }
        }
        let complaints: Vec<&str> = line.about.split(", ").collect();
        for scenario in line.scenarios() {
            for language in ["en", "fr"] {
                let of = named.get(&format!("{language}/{scenario}"));
                if !of.is_some_and(|of| complaints.iter().any(|complaint| of.contains(*complaint))) {
                    wrong.push(format!("{}: {language}/{scenario} does not name it", line.about));
                }
            }
        }
        for complaint in complaints {
            let is_named = |scenario| {
                let of = named.get(&format!("fr/{scenario}"));
                of.is_some_and(|of| of.contains(complaint))
            };
            if tests.is_empty() && !line.scenarios().any(is_named) {
                wrong.push(format!("{complaint}: nothing shows it"));
            }
            answered.insert(complaint);
        }
    }
    // What a scenario says of itself, the table says too.
    for (scenario, complaints) in &named {
        let (_, stem) = scenario.split_once('/').unwrap();
        for complaint in complaints {
            let has = |line: &Line<'_>| {
                line.about.split(", ").any(|about| about == complaint)
                    && line.scenarios().any(|named| named == stem)
            };
            if !lines.iter().any(has) {
                wrong.push(format!(
                    "{scenario} names {complaint}, and its row does not name the scenario"
                ));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(
        answered,
        COMPLAINTS.into(),
        "what has a row, and what must have one"
    );
}

/// The complaints that each scenario names, by its place below the folder: `fr/cough`.
fn named_complaints(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let files = files_of(&[folder.to_owned()]).expect("the folder can be read");
    let read = |file: &Path| {
        let text = fs::read_to_string(file).expect("it can be read");
        let scenario = Scenario::parse(&text).expect("it is a scenario");
        let place = file
            .strip_prefix(folder)
            .expect("it was found there")
            .with_extension("");
        (
            place.display().to_string(),
            scenario.complaints.into_iter().collect(),
        )
    };
    files.iter().map(|file| read(file)).collect()
}

#[test]
fn a_test_is_found_in_a_module_with_cases_and_as_a_property_and_a_helper_is_none() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "mod tests { #[test] fn plain() {} fn helper() {} #[rstest] #[tokio::test] async fn cases() {}
        proptest! { #[test] fn property(x in 0..9) { let fn_like = x; } } }";
    fs::write(file.path(), text).unwrap();
    let found: Vec<String> = tests_of(file.path()).into_iter().collect();
    assert_eq!(found, ["cases", "plain", "property"]);
}
