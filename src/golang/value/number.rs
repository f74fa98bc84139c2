//! The integer types.

/// The signed integer types that templates meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntKind {
    /// `int`: literals, `len`, range indices.
    Int,
    /// `int32`, also called rune.
    Int32,
    /// `int64`: sprig arithmetic, `--set` numbers.
    Int64,
    /// `time.Duration`, nanoseconds.
    Duration,
    /// `time.Month`, 1 to 12.
    Month,
    /// `time.Weekday`, 0 (Sunday) to 6.
    Weekday,
}

/// The unsigned integer types that templates meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UintKind {
    /// `uint8`, a byte: `index "text" 0`.
    Uint8,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `uint`.
    Uint,
}

impl IntKind {
    /// The Go type name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            IntKind::Int => "int",
            IntKind::Int32 => "int32",
            IntKind::Int64 => "int64",
            IntKind::Duration => "time.Duration",
            IntKind::Month => "time.Month",
            IntKind::Weekday => "time.Weekday",
        }
    }
}

impl UintKind {
    /// The Go type name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            UintKind::Uint8 => "uint8",
            UintKind::Uint32 => "uint32",
            UintKind::Uint64 => "uint64",
            UintKind::Uint => "uint",
        }
    }
}
