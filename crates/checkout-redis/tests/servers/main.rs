//! What the adapter does with every kind of server, and with every way in which one can fail.
//!
//! Each test starts its own servers on free ports, in folders that are thrown away, and stops them.

mod cluster;
mod common;
mod connecting;
mod faults;
mod full;
mod latency;
mod least_privilege;
mod losses;
mod news;
mod outage;
mod sentinel;
mod tls;
