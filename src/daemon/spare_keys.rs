//! RSA keys by AWS-LC, which needs a third of OpenSSL 3's time for one, and made ahead: a chart that wants one mostly
//! wants several, and each takes a core for a tenth of a second.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::Builder;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};

/// A private key as PKCS #8 in DER.
type Key = Result<Vec<u8>, String>;

/// By size in bits: where the spare key comes out once it is made. There is one at a time, which another core makes.
static SPARE: Mutex<Option<HashMap<u32, Receiver<Key>>>> = Mutex::new(None);

/// A new key in PKCS #8; the spare one if it is ready. In both cases another spare one is being made afterwards.
///
/// # Errors
/// A size that is none of 2048, 3072, 4096 and 8192 bits, and the library's refusal.
pub(super) fn rsa(bits: u32) -> Key {
    match spare(bits) {
        Some(key) => key,
        None => generate(bits),
    }
}

fn generate(bits: u32) -> Key {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        4096 => KeySize::Rsa4096,
        8192 => KeySize::Rsa8192,
        _ => {
            return Err(format!(
                "an RSA key cannot have {bits} bits: 2048, 3072, 4096 and 8192 are possible"
            ));
        }
    };
    let failed = |_| format!("no RSA key of {bits} bits could be made");
    let key = KeyPair::generate(size).map_err(failed)?;
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(failed)?;
    Ok(der.as_ref().to_vec())
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
        let _ = sender.send(generate(bits));
    };
    let started = Builder::new().name("keys".to_owned()).spawn(make);
    started.ok().map(|_| receiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_given_twice() {
        let keys: std::collections::HashSet<Vec<u8>> = (0..6).map(|_| rsa(2048).unwrap()).collect();
        assert_eq!(keys.len(), 6);
        let refusal = rsa(7).unwrap_err();
        assert!(refusal.contains("cannot have 7 bits"), "{refusal}");
    }
}
