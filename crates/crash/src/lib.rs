//! Crash and fault tests: the real server as a process of its own, beside a real Redis and a real PostgreSQL, which are
//! killed, frozen, cut off and emptied while orders are placed. Afterwards a checker reads the database, Redis, the logs
//! and the recorded history.
//!
//! | module | what it holds |
//! |---|---|
//! | [`postgres`], [`redis`], [`server`], [`nginx`] | the processes, each stopped when it is dropped |
//! | [`stage`] | stores and servers of one run, and what a run is over |
//! | [`shopper`] | a browser without scripts that knows decided from undecided |
//! | [`crowd`] | many of them, who buy whatever happens |
//! | [`processors`] | which of the machine's processors are the shop's |
//! | [`history`] | what was asked and answered, as JSON lines |
//! | [`commits`] | an SQLite that is told what to sync, to see whether a disk forgets |
//! | [`books`], [`checker`] | what the database says, and whether all of it holds |
//! | [`proxy`] | proxies that know the protocols of PostgreSQL and Redis |
//! | [`suites`] | the runs |

pub mod books;
pub mod checker;
pub mod commits;
pub mod crowd;
pub mod dice;
pub mod history;
pub mod nginx;
pub mod port;
pub mod postgres;
pub mod process;
pub mod processors;

pub mod proxy;
pub mod redis;
pub mod report;
pub mod server;
pub mod shopper;
pub mod stage;
pub mod suites;
