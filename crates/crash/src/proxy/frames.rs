//! Messages cut out of a stream of bytes.

use anyhow::ensure;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// How long the first message of these bytes is; none while that can not be told.
pub(super) type Measure = fn(&[u8]) -> Option<usize>;

/// The messages of one direction. Reading the next one can be given up at any time; nothing is lost.
pub(super) struct Frames<R> {
    from: R,
    buffer: Vec<u8>,
    measure: Measure,
}

impl<R: AsyncRead + Unpin> Frames<R> {
    pub(super) fn new(from: R, measure: Measure) -> Self {
        Self {
            from,
            buffer: Vec::new(),
            measure,
        }
    }

    pub(super) async fn next(&mut self) -> anyhow::Result<Vec<u8>> {
        loop {
            if let Some(length) = (self.measure)(&self.buffer)
                && length <= self.buffer.len()
            {
                let rest = self.buffer.split_off(length);
                return Ok(std::mem::replace(&mut self.buffer, rest));
            }
            let read = self.from.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "it hung up");
        }
    }
}

/// PostgreSQL, after the start-up: a letter, then the length of what follows, itself included.
pub(super) fn postgres(bytes: &[u8]) -> Option<usize> {
    let length = bytes.get(1..5)?.try_into().ok().map(u32::from_be_bytes)?;
    usize::try_from(length).ok().map(|length| length + 1)
}

/// PostgreSQL's first message: no letter.
pub(super) fn postgres_startup(bytes: &[u8]) -> Option<usize> {
    let length = bytes.get(..4)?.try_into().ok().map(u32::from_be_bytes)?;
    usize::try_from(length).ok()
}

/// A command of Redis: a list of texts.
pub(super) fn redis_command(bytes: &[u8]) -> Option<usize> {
    let (mut at, texts) = line(bytes, 0)?;
    for _ in 0..texts {
        let (after, length) = line(bytes, at)?;
        at = after + length + 2;
    }
    Some(at)
}

/// The number in the line that begins at `at`, behind its first character; and where the next line begins.
fn line(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(at..)?;
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    let number = std::str::from_utf8(rest.get(1..end)?).ok()?.parse().ok()?;
    Some((at + end + 2, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_are_found_whatever_the_pieces() {
        let bytes = b"*2\r\n$4\r\nECHO\r\n$3\r\nmug\r\n*1\r\n$4\r\nPING\r\n";
        for piece in [1, 3, bytes.len()] {
            let stream = tokio_test_stream(bytes, piece);
            let mut frames = Frames::new(stream, redis_command);
            assert_eq!(frames.next().await.expect("the first"), &bytes[..23]);
            assert_eq!(frames.next().await.expect("the second"), &bytes[23..]);
            assert!(frames.next().await.is_err(), "there are two");
        }
    }

    #[test]
    fn messages_of_postgres_are_measured() {
        assert_eq!(postgres(b"Q\0\0\0\x0bCOMMIT\0Q"), Some(12));
        assert_eq!(postgres(b"Q\0\0\0"), None);
        assert_eq!(postgres_startup(&[0, 0, 0, 8, 4]), Some(8));
    }

    /// The bytes in pieces of so many.
    fn tokio_test_stream(bytes: &'static [u8], piece: usize) -> impl AsyncRead + Unpin {
        let (mut into, out) = tokio::io::duplex(piece);
        tokio::spawn(async move {
            // The reader may stop early.
            let _ = tokio::io::AsyncWriteExt::write_all(&mut into, bytes).await;
        });
        out
    }
}
