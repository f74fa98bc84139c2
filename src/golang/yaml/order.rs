//! The "natural" order of map keys (yaml.v2 and yaml.v3 `sorter.go`).

use super::emit::Dialect;
use crate::golang::unicode::{is_digit, is_letter};

/// Does `a` come before `b`? Not transitive where digit runs meet letters or leading zeros: real Helm writes such
/// maps in an order that changes from run to run.
pub(super) fn is_before(a: &[char], b: &[char], dialect: Dialect) -> bool {
    let common = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (Some(&left), Some(&right)) = (a.get(common), b.get(common)) else {
        return a.len() < b.len();
    };
    match (is_letter(left), is_letter(right)) {
        (true, true) => left < right,
        (false, false) => {
            let start = i64::from((left == '0' || right == '0') && follows_nonzero(&a[..common]));
            let (left_number, left_digits) = digit_run(&a[common..], start);
            let (right_number, right_digits) = digit_run(&b[common..], start);
            (left_number, left_digits, left) < (right_number, right_digits, right)
        }
        (is_left_letter, _) => {
            let after_digit = common > 0 && is_digit(a[common - 1]);
            is_left_letter == (dialect == Dialect::Pretty && after_digit)
        }
    }
}

/// Does the digit run that ends here hold more than zeros?
fn follows_nonzero(before: &[char]) -> bool {
    before
        .iter()
        .rev()
        .take_while(|letter| is_digit(**letter))
        .any(|letter| *letter != '0')
}

/// The number that starts here (with wrap-around, as in Go) and how many digits it has.
fn digit_run(text: &[char], start: i64) -> (i64, usize) {
    let digits = text.iter().take_while(|letter| is_digit(**letter));
    digits.fold((start, 0), |(number, count), letter| {
        let digit = i64::from(*letter as u32) - i64::from('0' as u32);
        (number.wrapping_mul(10).wrapping_add(digit), count + 1)
    })
}

/// A merge sort: the standard one may panic when the order is not transitive.
pub(super) fn sorted<T>(items: Vec<T>, is_before: &impl Fn(&T, &T) -> bool) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let mut left = items;
    let right = left.split_off(left.len() / 2);
    let mut left = sorted(left, is_before).into_iter().peekable();
    let mut right = sorted(right, is_before).into_iter().peekable();
    let mut out = Vec::with_capacity(left.len() + right.len());
    loop {
        let takes_right = match (left.peek(), right.peek()) {
            (Some(left), Some(right)) => is_before(right, left),
            (None, Some(_)) => true,
            _ => false,
        };
        match if takes_right { right.next() } else { left.next() } {
            Some(item) => out.push(item),
            None => return out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: &str, dialect: Dialect) {
        let keys: Vec<Vec<char>> = expected.split(' ').map(|key| key.chars().collect()).collect();
        let mut shuffled = keys.clone();
        shuffled.reverse();
        shuffled.rotate_left(keys.len() / 3);
        let found = sorted(shuffled, &|a, b| is_before(a, b, dialect));
        let found: Vec<String> = found.into_iter().map(String::from_iter).collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn keys_sort_naturally() {
        check(
            "_ 9 10 100 A Ab B Foo Z a a-b a.b a/b a_b a1 a1.2 a1.10 a2 a10 aB aa ab app app.kubernetes.io/instance \
             app.kubernetes.io/name b b1 foo foo-bar foo.1 foo_bar foo1 fooBar foobar v1 v1beta1 v2 x-1 x-2 x-10 z",
            Dialect::Plain,
        );
        check("a1b a1.2", Dialect::Pretty);
        check("a1.2 a1b", Dialect::Plain);
    }
}
