//! The sandbox against what it must satisfy: HTTP as the API defines it, and real clients.

mod behaviours;
mod custom;
mod helm;
mod kubectl;
mod support;
mod table;
mod watch;
mod writes;
