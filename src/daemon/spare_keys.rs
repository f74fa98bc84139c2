//! RSA keys made ahead: a chart that wants one mostly wants several, and each takes a core for a quarter of a second.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::Builder;

use openssl::error::ErrorStack;
use openssl::pkey::Private;
use openssl::rsa::Rsa;

type Key = Result<Rsa<Private>, ErrorStack>;

/// By size in bits: where the spare key comes out once it is made. There is one at a time, which another core makes.
static SPARE: Mutex<Option<HashMap<u32, Receiver<Key>>>> = Mutex::new(None);

/// A new key; the spare one if it is ready. In both cases another spare one is being made afterwards.
///
/// # Errors
/// OpenSSL's.
pub(super) fn rsa(bits: u32) -> Key {
    match spare(bits) {
        Some(key) => key,
        None => Rsa::generate(bits),
    }
}

fn spare(bits: u32) -> Option<Key> {
    // A thread that panicked with the lock leaves nothing half done.
    let mut spares = SPARE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let spares = spares.get_or_insert_with(HashMap::new);
    let found = match spares.get(&bits).map(Receiver::try_recv) {
        Some(Err(TryRecvError::Empty)) => return None,
        Some(Ok(key)) => Some(key),
        Some(Err(TryRecvError::Disconnected)) | None => None,
    };
    spares.remove(&bits);
    spares.extend(begin(bits).map(|receiver| (bits, receiver)));
    found
}

/// Begins to make a key. `None` where the system gives no thread.
fn begin(bits: u32) -> Option<Receiver<Key>> {
    let (sender, receiver) = channel();
    let make = move || {
        // Nobody may want it any more.
        let _ = sender.send(Rsa::generate(bits));
    };
    let started = Builder::new().name("keys".to_owned()).spawn(make);
    started.ok().map(|_| receiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_given_twice() {
        let moduli: std::collections::HashSet<Vec<u8>> =
            (0..6).map(|_| rsa(1024).unwrap().n().to_vec()).collect();
        assert_eq!(moduli.len(), 6);
        assert!(rsa(7).is_err(), "a size that OpenSSL refuses");
    }
}
