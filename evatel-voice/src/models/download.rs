//! Downloading an archive: a cut connection, or a later try, goes on where the last one ended.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use evatel_core::egress::CheckedUrl;
use reqwest::{
    Response, StatusCode,
    header::{self, HeaderMap},
};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

use super::{
    digest::Sha256,
    error::Error,
    limits::{Limits, Progress},
};
use crate::resolver::{Lookup, client, last_cause, refused_in};

/// How often the server may send on.
const MOST_REDIRECTS: usize = 5;

/// How long one connection may take to come about, and one answer to begin.
const FIRST: Duration = Duration::from_secs(20);

/// How long nothing may come.
const STALL: Duration = Duration::from_secs(30);

/// How often a connection may break, and how often in a row without a byte.
const MOST_BREAKS: u32 = 20;
const MOST_BARREN: u32 = 4;

/// The first pause after a break; it doubles while nothing comes.
const PAUSE: Duration = Duration::from_millis(200);

/// One archive on its way.
pub(super) struct Download<'a> {
    pub(super) url: &'a CheckedUrl,
    pub(super) lookup: &'a Lookup,
    pub(super) limits: &'a Limits,
    pub(super) part: &'a Part,
    /// A digest will tell whether two parts belong together; else the server must.
    pub(super) is_digest_known: bool,
    pub(super) progress: &'a (dyn Fn(Progress) + Send + Sync),
}

/// What is there of an archive, and what its server said of it.
#[derive(Debug)]
pub(super) struct Part {
    bytes: PathBuf,
    memo: PathBuf,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Memo {
    /// Its strong `ETag`, else its `Last-Modified`.
    validator: Option<String>,
    total: Option<u64>,
    is_whole: bool,
}

/// What stops one connection.
enum Stop {
    For(Error),
    Break(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::For(error)
    }
}

impl Part {
    /// The part of this URL in the folder of downloads; its name tells nothing of the URL.
    pub(super) fn of(url: &CheckedUrl, folder: &Path) -> Self {
        let key = Sha256::of_bytes(url.as_url().as_str().as_bytes()).to_string();
        Self {
            bytes: folder.join(format!("{}.part", &key[..32])),
            memo: folder.join(format!("{}.json", &key[..32])),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.bytes
    }

    pub(super) fn is_whole(&self) -> bool {
        self.memo().is_whole && self.bytes.is_file()
    }

    /// Throws away what is there.
    pub(super) fn forget(&self) -> Result<(), Error> {
        for path in [&self.memo, &self.bytes] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::io(path)(error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn len(&self) -> u64 {
        fs::metadata(&self.bytes).map_or(0, |file| file.len())
    }

    /// What cannot be read is as good as nothing: then the download begins anew.
    fn memo(&self) -> Memo {
        let text = fs::read(&self.memo).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn note(&self, memo: &Memo) -> Result<(), Error> {
        let text = serde_json::to_vec(memo).expect("a memo has text keys only");
        fs::write(&self.memo, text).map_err(Error::io(&self.memo))
    }
}

impl Download<'_> {
    /// Brings the whole archive into the part's file.
    pub(super) async fn run(&self) -> Result<(), Error> {
        let (mut breaks, mut barren) = (0, 0);
        loop {
            let before = self.part.len();
            let reason = match self.connect().await {
                Ok(()) => return Ok(()),
                Err(Stop::For(error)) => return Err(error),
                Err(Stop::Break(reason)) => reason,
            };
            let kept = self.part.len();
            breaks += 1;
            barren = if kept > before { 0 } else { barren + 1 };
            if breaks >= MOST_BREAKS || barren >= MOST_BARREN {
                return Err(Error::Unreachable { reason, kept });
            }
            sleep(PAUSE * 2_u32.pow(barren)).await;
        }
    }

    /// Takes what one connection gives.
    async fn connect(&self) -> Result<(), Stop> {
        let memo = self.part.memo();
        let have = self.part.len();
        let goes_on = have > 0 && (self.is_digest_known || memo.validator.is_some());
        let response = self
            .get(goes_on.then_some((have, memo.validator.as_deref())))
            .await?;
        let status = response.status();
        match status {
            StatusCode::PARTIAL_CONTENT if goes_on && range_start(response.headers()) == Some(have) => {
                self.take(response, have, memo).await
            }
            StatusCode::OK => {
                let memo = Memo {
                    validator: validator(response.headers()),
                    total: response.content_length(),
                    is_whole: false,
                };
                self.part.forget()?;
                self.part.note(&memo)?;
                self.take(response, 0, memo).await
            }
            // The file there is another one by now, or we had all of it and did not know.
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                self.part.forget()?;
                Err(Stop::Break(
                    "the server does not go on where it was asked to".to_owned(),
                ))
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Err(http(status)),
            _ if status.is_server_error() => Err(http(status)),
            _ => Err(Error::Http {
                status: status.as_u16(),
            }
            .into()),
        }
    }

    /// Writes what comes behind the first `have` bytes.
    async fn take(&self, mut response: Response, have: u64, mut memo: Memo) -> Result<(), Stop> {
        let most = self.limits.archive_bytes;
        let path = self.part.path();
        if let Some(total) = memo.total {
            if total > most {
                return Err(Error::TooLarge { most }.into());
            }
            // What is unpacked is at least as much again.
            let folder = path.parent().unwrap_or(path);
            self.limits
                .room_for(total.saturating_sub(have).saturating_add(total), folder)?;
        }
        let opened = fs::OpenOptions::new().create(true).append(true).open(path);
        let mut file = opened.map_err(Error::io(path))?;
        let mut done = have;
        loop {
            (self.progress)(Progress::Downloading {
                done,
                total: memo.total,
            });
            let chunk = match timeout(STALL, response.chunk()).await {
                Err(_) => return Err(Stop::Break(format!("nothing came for {} s", STALL.as_secs()))),
                Ok(Err(error)) => return Err(Stop::Break(last_cause(&error))),
                Ok(Ok(chunk)) => chunk,
            };
            let Some(chunk) = chunk else { break };
            done += chunk.len() as u64;
            if done > most {
                self.part.forget()?;
                return Err(Error::TooLarge { most }.into());
            }
            file.write_all(&chunk).map_err(Error::io(path))?;
        }
        if memo.total.is_some_and(|total| total != done) {
            return Err(Stop::Break("the connection ended too early".to_owned()));
        }
        file.sync_all().map_err(Error::io(path))?;
        memo.is_whole = true;
        Ok(self.part.note(&memo)?)
    }

    /// Asks, and asks where the server sends to: each time a name is resolved, its addresses are checked.
    async fn get(&self, range: Option<(u64, Option<&str>)>) -> Result<Response, Stop> {
        let mut url = self.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.ask(&url, range).await?;
            let location = response.headers().get(header::LOCATION);
            let Some(location) = location.filter(|_| response.status().is_redirection()) else {
                return Ok(response);
            };
            let location = location.to_str().unwrap_or_default();
            let next = url.join(location).map_err(Error::Egress)?;
            if url.as_url().scheme() == "https" && next.as_url().scheme() != "https" {
                return Err(Error::Downgrade.into());
            }
            url = next;
        }
        Err(Error::TooManyRedirects { most: MOST_REDIRECTS }.into())
    }

    async fn ask(&self, url: &CheckedUrl, range: Option<(u64, Option<&str>)>) -> Result<Response, Stop> {
        let client =
            client(url, self.lookup.clone(), FIRST).map_err(|error| Stop::Break(last_cause(&error)))?;
        let mut request = client
            .get(url.as_url().clone())
            .header(header::ACCEPT_ENCODING, "identity");
        if let Some((from, validator)) = range {
            request = request.header(header::RANGE, format!("bytes={from}-"));
            if let Some(validator) = validator {
                request = request.header(header::IF_RANGE, validator);
            }
        }
        match timeout(FIRST, request.send()).await {
            Err(_) => Err(Stop::Break(format!("no answer within {} s", FIRST.as_secs()))),
            Ok(Err(error)) => Err(refused_in(&error).map_or_else(
                || Stop::Break(last_cause(&error)),
                |refused| Stop::For(refused.into()),
            )),
            Ok(Ok(response)) => Ok(response),
        }
    }
}

fn http(status: StatusCode) -> Stop {
    Stop::Break(format!("the server answers HTTP {}", status.as_u16()))
}

/// A weak `ETag` says that two files mean the same, not that they have the same bytes.
fn validator(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let strong = text(header::ETAG).filter(|tag| !tag.starts_with("W/"));
    strong.or_else(|| text(header::LAST_MODIFIED)).map(str::to_owned)
}

/// `Content-Range: bytes 1000-1999/2000`: where it begins.
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}
