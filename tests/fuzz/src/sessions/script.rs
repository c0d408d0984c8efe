//! What the client does, as the lines of a text: what to do is the first byte, the rest belongs to it.
//! So a dictionary fits, a file of the corpus can be read, and half a line is still one.

/// The most that is done in one run.
const MOST: usize = 60;

pub(super) struct Script<'a> {
    /// Whether every namespace is there that is asked for: the first line is `*`.
    pub(super) anywhere: bool,
    pub(super) steps: Vec<Step<'a>>,
}

#[derive(Debug)]
pub(super) enum Step<'a> {
    /// `w`: begins a session over WebSocket, and leaves the one before to itself.
    WebSocket,
    /// `p`: the same over long polling.
    Polling,
    /// `u`: takes the session from polling to WebSocket; the rest is sent where `5` belongs.
    Upgrade(&'a [u8]),
    /// `>`: sends a text frame, over polling a body.
    Text(&'a [u8]),
    /// `<`: sends a binary frame, over polling a body.
    Binary(&'a [u8]),
    /// `g`: polls, without waiting for what comes.
    Poll,
    /// `r`: a request with this method, query and body, each up to a space; `$` is the session's id.
    Request(&'a [u8]),
    /// `.`: lets the server work.
    Yield,
    /// `~`: waits, so many milliseconds.
    Sleep(u64),
    /// `c`: closes as a well-behaved client does.
    Close,
    /// `x`: drops the connection.
    Drop,
}

pub(super) fn parse(input: &[u8]) -> Script<'_> {
    let mut lines = input.split(|byte| *byte == b'\n').peekable();
    let anywhere = lines.next_if(|line| *line == b"*").is_some();
    let steps = lines.filter_map(step).take(MOST).collect();
    Script { anywhere, steps }
}

fn step(line: &[u8]) -> Option<Step<'_>> {
    let (first, rest) = line.split_first()?;
    Some(match first {
        b'w' => Step::WebSocket,
        b'p' => Step::Polling,
        b'u' => Step::Upgrade(rest),
        b'>' => Step::Text(rest),
        b'<' => Step::Binary(rest),
        b'g' => Step::Poll,
        b'r' => Step::Request(rest),
        b'.' => Step::Yield,
        b'~' => Step::Sleep(number(rest).min(60_000)),
        b'c' => Step::Close,
        b'x' => Step::Drop,
        _ => return None,
    })
}

fn number(digits: &[u8]) -> u64 {
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| {
        u64::saturating_add(u64::saturating_mul(number, 10), u64::from(digit - b'0'))
    })
}
