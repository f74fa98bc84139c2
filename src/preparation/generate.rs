//! Random texts for Secrets. Pure: the bytes come from outside.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::base::entropy::Entropy;
use crate::base::secret::Secret;
use crate::spec::SecretRecipe;

/// A new text by a recipe.
pub fn generate(recipe: &SecretRecipe, entropy: &mut dyn Entropy) -> Secret {
    match recipe {
        SecretRecipe::Password { length, alphabet } => password(*length, alphabet, entropy),
        SecretRecipe::Key { bytes, url_safe } => {
            let mut key = vec![0; *bytes];
            entropy.fill(&mut key);
            // With padding: a Fernet key is 44 characters.
            Secret::new(if *url_safe {
                URL_SAFE.encode(key)
            } else {
                STANDARD.encode(key)
            })
        }
        SecretRecipe::Value(text) => Secret::new(text.as_str()),
    }
}

/// Each character equally likely: numbers from the incomplete last round of the alphabet are thrown away.
fn password(length: usize, alphabet: &str, entropy: &mut dyn Entropy) -> Secret {
    let letters: Vec<char> = alphabet.chars().collect();
    let count = u32::try_from(letters.len()).unwrap_or(u32::MAX).max(1);
    let limit = u32::MAX - u32::MAX % count;
    let mut text = String::with_capacity(length);
    let mut missing = length;
    while missing > 0 {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes);
        let number = u32::from_le_bytes(bytes);
        if number < limit {
            text.extend(letters.get((number % count) as usize));
            missing -= 1;
        }
    }
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts up: every number comes.
    struct Counting(u32);
    impl Entropy for Counting {
        fn fill(&mut self, buffer: &mut [u8]) {
            for chunk in buffer.chunks_mut(4) {
                self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                chunk.copy_from_slice(&self.0.to_le_bytes()[..chunk.len()]);
            }
        }
    }

    #[test]
    fn passwords_have_their_length_and_alphabet() {
        let recipe = SecretRecipe::Password {
            length: 500,
            alphabet: "0123456789ä".to_owned(),
        };
        let text = generate(&recipe, &mut Counting(1));
        assert_eq!(text.reveal().chars().count(), 500);
        for letter in "0123456789ä".chars() {
            let times = text.reveal().matches(letter).count();
            assert!((20..=80).contains(&times), "{letter}: {times}");
        }
        assert!(text.reveal().chars().all(|letter| "0123456789ä".contains(letter)));
    }

    #[test]
    fn keys_are_padded_base64() {
        for (url_safe, forbidden) in [(true, ['+', '/']), (false, ['-', '_'])] {
            let recipe = SecretRecipe::Key { bytes: 32, url_safe };
            let key = generate(&recipe, &mut Counting(7));
            assert_eq!(key.reveal().len(), 44);
            assert!(key.reveal().ends_with('=') && !key.reveal().contains(forbidden));
        }
    }
}
