//! What the documents say of tests: each that docs/invariants.md names is there, and no invariant is left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use syn::{ItemFn, visit::Visit};

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
fn a_test_is_found_in_a_module_with_cases_and_as_a_property_and_a_helper_is_none() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "mod tests { #[test] fn plain() {} fn helper() {} #[rstest] #[tokio::test] async fn cases() {}
        proptest! { #[test] fn property(x in 0..9) { let fn_like = x; } } }";
    fs::write(file.path(), text).unwrap();
    let found: Vec<String> = tests_of(file.path()).into_iter().collect();
    assert_eq!(found, ["cases", "plain", "property"]);
}
