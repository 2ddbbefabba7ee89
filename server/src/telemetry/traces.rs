//! Traces: what becomes of a request, for a collector that puts it together with what other programs tell of it. They are
//! sent if they are built in and there is somewhere to send them.

#[cfg(not(feature = "opentelemetry"))]
mod nowhere;
#[cfg(feature = "opentelemetry")]
mod otlp;
#[cfg(feature = "opentelemetry")]
mod parent;
mod settings;

#[cfg(not(feature = "opentelemetry"))]
pub(crate) use nowhere::{Traces, answered, begun};
#[cfg(feature = "opentelemetry")]
pub(crate) use otlp::{Traces, answered, begun};
pub(crate) use settings::{VARIABLES, place};

/// Whether this program can send any.
pub(crate) const BUILT_IN: bool = cfg!(feature = "opentelemetry");
