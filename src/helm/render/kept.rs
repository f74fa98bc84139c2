//! Results of renders that come out the same again: a render of the same content is answered from here.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::Rendered;

/// Texts that are kept, in bytes.
const ROOM: usize = 16 << 20;

/// Renderings by a key of the caller's, which names all that went into them. Safe to share.
#[derive(Default)]
pub struct Kept(Mutex<VecDeque<(String, Arc<Rendered>)>>);

impl Kept {
    /// The rendering of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Arc<Rendered>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, _)| known == key);
        found.map(|(_, rendered)| Arc::clone(rendered))
    }

    /// Keeps a rendering that comes out the same again; others are not kept. The oldest make room.
    pub fn put(&self, key: String, rendered: &Arc<Rendered>) {
        if !rendered.is_repeatable || !rendered.lookups.is_empty() || bytes(rendered) > ROOM / 4 {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != key);
        kept.push_back((key, Arc::clone(rendered)));
        let mut total: usize = kept.iter().map(|(_, rendered)| bytes(rendered)).sum();
        while total > ROOM {
            total -= kept.pop_front().map_or(total, |(_, oldest)| bytes(&oldest));
        }
    }
}

/// About what a rendering takes: its texts are there twice. The chart is its owner's.
fn bytes(rendered: &Rendered) -> usize {
    let crds: usize = rendered.crds.iter().map(|(_, text)| text.len()).sum();
    2 * rendered.manifest.len() + crds + rendered.notes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(length: usize, is_repeatable: bool) -> Arc<Rendered> {
        Arc::new(Rendered {
            manifest: "x".repeat(length),
            is_repeatable,
            ..Rendered::default()
        })
    }

    #[test]
    fn what_comes_out_the_same_again_is_kept_until_newer_ones_need_the_room() {
        let kept = Kept::default();
        for key in 0..12 {
            kept.put(key.to_string(), &rendered(ROOM / 16, true));
        }
        assert!(kept.get("0").is_none() && kept.get("11").is_some());
        kept.put("random".to_owned(), &rendered(1, false));
        assert!(kept.get("random").is_none());
        kept.put("huge".to_owned(), &rendered(ROOM, true));
        assert!(kept.get("huge").is_none() && kept.get("11").is_some());
    }
}
