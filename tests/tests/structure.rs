//! How the source hangs together: no two files import each other in a circle (`mod` lines of parents and `super::` aside).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};
use syn::{
    Attribute, ItemMod, ItemUse, UseTree, Visibility,
    visit::{Visit, visit_item_mod},
};

/// A module's path below its crate: empty for `lib.rs` or `main.rs`.
type Module = Vec<String>;

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut crates = 0;
    for entry in fs::read_dir(root).unwrap() {
        let src = entry.unwrap().path().join("src");
        if src.is_dir() {
            crates += 1;
            assert_eq!(circles_of(&src).unwrap(), Vec::<Vec<String>>::new(), "{src:?}");
        }
    }
    assert!(crates > 5, "the crates of this workspace are not below {root:?}");
}

#[test]
fn a_circle_is_found_also_where_it_goes_through_a_parents_re_export() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("lib.rs", "mod hen; mod egg; pub use egg::Egg;"),
        ("hen.rs", "use crate::Egg; pub struct Hen(Egg);"),
        ("egg.rs", "pub struct Egg; fn hatch(_: crate::hen::Hen) {}"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    assert_eq!(circles_of(folder.path()).unwrap(), [["egg", "hen"]]);
}

/// Lists the circles of a crate, each as the names of its files.
fn circles_of(src: &Path) -> Result<Vec<Vec<String>>> {
    let mut files = BTreeMap::new();
    read_folder(src, &Vec::new(), &mut files)?;
    let modules: Vec<&Module> = files.keys().collect();
    let mut graph = DiGraphMap::<usize, ()>::new();
    for (from, module) in modules.iter().enumerate() {
        for path in &files[*module].wants {
            let Some(wanted) = resolve(path, &files, 0) else {
                continue;
            };
            let to = modules.iter().position(|module| *module == wanted);
            if let Some(to) = to.filter(|_| !module.starts_with(wanted)) {
                graph.add_edge(from, to, ());
            }
        }
    }
    let circles = tarjan_scc(&graph).into_iter().filter(|circle| circle.len() > 1);
    let named = circles.map(|circle| {
        let mut names: Vec<String> = circle.into_iter().map(|at| modules[at].join("/")).collect();
        names.sort();
        names
    });
    Ok(named.collect())
}

/// What a file imports and passes on.
#[derive(Default)]
struct Imports {
    /// Paths below the crate, whole.
    wants: BTreeSet<Module>,
    /// Names that it re-exports, with the path below the crate that each stands for.
    passes_on: BTreeMap<String, Module>,
    module: Module,
}

/// Finds the file that a path leads into, through re-exports.
fn resolve<'a>(path: &[String], files: &'a BTreeMap<Module, Imports>, depth: usize) -> Option<&'a Module> {
    let (module, imports) = (0..=path.len())
        .rev()
        .find_map(|length| files.get_key_value(&path[..length]))?;
    let rest = &path[module.len()..];
    let passed = rest.first().and_then(|name| imports.passes_on.get(name));
    match passed {
        Some(target) if depth < 8 => {
            let further: Module = target.iter().chain(&rest[1..]).cloned().collect();
            resolve(&further, files, depth + 1)
        }
        _ => Some(module),
    }
}

fn read_folder(folder: &Path, above: &Module, files: &mut BTreeMap<Module, Imports>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name == "tests" {
            continue;
        }
        let mut module = above.clone();
        if !(above.is_empty() && ["lib", "main"].contains(&&*name)) {
            module.push(name);
        }
        if path.is_dir() {
            read_folder(&path, &module, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut imports = Imports {
                module: module.clone(),
                ..Imports::default()
            };
            let text = fs::read_to_string(&path)?;
            imports.visit_file(&syn::parse_file(&text).with_context(|| format!("{path:?}"))?);
            files.insert(module, imports);
        }
    }
    Ok(())
}

impl Imports {
    /// Gives a path as one below the crate; none for another crate's, and for `super::`.
    fn below_crate(&self, path: &[String]) -> Option<Module> {
        match path.split_first()? {
            (first, rest) if first == "crate" => Some(rest.to_vec()),
            (first, rest) if first == "self" => Some([&self.module, rest].concat()),
            _ => None,
        }
    }

    fn note(&mut self, tree: &UseTree, before: &[String], passes_on: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.note(&path.tree, &with(&path.ident), passes_on),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.note(tree, before, passes_on);
                }
            }
            UseTree::Name(name) => self.end(&with(&name.ident), &name.ident, passes_on),
            UseTree::Rename(name) => self.end(&with(&name.ident), &name.rename, passes_on),
            UseTree::Glob(_) => self.wants.extend(self.below_crate(before)),
        }
    }

    fn end(&mut self, path: &[String], name: &syn::Ident, passes_on: bool) {
        let below = self.below_crate(path);
        if passes_on {
            // Without `crate` or `self` it is a child, or another crate: that leads to no file.
            let child = || [&self.module, path].concat();
            let target = below.clone().unwrap_or_else(child);
            self.passes_on.insert(name.to_string(), target);
        }
        self.wants.extend(below);
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !item.attrs.iter().any(is_for_tests) {
            visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let passes_on = !matches!(item.vis, Visibility::Inherited);
        self.note(&item.tree, &[], passes_on);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Module = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if names.len() > 1 {
            self.wants.extend(self.below_crate(&names));
        }
        syn::visit::visit_path(self, path);
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Path>()
            .is_ok_and(|what| what.is_ident("test"))
}
