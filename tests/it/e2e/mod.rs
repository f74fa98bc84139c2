//! The whole way on the sandbox: from a commit to releases.

mod broken;
mod command;
mod failure;
mod hooks;
mod lab;
mod leaving;
mod order;
mod peers;
mod policy;
mod sample;
mod state;
mod supersede;
