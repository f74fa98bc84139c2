//! Passwords and encryption. Source: sprig v3.3.0 `crypto.go`.

use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::args::{int, string, text};
use super::encoding::base64_decode;
use super::random;
use crate::golang::Type::{Int, Str};
use crate::golang::{Env, Fault, Func, Value};

/// bcrypt's cost in Go's library.
const BCRYPT_COST: u32 = 10;
/// The longest password that bcrypt takes, in bytes.
const BCRYPT_MAX: usize = 72;
/// What one slow hash costs of the render's budget, in steps: a render can make about a hundred.
const SLOW_STEPS: u64 = 80_000;
/// What scrypt costs with the parameters of `derivePassword`: a render can run it about thirty times.
const SCRYPT_STEPS: u64 = 300_000;

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        (
            "bcrypt",
            Func::new(&[Str], |env, args| string(env, bcrypt_hash(env, text(args, 0))?)),
        ),
        ("htpasswd", Func::new(&[Str, Str], htpasswd)),
        (
            "derivePassword",
            Func::new(&[Int, Str, Str, Str, Str], derive_password),
        ),
        ("encryptAES", Func::new(&[Str, Str], encrypt)),
        ("decryptAES", Func::new(&[Str, Str], decrypt)),
    ]
}

/// The hash, or the text of what is wrong: sprig returns it as if it were one.
fn bcrypt_hash(env: &Env, password: &[u8]) -> Result<String, Fault> {
    env.fuel.step(SLOW_STEPS)?;
    let failed = |error: &str| format!("failed to encrypt string with bcrypt: {error}");
    if password.len() > BCRYPT_MAX {
        return Ok(failed("bcrypt: password length exceeds 72 bytes"));
    }
    let salt = random::array(env);
    Ok(match bcrypt::hash_with_salt(password, BCRYPT_COST, salt) {
        Ok(hash) => hash.format_for_version(bcrypt::Version::TwoA),
        Err(error) => failed(&error.to_string()),
    })
}

fn htpasswd(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let user = text(args, 0);
    if user.contains(&b':') {
        return string(env, [b"invalid username: ", user].concat());
    }
    let hash = bcrypt_hash(env, text(args, 1))?;
    string(env, [user, b":", hash.as_bytes()].concat())
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// The shapes of each password type; every letter stands for a set of characters.
fn shapes(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

fn characters(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// The Master Password algorithm: scrypt of the password, then HMAC over the site.
fn derive_password(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let kind = text(args, 1);
    let Some(shapes) = shapes(kind) else {
        return string(env, [b"cannot find password template ", kind].concat());
    };
    env.fuel.step(SCRYPT_STEPS)?;
    let (password, user, site) = (text(args, 2), text(args, 3), text(args, 4));
    let counter = match args.first() {
        Some(Value::Uint(_, counter)) => u32::try_from(*counter).unwrap_or(u32::MAX),
        _ => u32::try_from(int(args, 0)).unwrap_or(0),
    };
    let length = |text: &[u8]| u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes();
    let salt = [SEED, &length(user), user].concat();
    let mut key = [0; 64];
    let params = scrypt::Params::new(15, 8, 2).map_err(|error| Fault::new(error.to_string()))?;
    scrypt::scrypt(password, &salt, &params, &mut key).map_err(|error| Fault::new(error.to_string()))?;
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(&key).map_err(|error| Fault::new(error.to_string()))?;
    mac.update(&[SEED, &length(site), site, &counter.to_be_bytes()].concat());
    let seed = mac.finalize().into_bytes();
    let shape = shapes[usize::from(seed[0]) % shapes.len()];
    let pick = |(letter, byte): (u8, &u8)| {
        let set = characters(letter);
        set[usize::from(*byte) % set.len()]
    };
    let derived: Vec<u8> = shape.bytes().zip(&seed[1..]).map(pick).collect();
    string(env, derived)
}

/// The password, filled with zeros or cut to 32 bytes.
fn aes_key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(password) {
        *to = *from;
    }
    key
}

/// AES-256-CBC with a random first block in front, in base64.
fn encrypt(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let plain = text(args, 1);
    if plain.is_empty() {
        return string(env, "");
    }
    let start: [u8; 16] = random::array(env);
    let cipher = cbc::Encryptor::<aes::Aes256>::new(&aes_key(text(args, 0)).into(), &start.into());
    let encrypted = cipher.encrypt_padded_vec::<Pkcs7>(plain);
    string(env, STANDARD.encode([&start[..], &encrypted].concat()))
}

fn decrypt(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    if text(args, 1).is_empty() {
        return string(env, "");
    }
    let data = base64_decode(text(args, 1))?;
    let Some((start, encrypted)) = data.split_first_chunk::<16>() else {
        return Err(Fault::new(format!(
            "runtime error: slice bounds out of range [:16] with capacity {}",
            text(args, 1).len() / 4 * 3
        )));
    };
    let cipher = cbc::Decryptor::<aes::Aes256>::new(&aes_key(text(args, 0)).into(), &(*start).into());
    let plain = cipher
        .decrypt_padded_vec::<NoPadding>(encrypted)
        .map_err(|_| Fault::new("crypto/cipher: input not full blocks"))?;
    let Some(padding) = plain.last() else {
        return Err(Fault::new("runtime error: index out of range [-1]"));
    };
    match plain.len().checked_sub(usize::from(*padding)) {
        Some(end) => string(env, &plain[..end]),
        None => Err(Fault::new(format!(
            "runtime error: slice bounds out of range [:-{}]",
            usize::from(*padding) - plain.len()
        ))),
    }
}
