//! The buy button as a pure state machine: `step(button, event)` gives the next button and what to do about it. The
//! island shows the button and performs the effects; nothing here knows of a browser, a clock or chance.
//!
//! What holds in every order of events:
//! * only a submit event sends, only where [`State::can_send`], and only while online. The page itself repeats a
//!   request twice at most, in the first 12 s, after a connection that was lost or "unavailable", with the same token;
//! * what is unknown never turns into failed by itself;
//! * a fresh token is fetched after a definitive answer alone;
//! * placed is final, and a late "placed" still wins.

mod shown;
mod state;
mod step;

pub use state::{Answer, Button, Effect, Event, Found, Look, Patience, Sending, State, Timer};
pub use step::step;

#[cfg(test)]
mod tests;
