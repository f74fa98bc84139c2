//! Record ⇄ the text that a storage object holds: JSON, gzip, base64.
//! Source: helm `pkg/storage/driver/util.go`, v3.17.

use std::io::{Read, Write};

use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use flate2::{Compression, GzBuilder, read::MultiGzDecoder};

use super::schema::Release;
use crate::helm::engines::Engine;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b, 0x08];
/// `OS = unknown`, as Go's gzip writes it.
const GZIP_OS_UNKNOWN: u8 = 255;
/// A record that unpacks to more than this is refused: no chart is that large, and memory is not ours alone.
const UNPACKED_LIMIT: u64 = 256 << 20;
/// Go's decoder wants padding but does not look at trailing bits.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    #[allow(missing_docs)]
    #[error("the payload is not base64: {0}")]
    Base64(String),
    #[allow(missing_docs)]
    #[error("the payload does not unpack: {0}")]
    Gzip(String),
    #[allow(missing_docs)]
    #[error("the payload unpacks to more than {UNPACKED_LIMIT} bytes")]
    TooLarge,
    #[allow(missing_docs)]
    #[error("the record is not a release in JSON: {0}")]
    Json(String),
}

/// The payload: ASCII text of one line. Empty times are written as the engine's Helm writes them.
#[must_use]
pub fn encode(release: &Release, engine: &Engine) -> String {
    let json = super::text::release_text(release, engine);
    let builder = GzBuilder::new().operating_system(GZIP_OS_UNKNOWN);
    let mut packer = builder.write(Vec::new(), Compression::best());
    packer
        .write_all(json.as_bytes())
        .expect("memory takes every write");
    STANDARD.encode(packer.finish().expect("memory takes every write"))
}

/// Helm 3 writes `""` for a zero time, Helm 4 leaves it out; both read both.
pub(super) fn in_style_of(release: &Release, engine: &Engine) -> Release {
    let mut release = release.clone();
    let style = |time: &mut Option<String>| {
        let text = time.take().filter(|text| !text.is_empty());
        *time = if engine.is_v4 {
            text
        } else {
            Some(text.unwrap_or_default())
        };
    };
    let info = &mut release.info;
    for time in [
        &mut info.first_deployed,
        &mut info.last_deployed,
        &mut info.deleted,
    ] {
        style(time);
    }
    for hook in &mut release.hooks {
        style(&mut hook.last_run.started_at);
        style(&mut hook.last_run.completed_at);
    }
    release
}

/// Reads a payload, packed or not.
///
/// # Errors
/// See [`DecodeError`].
pub fn decode(payload: &[u8]) -> Result<Release, DecodeError> {
    let text: Vec<u8> = payload
        .iter()
        .copied()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    let bytes = LENIENT
        .decode(text)
        .map_err(|error| DecodeError::Base64(error.to_string()))?;
    let is_packed = bytes.len() > GZIP_MAGIC.len() && bytes.starts_with(GZIP_MAGIC);
    let json = if is_packed { unpack(&bytes)? } else { bytes };
    serde_json::from_slice(&json).map_err(|error| DecodeError::Json(error.to_string()))
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut unpacked = Vec::new();
    let mut reader = MultiGzDecoder::new(bytes).take(UNPACKED_LIMIT + 1);
    reader
        .read_to_end(&mut unpacked)
        .map_err(|error| DecodeError::Gzip(error.to_string()))?;
    if unpacked.len() as u64 > UNPACKED_LIMIT {
        return Err(DecodeError::TooLarge);
    }
    Ok(unpacked)
}
