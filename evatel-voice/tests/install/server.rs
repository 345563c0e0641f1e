//! A server of files on loopback: each connection plays the next scene of its script.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// How one request is answered.
#[derive(Clone, Debug)]
pub(crate) enum Scene {
    /// All of it, or what of it is asked for.
    File,
    /// As `File`, and after so many bytes the connection is cut.
    Cut(usize),
    /// All of it, whatever part is asked for, without a length, byte after byte for ever.
    Endless,
    /// Another version of the file by now.
    Changed(Vec<u8>),
    /// A part that was not asked for.
    WrongPart,
    Redirect(String),
    Status(u16),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

impl Server {
    /// Serves the file; when the script is over, as `Scene::File`.
    pub(crate) fn of(file: Vec<u8>, scenes: impl IntoIterator<Item = Scene>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        let mut scenes: Vec<Scene> = scenes.into_iter().collect();
        scenes.reverse();
        // It ends with the test's process.
        thread::spawn(move || {
            let (mut file, mut tag) = (file, 1);
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let (range, condition) = request(&mut stream);
                seen.lock().unwrap().push(range.clone());
                let scene = scenes.pop().unwrap_or(Scene::File);
                if let Scene::Changed(bytes) = &scene {
                    (file, tag) = (bytes.clone(), tag + 1);
                }
                let tag = format!("\"v{tag}\"");
                let is_same = condition.is_none_or(|condition| condition == tag);
                let from = range
                    .filter(|_| is_same)
                    .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
                play(&scene, &file, &tag, from, stream.into_inner());
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// The `Range` of each request so far.
    pub(crate) fn asked(&self) -> Vec<Option<String>> {
        self.asked.lock().unwrap().clone()
    }
}

fn request(stream: &mut BufReader<TcpStream>) -> (Option<String>, Option<String>) {
    let (mut range, mut condition) = (None, None);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        let Some((name, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                return (range, condition);
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "range" => range = Some(value.trim().to_owned()),
            "if-range" => condition = Some(value.trim().to_owned()),
            _ => {}
        }
    }
}

/// A client that went away is no failure of the server.
fn play(scene: &Scene, file: &[u8], tag: &str, from: Option<usize>, mut stream: TcpStream) {
    let mut say = |text: String| stream.write_all(text.as_bytes()).is_ok();
    let close = "connection: close\r\n\r\n";
    match scene {
        Scene::Status(status) => drop(say(format!(
            "HTTP/1.1 {status} No\r\ncontent-length: 0\r\n{close}"
        ))),
        Scene::Redirect(to) => {
            say(format!(
                "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n{close}"
            ));
        }
        Scene::Endless => {
            say(format!("HTTP/1.1 200 OK\r\n{close}"));
            while stream.write_all(&[0; 4096]).is_ok() {}
        }
        Scene::WrongPart => {
            say(format!(
                "HTTP/1.1 206 Partial\r\ncontent-range: bytes 0-1/2\r\ncontent-length: 2\r\n{close}ab"
            ));
        }
        Scene::File | Scene::Cut(_) | Scene::Changed(_) => {
            let (start, whole) = (from.unwrap_or(0), file.len());
            let rest = file.get(start..).unwrap_or_default();
            let head = match from {
                Some(_) => format!(
                    "HTTP/1.1 206 Partial\r\ncontent-range: bytes {start}-{}/{whole}",
                    whole - 1
                ),
                None => "HTTP/1.1 200 OK".to_owned(),
            };
            say(format!(
                "{head}\r\netag: {tag}\r\ncontent-length: {}\r\n{close}",
                rest.len()
            ));
            let most = if let Scene::Cut(most) = scene {
                *most
            } else {
                rest.len()
            };
            let _ = stream.write_all(&rest[..most.min(rest.len())]);
        }
    }
}
