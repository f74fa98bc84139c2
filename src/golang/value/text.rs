//! Strings, which are bytes.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

/// The longest text that is kept in place: a string is as large as the largest other value then.
const MAX_INLINE: usize = 22;

/// A Go string: bytes, usually but not always UTF-8 (`trunc` cuts inside characters, `b64dec` gives anything).
/// Immutable and cheap to clone: short ones are copied, long ones are shared.
#[derive(Clone)]
pub struct Str(Repr);

#[derive(Clone)]
enum Repr {
    /// The first `len` bytes.
    Inline { len: u8, bytes: [u8; MAX_INLINE] },
    /// Only what is longer than that.
    Shared(Rc<[u8]>),
}

impl Str {
    /// The bytes.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Repr::Shared(bytes) => bytes,
        }
    }
    /// The text, with U+FFFD for bytes that are not UTF-8.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        match std::str::from_utf8(self) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(self),
        }
    }
    /// The text if it is UTF-8.
    #[must_use]
    pub fn as_utf8(&self) -> Option<&str> {
        std::str::from_utf8(self).ok()
    }

    #[inline]
    fn inline(text: &[u8]) -> Option<Self> {
        let len = u8::try_from(text.len()).ok()?;
        let mut bytes = [0; MAX_INLINE];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Str(Repr::Inline { len, bytes }))
    }
}

impl Deref for Str {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}
impl AsRef<[u8]> for Str {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}
impl std::borrow::Borrow<[u8]> for Str {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}
impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Shared(one), Repr::Shared(other)) => Rc::ptr_eq(one, other) || one == other,
            _ => self.as_bytes() == other.as_bytes(),
        }
    }
}
impl Eq for Str {}
impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Str {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}
impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}
impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        Str::inline(bytes).unwrap_or_else(|| Str(Repr::Shared(bytes.into())))
    }
}
impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Str::from(text.as_bytes())
    }
}
impl From<Vec<u8>> for Str {
    fn from(bytes: Vec<u8>) -> Self {
        Str::inline(&bytes).unwrap_or_else(|| Str(Repr::Shared(bytes.into())))
    }
}
impl From<String> for Str {
    fn from(text: String) -> Self {
        Str::from(text.into_bytes())
    }
}
impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_text(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_come_back_and_compare_as_bytes() {
        let texts: Vec<String> = (0..60).map(|length| "x".repeat(length)).collect();
        for text in &texts {
            let (one, other) = (Str::from(text.as_str()), Str::from(text.clone()));
            assert_eq!(one.as_utf8(), Some(text.as_str()));
            assert_eq!(one, other);
            for second in &texts {
                assert_eq!(one.cmp(&Str::from(second.as_str())), text.cmp(second));
            }
        }
    }

    #[test]
    fn a_value_is_no_larger_than_a_text() {
        assert_eq!(size_of::<Str>(), 24);
        assert_eq!(size_of::<crate::golang::Value>(), 24);
    }
}
