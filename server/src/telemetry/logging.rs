//! The log: lines for people or for programs, written by a thread of its own. Whoever logs never waits: when nobody takes
//! the lines, some are lost and counted.

use std::io::Write;
use std::sync::OnceLock;

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use super::traces::Traces;

/// How many lines wait at most. At 300 bytes a line, some 5 MB.
const LINES: usize = 16 * 1024;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: an object a line.
    Json,
}

/// Hears the same spans and events as the log.
pub(crate) type Listener = Box<dyn Layer<Registry> + Send + Sync>;

static LOST: OnceLock<ErrorCounter> = OnceLock::new();

/// Begins to log, and to send traces if any are sent. What still waits is written when the guard is dropped.
pub(crate) fn begin(format: LogFormat, traces: &Traces) -> WorkerGuard {
    let (writer, guard) = never_waiting(std::io::stdout());
    // Begun once: a second time would be refused by the subscriber below.
    let _ = LOST.set(writer.error_counter());
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    subscriber(format, filter, writer, traces.listener()).init();
    guard
}

/// How many lines were lost.
pub(crate) fn dropped() -> u64 {
    LOST.get().map_or(0, |lost| lost.dropped_lines() as u64)
}

/// A writer that takes a line at once or loses it, in front of one that may take its time.
fn never_waiting(writer: impl Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(LINES)
        .thread_name("log")
        .finish(writer)
}

fn subscriber<W>(
    format: LogFormat,
    filter: EnvFilter,
    writer: W,
    traces: Option<Listener>,
) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'a> fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = fmt::layer().with_writer(writer);
    let layer = match format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
    };
    Registry::default().with(traces).with(layer.with_filter(filter))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc::{Receiver, channel};
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Takes nothing before it is let.
    struct Stuck(Receiver<()>);

    impl Write for Stuck {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            // An end of the test lets it go too.
            let _ = self.0.recv();
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn ov_11_whoever_logs_waits_for_nobody_and_what_is_lost_is_counted() {
        let (free, stuck) = channel();
        let (writer, guard) = never_waiting(Stuck(stuck));
        let lost = writer.error_counter();
        let subscriber = subscriber(LogFormat::Json, EnvFilter::new("info"), writer, None);
        tracing::subscriber::with_default(subscriber, || {
            // Would never end if it waited.
            for line in 0..LINES + 100 {
                tracing::info!(line, "flood");
            }
        });
        // One may be in the hands of the writer.
        assert!((99..=100).contains(&lost.dropped_lines()), "{}", lost.dropped_lines());
        drop(free);
        drop(guard);
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn programs_get_an_object_a_line_with_the_id_of_its_request() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(LogFormat::Json, EnvFilter::new("info"), move || writer.clone(), None);
        tracing::subscriber::with_default(subscriber, || {
            tracing::info_span!("request", request_id = "7").in_scope(|| tracing::warn!(count = 3, "two\nlines"));
        });
        let text = String::from_utf8(lines.0.lock().expect("no panic").clone()).expect("text");
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(line["message"], "two\nlines");
        assert_eq!((&line["level"], &line["count"]), (&"WARN".into(), &3.into()));
        assert_eq!(line["span"]["request_id"], "7");
    }
}
