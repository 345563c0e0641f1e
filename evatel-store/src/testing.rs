//! A real PostgreSQL server for tests (feature `testing`): one a process, on loopback, in a folder of its own; each
//! test has a database of its own there.
//!
//! The server is Debian's, which `cargo xtask setup` installs, or the one in the folder that `EVATEL_POSTGRES_BIN`
//! names. It ends with the process that started it, however that ends, and its folder goes with it.

use std::{
    env, fs, io,
    net::{Ipv4Addr, TcpListener},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use tokio::sync::OnceCell;
use tokio_postgres::{Client, Config, NoTls};

use crate::{Store, mint, store::off_runtime};

/// Gives the URL of a new database with this version's schema and no rows.
///
/// # Panics
/// Where no server can be started; the message says what to do.
pub async fn postgres_database() -> String {
    let server = server().await;
    server.template.get_or_init(|| server.make_template()).await;
    server
        .database(&format!("CREATE DATABASE {{}} TEMPLATE {TEMPLATE}"))
        .await
}

/// Gives the URL of a new database with nothing in it.
///
/// # Panics
/// Where no server can be started; the message says what to do.
pub async fn empty_postgres_database() -> String {
    server().await.database("CREATE DATABASE {}").await
}

/// Runs statements, as a foreign hand would, in the database at `url`.
///
/// # Panics
/// Where one of them fails.
pub async fn run_in_postgres(url: &str, sql: &str) {
    try_in_postgres(url, sql).await.expect("the statements run");
}

/// Runs statements, as a foreign hand would, in the database at `url`; gives what the server said against them.
///
/// # Panics
/// Where the server is not there.
pub async fn try_in_postgres(url: &str, sql: &str) -> Result<(), String> {
    let config: Config = url.parse().expect("the URL is one of ours");
    let client = connect(&config).await.expect("the server runs");
    client.batch_execute(sql).await.map_err(|error| error.to_string())
}

/// Runs one query, as a foreign hand would, and gives the first column of its rows, which must be text.
///
/// # Panics
/// Where it fails.
pub async fn query_postgres(url: &str, sql: &str) -> Vec<String> {
    let config: Config = url.parse().expect("the URL is one of ours");
    let client = connect(&config).await.expect("the server runs");
    let rows = client.query(sql, &[]).await.expect("the query runs");
    rows.iter().map(|row| row.get(0)).collect()
}

struct Server {
    /// Its standard input keeps the server alive: it ends when this process does.
    _supervisor: Child,
    counter: AtomicU32,
    password: String,
    port: u16,
    template: OnceCell<()>,
}

async fn server() -> &'static Server {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    SERVER
        .get_or_init(async || match Server::start().await {
            Ok(server) => server,
            Err(error) => panic!("PostgreSQL cannot be started for tests: {error}"),
        })
        .await
}

impl Server {
    async fn start() -> Result<Self, String> {
        let programs = programs()?;
        let password = mint::secret().map_err(|error| error.to_string())?;
        let folder = prepared(programs.clone(), password.clone()).await?;
        let mut said = String::new();
        // Between choosing a port and listening on it somebody else may take it.
        for _ in 0..3 {
            let port = free_port().map_err(|error| format!("no port is free: {error}"))?;
            let mut supervisor = supervise(&programs, &folder, port)
                .map_err(|error| format!("`sh` cannot be started: {error}"))?;
            let config = config(port, &password, "postgres");
            let deadline = Instant::now() + PATIENCE;
            while Instant::now() < deadline && matches!(supervisor.try_wait(), Ok(None)) {
                if connect(&config).await.is_ok() {
                    return Ok(Self {
                        _supervisor: supervisor,
                        counter: AtomicU32::new(0),
                        password,
                        port,
                        template: OnceCell::new(),
                    });
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            said = fs::read_to_string(folder.join("log")).unwrap_or_default();
        }
        Err(format!("it said:\n{said}"))
    }

    async fn make_template(&self) {
        self.run(&format!("CREATE DATABASE {TEMPLATE}")).await;
        let made = Store::create(&self.url(TEMPLATE)).await;
        made.expect("a new database takes our schema");
    }

    /// Makes a database by `statement`, with the new name in place of `{}`.
    async fn database(&self, statement: &str) -> String {
        let name = format!("test_{}", self.counter.fetch_add(1, Ordering::Relaxed));
        self.run(&statement.replace("{}", &name)).await;
        self.url(&name)
    }

    async fn run(&self, sql: &str) {
        let client = connect(&config(self.port, &self.password, "postgres")).await;
        let client = client.expect("the server runs");
        client.batch_execute(sql).await.expect("the statement runs");
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://{USER}:{}@127.0.0.1:{}/{database}",
            self.password, self.port
        )
    }
}

/// Finds the folder of `initdb` and `postgres`.
fn programs() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("EVATEL_POSTGRES_BIN").filter(|named| !named.is_empty()) {
        return Ok(named.into());
    }
    let on_path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut debian: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    debian
        .into_iter()
        .rev()
        .chain(env::split_paths(&on_path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .ok_or_else(|| {
            "no `initdb` is there; `cargo xtask setup` installs it, or set EVATEL_POSTGRES_BIN to its folder"
                .into()
        })
}

/// Makes a folder with an empty cluster that only `password` opens.
async fn prepared(programs: PathBuf, password: String) -> Result<PathBuf, String> {
    let made = off_runtime(move || {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| crate::Error::Io { path, source }
        };
        let folder = tempfile::Builder::new().prefix("evatel-postgres-").tempdir();
        let folder = folder.map_err(at(&env::temp_dir()))?.keep();
        let secret = folder.join("password");
        fs::write(&secret, password).map_err(at(&secret))?;
        for path in [&folder, &secret] {
            give_away(path).map_err(at(path))?;
        }
        let mut initdb = unprivileged(&programs.join("initdb"));
        initdb.args([
            "--no-sync",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
        ]);
        initdb
            .args(["--wal-segsize=1", "--username", USER])
            .arg("--pwfile")
            .arg(&secret);
        initdb.arg("--pgdata").arg(folder.join("data"));
        let output = initdb.output().map_err(at(&programs))?;
        Ok((folder, output))
    });
    let (folder, output) = made.await.map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(folder);
    }
    Err(format!(
        "`initdb` said:\n{}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// Starts the server below a shell that ends it, and removes its folder, when our end of the pipe is closed.
fn supervise(programs: &Path, folder: &Path, port: u16) -> io::Result<Child> {
    let mut shell = unprivileged(Path::new("sh"));
    shell
        .args(["-c", SUPERVISE])
        .arg(folder)
        .arg(programs.join("postgres"));
    shell.arg("-D").arg(folder.join("data"));
    shell.args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""]);
    for setting in SETTINGS {
        shell.args(["-c", setting]);
    }
    shell
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    shell.spawn()
}

/// A command as somebody else where we are root: the server refuses to run as root.
fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env("LC_ALL", "C");
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn give_away(path: &Path) -> io::Result<()> {
    if rustix::process::geteuid().is_root() {
        chown(path, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(())
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn config(port: u16, password: &str, database: &str) -> Config {
    let mut config = Config::new();
    config
        .host("127.0.0.1")
        .port(port)
        .user(USER)
        .password(password)
        .dbname(database);
    config
}

async fn connect(config: &Config) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// `$0` is the folder, the rest the command. A shell gives what it runs in the background an empty standard input, so
/// ours is kept as 3. INT disconnects everybody and ends in order.
const SUPERVISE: &str = r#"exec 3<&0
"$@" >"$0/log" 2>&1 3<&- & pid=$!
(read -r _ <&3; kill -INT $pid) &
wait $pid
rm -rf "$0""#;
/// What a test loses with its machine needs no disk.
const SETTINGS: [&str; 5] = [
    "autovacuum=off",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=200",
    "synchronous_commit=off",
];
const TEMPLATE: &str = "evatel_template";
const USER: &str = "evatel";
/// The user `nobody` and its group on Debian.
const NOBODY: u32 = 65534;
/// Longest start of a server on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
