//! A program under test: a server of its own process, started on a free port.

use std::{ffi::OsStr, fmt::Write as _, net::SocketAddr, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::deadline;

/// A running server. It is killed when this is dropped.
#[derive(Debug)]
pub struct Program {
    address: SocketAddr,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    child: Child,
}

impl Program {
    /// Starts the program at `path` with `PORT=0`, and waits until it says where it listens.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or does not say so in time.
    pub async fn start(path: impl AsRef<OsStr>) -> Self {
        Self::run(Command::new(path)).await
    }

    /// As [`start`](Self::start), with an environment of its own.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or does not say so in time.
    pub async fn run(mut command: Command) -> Self {
        let child = command
            .env("PORT", "0")
            .env("NO_COLOR", "1")
            .env_remove("RUST_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = child.expect("the program starts");
        let input = child.stdin.take().expect("it is piped");
        let output = child.stdout.take().expect("it is piped");
        let mut program = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            input,
            output: BufReader::new(output).lines(),
            child,
        };
        let (_, address) = program.prints("listening on http://").await;
        program.address = address.parse().expect("an address");
        program
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of its process.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Waits for a line with `text` in it, and returns what is before and behind.
    ///
    /// # Panics
    ///
    /// If no such line comes in time.
    pub async fn prints(&mut self, text: &str) -> (String, String) {
        let mut seen = String::new();
        let output = &mut self.output;
        let found = async {
            loop {
                let line = output.next_line().await.expect("its output is text");
                let line = line.unwrap_or_else(|| panic!("it ended without `{text}`:\n{seen}"));
                if let Some((before, behind)) = line.split_once(text) {
                    return (before.to_owned(), behind.to_owned());
                }
                let _ = writeln!(seen, "{line}");
            }
        };
        deadline(&format!("the program to print `{text}`"), found).await
    }

    /// Types a line into its terminal.
    ///
    /// # Panics
    ///
    /// If it does not read any more.
    pub async fn type_line(&mut self, line: &str) {
        let line = format!("{line}\n");
        let typed = self.input.write_all(line.as_bytes()).await;
        typed.expect("the program reads what is typed");
    }
}
