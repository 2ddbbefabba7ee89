//! Everything that reads what others wrote, with inputs that nobody thought of. Half of them are genuine ones with a few
//! bytes changed, which reach deeper than noise.
//!
//! | module | what it holds |
//! |---|---|
//! | [`run`] | runs a target for so many cases or so long, and keeps the inputs that it failed on |
//! | [`inputs`] | noise, and genuine inputs with a few changes |
//! | [`targets`] | what is read, and what must hold whatever it is |
//! | [`shop`] | the whole shop in this process, for what is only reached by a request |

pub mod inputs;
pub mod run;
pub mod shop;
pub mod targets;
