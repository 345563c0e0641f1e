//! Models come from a server on loopback or a file, and are there whole or not at all.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod server;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use evatel_core::egress::{EgressPolicy, Refused};
use evatel_voice::models::{
    Difference, Error, Form, Limits, MANIFEST, Manifest, ModelName, Order, Sha256, Shelf, Source, Staged,
    Trust,
};
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use tempfile::TempDir;

use server::{Scene, Server};

/// An archive of a small phone model, of more than one packet.
fn archive() -> Vec<u8> {
    let mut state = 1_u32;
    let noise: Vec<u8> = (0..60_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    tar_gz(&[
        ("phones/phones.onnx", &noise),
        ("phones/tokens.txt", b"<blk> 0\n"),
        ("phones/deeper/card.md", b"#"),
    ])
}

fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

struct Home {
    folder: TempDir,
    shelf: Shelf,
}

impl Home {
    fn new() -> Self {
        Self::limited(Limits::default())
    }

    fn limited(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::with_limits(folder.path().join("models"), limits);
        Self { folder, shelf }
    }

    /// Names in the folder of models, hidden ones too; of those the lock and the folder of downloads are always there.
    fn names(&self) -> Vec<String> {
        names_in(self.shelf.folder())
            .into_iter()
            .filter(|name| name != ".lock" && name != ".downloads")
            .collect()
    }

    fn downloads(&self) -> Vec<String> {
        names_in(&self.shelf.folder().join(".downloads"))
    }

    async fn stage(&self, source: Source, trust: Trust) -> Result<Staged, Error> {
        let order = Order {
            name: name("phones"),
            source,
            trust,
            licence: None,
        };
        self.shelf.stage(order, |_| {}).await
    }

    async fn from(&self, server: &Server, trust: Trust) -> Result<Staged, Error> {
        self.stage(listed(server, &server.url("phones.tar.gz")), trust)
            .await
    }

    fn file(&self, bytes: &[u8]) -> Source {
        let path = self.folder.path().join("archive.tar.gz");
        fs::write(&path, bytes).unwrap();
        Source::File(path)
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn name(text: &str) -> ModelName {
    text.parse().unwrap()
}

/// A URL that the operator lets pass, with the server's address alone.
fn listed(server: &Server, url: &str) -> Source {
    let policy = EgressPolicy::new([server.address.to_string().parse().unwrap()]);
    Source::Url(Arc::new(policy).check(url).unwrap())
}

fn digest() -> Trust {
    Trust::Digest(Sha256::of_bytes(&archive()))
}

fn now() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_graph_that_is_a_model_by_itself_is_installed_as_it_is_published() {
    let graph = b"a graph of silero's".to_vec();
    let (home, server) = (Home::new(), Server::of(graph.clone(), []));
    let source = listed(&server, &server.url("silero_vad.onnx"));
    assert_eq!(source.model_name().unwrap(), name("silero_vad"));
    let digest = Sha256::of_bytes(&graph);
    let staged = home.stage(source, Trust::Digest(digest)).await.unwrap();
    let model = staged.install(now()).unwrap();
    assert_eq!((model.form, model.files.len()), (Form::Vad, 1));
    assert_eq!(
        (model.files[0].path.as_str(), model.files[0].sha256),
        ("silero_vad.onnx", digest)
    );
    let installed = home.shelf.folder_of(&model.name).join("silero_vad.onnx");
    assert_eq!(fs::read(installed).unwrap(), graph);
    // A graph of which nothing is known is no model.
    let path = home.folder.path().join("other.onnx");
    fs::write(&path, &graph).unwrap();
    let home = Home::new();
    let refused = home.stage(Source::File(path), Trust::Any).await.unwrap_err();
    assert!(matches!(refused, Error::Form), "{refused:?}");
    assert_eq!(home.names(), [""; 0]);
}

#[tokio::test]
async fn a_model_is_installed_whole_with_the_digest_of_every_file() {
    let (home, server) = (Home::new(), Server::of(archive(), []));
    let staged = home.from(&server, digest()).await.unwrap();
    // Not there under its name until all is.
    assert_eq!(home.shelf.installed().unwrap(), []);
    assert!(staged.folder().join("phones.onnx").is_file());
    let model = staged.install(now()).unwrap();
    assert_eq!(home.names(), ["phones"]);
    assert_eq!(home.downloads(), [""; 0]);
    assert_eq!(home.shelf.installed().unwrap(), std::slice::from_ref(&model));
    assert_eq!(home.shelf.manifest(&name("phones")).unwrap(), model);
    assert_eq!((model.form, model.installed_at), (Form::Phones, now()));
    assert_eq!(model.source, server.url("phones.tar.gz"));
    let paths: Vec<_> = model.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["deeper/card.md", "phones.onnx", "tokens.txt"]);
    assert_eq!(model.compare(&home.shelf.folder_of(&model.name)).unwrap(), []);
    let again = home.from(&server, digest()).await.unwrap_err();
    assert!(matches!(again, Error::AlreadyInstalled { .. }), "{again}");
}

#[tokio::test]
async fn a_cut_download_goes_on_where_it_ended_at_once_and_in_a_later_try() {
    let (home, server) = (
        Home::new(),
        Server::of(
            archive(),
            [Scene::Cut(10_000), Scene::Cut(5_000), Scene::Status(404)],
        ),
    );
    let failed = home.from(&server, digest()).await.unwrap_err();
    assert!(matches!(failed, Error::Http { status: 404 }), "{failed}");
    assert_eq!(home.names(), [""; 0]);
    home.from(&server, digest())
        .await
        .unwrap()
        .install(now())
        .unwrap();
    let ranges = [
        None,
        Some("bytes=10000-"),
        Some("bytes=15000-"),
        Some("bytes=15000-"),
    ];
    assert_eq!(server.asked(), ranges.map(|range| range.map(str::to_owned)));
    assert_eq!(home.names(), ["phones"]);
}

#[tokio::test]
async fn a_file_that_changed_on_the_server_is_downloaded_anew() {
    let home = Home::new();
    let old = tar_gz(&[("old/tokens.txt", &[b'x'; 30_000])]);
    let cut = old.len() / 2;
    let server = Server::of(old, [Scene::Cut(cut), Scene::Changed(archive())]);
    home.from(&server, Trust::Any)
        .await
        .unwrap()
        .install(now())
        .unwrap();
    assert_eq!(server.asked()[1], Some(format!("bytes={cut}-")));
    // A part that was not asked for is thrown away, too.
    let (home, server) = (
        Home::new(),
        Server::of(archive(), [Scene::Cut(1_000), Scene::WrongPart]),
    );
    home.from(&server, digest()).await.unwrap();
    assert_eq!(server.asked(), [None, Some("bytes=1000-".to_owned()), None]);
}

#[tokio::test]
async fn another_archive_than_the_one_that_was_meant_is_thrown_away() {
    let (home, server) = (Home::new(), Server::of(archive(), []));
    let expected = Sha256::of_bytes(b"another");
    let refused = home.from(&server, Trust::Digest(expected)).await.unwrap_err();
    let found = Sha256::of_bytes(&archive());
    assert!(
        matches!(refused, Error::WrongDigest { expected: e, found: f } if (e, f) == (expected, found)),
        "{refused}"
    );
    assert_eq!((home.names(), home.downloads()), (vec![], vec![]));
}

#[tokio::test]
async fn an_unknown_digest_is_told_and_the_next_try_needs_no_server() {
    let (home, server) = (Home::new(), Server::of(archive(), []));
    for _ in 0..2 {
        let refused = home.from(&server, Trust::Undecided).await.unwrap_err();
        let Error::UnknownDigest { found } = refused else {
            panic!("{refused}");
        };
        assert_eq!(found, Sha256::of_bytes(&archive()));
    }
    assert_eq!(home.names(), [""; 0]);
    home.from(&server, digest())
        .await
        .unwrap()
        .install(now())
        .unwrap();
    assert_eq!(server.asked().len(), 1);
    // A file needs one as well.
    let home = Home::new();
    let refused = home
        .stage(home.file(&archive()), Trust::Undecided)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::UnknownDigest { .. }), "{refused}");
    home.stage(home.file(&archive()), Trust::Any)
        .await
        .unwrap()
        .install(now())
        .unwrap();
}

#[tokio::test]
async fn what_is_too_large_is_refused_by_its_length_and_by_its_bytes() {
    let small = Limits {
        archive_bytes: 20_000,
        ..Limits::default()
    };
    for scene in [Scene::File, Scene::Endless] {
        let (home, server) = (Home::limited(small), Server::of(archive(), [scene]));
        let refused = home.from(&server, Trust::Any).await.unwrap_err();
        assert!(matches!(refused, Error::TooLarge { most: 20_000 }), "{refused}");
        assert_eq!(home.names(), [""; 0]);
    }
    let home = Home::limited(small);
    let refused = home.stage(home.file(&archive()), Trust::Any).await.unwrap_err();
    assert!(matches!(refused, Error::TooLarge { most: 20_000 }), "{refused}");
}

#[tokio::test]
async fn a_disk_without_room_is_told_before_a_byte_is_written() {
    let full = Limits {
        keep_free: u64::MAX,
        ..Limits::default()
    };
    let (home, server) = (Home::limited(full), Server::of(archive(), []));
    let refused = home.from(&server, digest()).await.unwrap_err();
    assert!(matches!(refused, Error::NoRoom { .. }), "{refused}");
    assert!(!refused.is_what_was_asked());
    assert!(
        home.downloads().iter().all(|name| name.ends_with(".json")),
        "{:?}",
        home.downloads()
    );
}

#[tokio::test]
async fn a_download_goes_only_where_the_operator_lets_it_over_every_redirect() {
    let server = Server::of(archive(), []);
    let open = Arc::new(EgressPolicy::default());
    let refused = open.check(&server.url("phones.tar.gz")).unwrap_err();
    assert!(matches!(refused, Refused::Address { .. }), "{refused}");
    // To another server that is listed: there it is.
    let home = Home::new();
    let first = Server::of(Vec::new(), [Scene::Redirect(server.url("other.tar.gz#top"))]);
    let both = [&first, &server].map(|server| server.address.to_string().parse().unwrap());
    let url = Arc::new(EgressPolicy::new(both))
        .check(&first.url("phones.tar.gz"))
        .unwrap();
    home.stage(Source::Url(url), digest()).await.unwrap();
    // To one that is not: it is never asked.
    let home = Home::new();
    let first = Server::of(Vec::new(), [Scene::Redirect(server.url("other.tar.gz"))]);
    let refused = home.from(&first, digest()).await.unwrap_err();
    assert!(
        matches!(refused, Error::Egress(Refused::Address { .. })),
        "{refused}"
    );
    assert_eq!(server.asked().len(), 1);
    // Round in a circle.
    let home = Home::new();
    let round = Server::of(Vec::new(), (0..10).map(|_| Scene::Redirect("/again".to_owned())));
    let refused = home.from(&round, digest()).await.unwrap_err();
    assert!(
        matches!(refused, Error::TooManyRedirects { most: 5 }),
        "{refused}"
    );
    assert_eq!(round.asked().len(), 6);
}

#[tokio::test]
async fn an_archive_that_means_harm_or_is_no_model_leaves_nothing() {
    let home = Home::new();
    let hostile = {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, "phones/phones.onnx", "/etc/passwd")
            .unwrap();
        tar.into_inner().unwrap().finish().unwrap()
    };
    let refused = home.stage(home.file(&hostile), Trust::Any).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Archive { reason } if reason.contains("symbolic link")),
        "{refused}"
    );
    let refused = home
        .stage(home.file(&tar_gz(&[("a/readme.md", b"")])), Trust::Any)
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Form), "{refused}");
    assert_eq!(home.names(), [""; 0]);
}

#[tokio::test]
async fn files_without_a_folder_of_their_own_are_installed_too_and_can_be_read_by_the_daemon() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let flat = tar_gz(&[("phones.onnx", b"1"), ("tokens.txt", b"<blk> 0\n")]);
    home.stage(home.file(&flat), Trust::Any)
        .await
        .unwrap()
        .install(now())
        .unwrap();
    let folder = home.shelf.folder_of(&name("phones"));
    assert_eq!(names_in(&folder), [MANIFEST, "phones.onnx", "tokens.txt"]);
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o555, 0o555, "{mode:o}");
}

#[tokio::test]
async fn one_works_at_a_time_and_what_a_killed_one_left_is_thrown_away() {
    let home = Home::new();
    let left = home.shelf.folder().join(".unfinished-abc/phones");
    fs::create_dir_all(&left).unwrap();
    let staged = home.stage(home.file(&archive()), Trust::Any).await.unwrap();
    assert!(!left.exists());
    let other = Order {
        name: name("other"),
        source: home.file(&archive()),
        trust: Trust::Any,
        licence: None,
    };
    let busy = home.shelf.stage(other, |_| {}).await.unwrap_err();
    assert!(matches!(busy, Error::Busy { .. }), "{busy}");
    drop(staged);
    assert_eq!(home.names(), [""; 0]);
    home.stage(home.file(&archive()), Trust::Any)
        .await
        .unwrap()
        .install(now())
        .unwrap();
}

#[tokio::test]
async fn a_changed_a_foreign_and_a_missing_file_are_told() {
    let home = Home::new();
    let model = home
        .stage(home.file(&archive()), Trust::Any)
        .await
        .unwrap()
        .install(now())
        .unwrap();
    let folder = home.shelf.folder_of(&model.name);
    // Of the same length.
    fs::write(folder.join("tokens.txt"), "<blk> 1\n").unwrap();
    fs::write(folder.join("deeper/new.md"), "").unwrap();
    fs::remove_file(folder.join("deeper/card.md")).unwrap();
    fs::remove_file(folder.join("phones.onnx")).unwrap();
    std::os::unix::fs::symlink("tokens.txt", folder.join("phones.onnx")).unwrap();
    let expected = [
        Difference::Missing("deeper/card.md".to_owned()),
        Difference::Extra("deeper/new.md".to_owned()),
        Difference::Changed("phones.onnx".to_owned()),
        Difference::Changed("tokens.txt".to_owned()),
    ];
    assert_eq!(model.compare(&folder).unwrap(), expected);
}

#[tokio::test]
async fn a_model_is_removed_and_a_folder_that_is_none_stays() {
    let home = Home::new();
    home.stage(home.file(&archive()), Trust::Any)
        .await
        .unwrap()
        .install(now())
        .unwrap();
    let own: PathBuf = home.shelf.folder().join("mine");
    fs::create_dir(&own).unwrap();
    for missing in ["mine", "gone"] {
        let refused = home.shelf.remove(&name(missing)).unwrap_err();
        assert!(matches!(refused, Error::Missing { .. }), "{refused}");
    }
    home.shelf.remove(&name("phones")).unwrap();
    assert_eq!(home.names(), ["mine"]);
    // One whose manifest is damaged is told, and can go.
    fs::write(own.join(MANIFEST), "{").unwrap();
    let refused = Manifest::read(&own).unwrap_err();
    assert!(matches!(refused, Error::Manifest { .. }), "{refused}");
    home.shelf.remove(&name("mine")).unwrap();
    assert_eq!(home.names(), [""; 0]);
}
