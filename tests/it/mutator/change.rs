//! Changes of an input: of bytes, of tokens, of its structure.

use super::corpus::Food;

/// A small generator (xorshift64*): the same numbers from a seed everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed | 1)
    }
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap_or(0) % limit.max(1)
    }
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// One change.
pub fn mutated(input: &[u8], seeds: &[Vec<u8>], food: Food, random: &mut Random) -> Vec<u8> {
    let at = random.below(input.len() + 1);
    let (before, after) = input.split_at(at);
    match random.below(9) {
        0 => replaced(input, random),
        1 => [before, &[u8::try_from(random.below(256)).unwrap()], after].concat(),
        2 => [before, &after[random.below(after.len() + 1).min(8)..]].concat(),
        3 | 4 => [before, random.pick(food.tokens()).as_bytes(), after].concat(),
        5 => spliced(before, &seeds[random.below(seeds.len())], random),
        6 => repeated(input, random),
        7 => moved(input, random),
        _ => without_piece(input, random),
    }
}

fn replaced(input: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = input.to_vec();
    if !out.is_empty() {
        let at = random.below(out.len());
        out[at] ^= 1 << random.below(8);
    }
    out
}

fn spliced(before: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let from = random.below(other.len() + 1);
    [before, &other[from..]].concat()
}

/// A piece several times over.
fn repeated(input: &[u8], random: &mut Random) -> Vec<u8> {
    let (start, end) = piece(input, random);
    let many = input[start..end].repeat(1 + random.below(20));
    [&input[..start], &many, &input[end..]].concat()
}

/// Two lines change places.
fn moved(input: &[u8], random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let (a, b) = (random.below(lines.len()), random.below(lines.len()));
    lines.swap(a, b);
    lines.join(&b'\n')
}

fn without_piece(input: &[u8], random: &mut Random) -> Vec<u8> {
    let (start, end) = piece(input, random);
    [&input[..start], &input[end..]].concat()
}

/// Up to 64 bytes somewhere.
fn piece(input: &[u8], random: &mut Random) -> (usize, usize) {
    let start = random.below(input.len() + 1);
    (start, (start + random.below(64)).min(input.len()))
}
