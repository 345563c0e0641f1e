//! Archives that mean harm, and those that mean none.

use std::{cell::Cell, io::Write, os::unix::fs::PermissionsExt};

use bzip2::write::BzEncoder;
use flate2::{Compression, write::GzEncoder};
use tar::Header;
use tempfile::TempDir;

use super::*;
use crate::models::Sha256;

/// A tar of headers as they are given: no writer that means well stands between.
#[derive(Default)]
struct Tar(Vec<u8>);

impl Tar {
    fn entry(mut self, kind: EntryType, path: &[u8], bytes: &[u8]) -> Self {
        self.header(kind, path, bytes.len() as u64);
        self.0.extend(bytes);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn file(self, path: &str, bytes: &[u8]) -> Self {
        self.entry(EntryType::Regular, path.as_bytes(), bytes)
    }

    fn header(&mut self, kind: EntryType, path: &[u8], size: u64) {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o4755);
        header.as_old_mut().name[..path.len()].copy_from_slice(path);
        header.as_old_mut().linkname[..11].copy_from_slice(b"/etc/passwd");
        header.set_cksum();
        self.0.extend(header.as_bytes());
    }

    fn gzip(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&self.0).unwrap();
        gzip.finish().unwrap()
    }
}

/// A pair of a pax header, which begins with its own length.
fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    assert!(rest.len() < 98);
    format!("{}{rest}", rest.len() + 2).into_bytes()
}

const SMALL: Limits = Limits {
    archive_bytes: 1 << 20,
    entries: 10,
    keep_free: 0,
    unpacked_bytes: 1_000,
};

struct Room(TempDir);

impl Room {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn unpack(&self, archive: &[u8], limits: &Limits) -> Result<Vec<FileEntry>, Error> {
        let (path, into) = (self.0.path().join("archive"), self.0.path().join("into"));
        fs::write(&path, archive).unwrap();
        fs::create_dir_all(&into).unwrap();
        unpack(&path, &into, limits, &|_| {})
    }

    fn refusal(archive: &[u8], limits: &Limits) -> String {
        let room = Self::new();
        let said = room.unpack(archive, limits).unwrap_err().to_string();
        let mut names: Vec<_> = fs::read_dir(room.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["archive", "into"], "{said}");
        said
    }
}

#[test]
fn files_and_folders_are_unpacked_from_gzip_and_bzip2_and_no_mode_comes_along() {
    let long = format!("m/{}/{}", "d".repeat(100), "f".repeat(120));
    let tar = || {
        Tar::default()
            .entry(
                EntryType::XGlobalHeader,
                b"pax_global_header",
                &pax("comment", "abcde"),
            )
            .entry(EntryType::Directory, b"./m/", b"")
            .entry(EntryType::Regular, b"m/empty/", b"")
            .file("./m/tokens.txt", b"<blk> 0\n")
            .entry(
                EntryType::GNULongName,
                b"././@LongLink",
                format!("{long}\0").as_bytes(),
            )
            .file("m/short", b"long")
            .entry(EntryType::XHeader, b"pax", &pax("path", "m/été.txt"))
            .file("m/ascii", b"pax")
            .file("m/evatel-model.json", b"{}")
    };
    let plain = {
        let mut tar = tar();
        tar.0.resize(tar.0.len() + 1024, 0);
        tar.0
    };
    let mut bzip2 = BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&plain).unwrap();
    for archive in [tar().gzip(), bzip2.finish().unwrap()] {
        let room = Room::new();
        let files = room.unpack(&archive, &SMALL).unwrap();
        let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["m/tokens.txt", long.as_str(), "m/été.txt"]);
        assert_eq!(files[0].sha256, Sha256::of_bytes(b"<blk> 0\n"));
        let into = room.0.path().join("into");
        assert_eq!(fs::read(into.join(&long)).unwrap(), b"long");
        assert!(into.join("m/empty").is_dir());
        assert!(!into.join("m/evatel-model.json").exists());
        let mode = fs::metadata(into.join("m/tokens.txt"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7111, 0, "{mode:o}");
    }
}

#[test]
fn what_leads_out_of_the_folder_or_is_no_file_is_refused_and_nothing_is_outside() {
    use EntryType as Kind;
    for (kind, path, why) in [
        (Kind::Regular, &b"../evil"[..], "leads out"),
        (Kind::Regular, b"m/../../evil", "leads out"),
        (Kind::Directory, b"..", "leads out"),
        (Kind::Regular, b"/tmp/evil", "absolute"),
        (Kind::Regular, b"m\\..\\evil", "character"),
        (Kind::Regular, b"m/a\nb", "character"),
        (Kind::Regular, b"m/\xff", "UTF-8"),
        (Kind::Regular, b"a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", "too deep"),
        (Kind::Regular, b"./", "lies"),
        (Kind::Symlink, b"m/link", "symbolic link"),
        (Kind::Link, b"m/link", "hard link"),
        (Kind::Char, b"m/null", "device"),
        (Kind::Block, b"m/sda", "device"),
        (Kind::Fifo, b"m/pipe", "pipe"),
        (Kind::GNUSparse, b"m/sparse", "sparse"),
        (Kind::new(b'Z'), b"m/what", "kind of its own"),
    ] {
        if why == "lies" {
            // `./` is the folder itself, which is there.
            assert!(
                Room::new()
                    .unpack(&Tar::default().entry(kind, path, b"").gzip(), &SMALL)
                    .is_ok()
            );
            continue;
        }
        let said = Room::refusal(&Tar::default().entry(kind, path, b"").gzip(), &SMALL);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_long_name_is_held_to_the_same_rules_and_is_short_enough_to_read() {
    for (kind, bytes, why) in [
        (EntryType::GNULongName, b"../../evil\0".to_vec(), "leads out"),
        (EntryType::XHeader, pax("path", "/etc/evil"), "absolute"),
        (EntryType::XHeader, b"99 size=99999\n".to_vec(), "damaged"),
        (EntryType::XHeader, pax("size", "99999"), "`size`"),
        (
            EntryType::GNULongName,
            vec![b'a'; 20_000],
            "header of 20000 bytes",
        ),
        (EntryType::GNULongName, vec![b'a'; 300], "too long a name"),
    ] {
        let archive = Tar::default()
            .entry(kind, b"extension", &bytes)
            .file("m/a", b"")
            .gzip();
        let said = Room::refusal(&archive, &SMALL);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_bomb_is_refused_before_its_bytes_are_written() {
    // 8 GiB by its header, of which nothing comes.
    let mut huge = Tar::default();
    huge.header(EntryType::Regular, b"m/huge", 8 << 30);
    let said = Room::refusal(&huge.gzip(), &SMALL);
    assert!(said.contains("more than 1000 bytes unpacked"), "{said}");
    // Many small ones.
    let two = Tar::default().file("a", &[0; 600]).file("b", &[0; 600]).gzip();
    assert!(Room::refusal(&two, &SMALL).contains("at `b`"));
    let many = (0..11).fold(Tar::default(), |tar, at| tar.file(&format!("f{at}"), b""));
    assert!(Room::refusal(&many.gzip(), &SMALL).contains("more than 10 entries"));
    let headers = (0..11).fold(Tar::default(), |tar, _| {
        tar.entry(EntryType::GNULongName, b"l", b"a\0")
    });
    assert!(Room::refusal(&headers.gzip(), &SMALL).contains("more than 10 entries"));
    let folder = Tar::default().entry(EntryType::Directory, b"m", &[0; 100]).gzip();
    assert!(Room::refusal(&folder, &SMALL).contains("folder with 100 bytes"));
}

#[test]
fn an_archive_that_is_damaged_cut_or_contradicts_itself_is_refused() {
    let whole = Tar::default().file("m/a", &[7; 900]).gzip();
    let refusal = |bytes: &[u8]| Room::refusal(bytes, &SMALL);
    assert!(refusal(&whole[..whole.len() - 12]).contains("refused"));
    let mut spoiled = whole.clone();
    spoiled[30] ^= 0xff;
    assert!(refusal(&spoiled).contains("refused"));
    // Cut before it was compressed: nothing but the size tells it.
    let mut cut = Tar::default();
    cut.header(EntryType::Regular, b"m/a", 900);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&cut.0).unwrap();
    assert!(refusal(&gzip.finish().unwrap()).contains("middle of `m/a`"));
    for (archive, why) in [
        (Tar::default().file("m/a", b"1").file("m//a", b"2"), "in it twice"),
        (
            Tar::default().file("m", b"1").file("m/a", b"2"),
            "both a file and a folder",
        ),
        (
            Tar::default()
                .file("m/a", b"1")
                .entry(EntryType::Directory, b"m/a", b""),
            "both a file and a folder",
        ),
    ] {
        let said = refusal(&archive.gzip());
        assert!(said.contains(why), "{said}");
    }
    let mut longer = Tar::default().file("m/a", b"1");
    longer.0.resize(longer.0.len() + (2 << 20), 0);
    assert!(refusal(&longer.gzip()).contains("follows its end"));
    for other in [&b"PK\x03\x04"[..], b"", b"<html>"] {
        assert!(refusal(other).contains("neither as gzip nor as bzip2"));
    }
}

#[test]
fn a_disk_without_room_is_told_before_a_file_is_written() {
    let limits = Limits {
        keep_free: u64::MAX,
        ..SMALL
    };
    let room = Room::new();
    let error = room
        .unpack(&Tar::default().file("m/a", b"1").gzip(), &limits)
        .unwrap_err();
    assert!(matches!(error, Error::NoRoom { needed: u64::MAX, .. }), "{error}");
    assert!(!room.0.path().join("into/m").exists());
}

#[test]
fn each_file_is_told_as_it_comes() {
    let room = Room::new();
    let (path, into) = (room.0.path().join("archive"), room.0.path().join("into"));
    fs::write(&path, Tar::default().file("a", b"1").file("b", b"22").gzip()).unwrap();
    fs::create_dir(&into).unwrap();
    let last = Cell::new(None);
    unpack(&path, &into, &SMALL, &|progress| last.set(Some(progress))).unwrap();
    assert_eq!(last.get(), Some(Progress::Unpacking { files: 2, bytes: 3 }));
}
