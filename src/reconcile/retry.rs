//! When a failed component is tried again. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::state::Recorded;

/// How long after each failure in a row the next try comes; after the last, only new input brings one.
const DELAYS: [Duration; 3] = [
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(8 * 60),
];

/// When the next try is due after this many failures in a row, the last one at `failed_at`. `None`: not before
/// something changes.
#[must_use]
pub fn next_try(failures: u32, failed_at: Timestamp) -> Option<Timestamp> {
    let delay = DELAYS.get(usize::try_from(failures).ok()?.checked_sub(1)?)?;
    failed_at.checked_add(*delay).ok()
}

/// When the first of the failed components is due again.
#[must_use]
pub fn first(recorded: &Recorded) -> Option<Timestamp> {
    let failed = recorded
        .components
        .values()
        .filter_map(|record| record.failed.as_ref());
    failed
        .filter_map(|failed| next_try(failed.count, failed.at))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_after_30_s_2_m_and_8_m_and_then_no_more() {
        let failed_at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for (failures, expected) in [
            (0, None),
            (1, Some("2026-01-01T00:00:30Z")),
            (2, Some("2026-01-01T00:02:00Z")),
            (3, Some("2026-01-01T00:08:00Z")),
            (4, None),
            (u32::MAX, None),
        ] {
            let next = next_try(failures, failed_at).map(|time| time.to_string());
            assert_eq!(next.as_deref(), expected, "after {failures} failures");
        }
    }
}
