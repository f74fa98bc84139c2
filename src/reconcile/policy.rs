//! One thing at a time. Pure.

use std::fmt;

use super::inputs::{Axis, Inputs, Move};
use crate::base::names::ComponentName;

/// A change that policy forbids, and how to split it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// The component.
    pub component: ComponentName,
    /// The move that must come alone.
    pub alone: Move,
    /// What moves with it.
    pub others: Vec<Move>,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others: Vec<String> = self.others.iter().map(ToString::to_string).collect();
        let others = others.join(", ");
        write!(
            f,
            "component {}: {} and {others} may not move in the same sync",
            self.component, self.alone
        )?;
        if self.alone.axis == Axis::Server {
            return write!(
                f,
                "\n  hint: commit the old pins again and let one sync succeed on Kubernetes {}; then commit {others}",
                self.alone.to
            );
        }
        write!(
            f,
            "\n  hint: split it into two commits: first {} alone, and when that sync has succeeded, {others}",
            self.alone
        )
    }
}

/// Checks one component's moves since its last successful deploy: the engine moves with nothing else, and neither
/// engine nor chart move onto a server whose minor version is new.
#[must_use]
pub fn check(component: &ComponentName, recorded: &Inputs, next: &Inputs) -> Option<Forbidden> {
    let moves = recorded.moves(next);
    let alone = moves
        .iter()
        .find(|a_move| a_move.axis == Axis::Engine)
        .or_else(|| {
            let server = moves.iter().find(|a_move| a_move.axis == Axis::Server);
            server.filter(|_| moves.iter().any(|a_move| a_move.axis == Axis::Chart))
        })?;
    let counts = |a_move: &&Move| match a_move.axis {
        Axis::Engine | Axis::Chart | Axis::Server => true,
        Axis::Version | Axis::Values => alone.axis == Axis::Engine,
        Axis::Capabilities | Axis::Lookups | Axis::Build => false,
    };
    let others = moves.iter().filter(|a_move| a_move.axis != alone.axis);
    let others: Vec<Move> = others.filter(counts).cloned().collect();
    (!others.is_empty()).then(|| Forbidden {
        component: component.clone(),
        alone: alone.clone(),
        others,
    })
}

#[cfg(test)]
mod tests {
    use super::super::inputs::tests::inputs;
    use super::*;

    fn verdict(axes: &str) -> Option<String> {
        let mut next = inputs();
        for axis in axes.split_whitespace() {
            match axis {
                "engine" => next.engine = "4.3.1".into(),
                "chart" => next.chart_version = "1.1.0".into(),
                "bytes" => next.chart = "c2".into(),
                "version" => next.version = "2025.2".into(),
                "values" => next.values = "v2".into(),
                "server" => next.server = "1.34".into(),
                "capabilities" => next.capabilities = "other".into(),
                "build" => next.build = "0.0.0".into(),
                other => panic!("{other}"),
            }
        }
        check(&"keystone".parse().unwrap(), &inputs(), &next).map(|forbidden| forbidden.to_string())
    }

    #[test]
    fn each_axis_may_move_alone_and_charts_versions_and_values_together() {
        for axes in [
            "",
            "engine",
            "chart",
            "bytes",
            "version",
            "values",
            "server",
            "chart bytes version values",
            "server values",
            "server version",
            "engine capabilities",
            "engine build",
            "server capabilities build",
        ] {
            assert_eq!(verdict(axes), None, "{axes}");
        }
    }

    #[test]
    fn an_engine_moves_with_nothing_else_and_a_new_server_with_neither_engine_nor_chart() {
        for axes in [
            "engine chart",
            "engine bytes",
            "engine version",
            "engine values",
            "engine server",
            "server chart",
            "server bytes values",
        ] {
            assert!(verdict(axes).is_some(), "{axes}");
        }
    }

    #[test]
    fn a_verdict_names_component_axes_pins_and_the_split() {
        let expected = "component keystone: Helm version 3.17.2 → 4.3.1 and chart 1.0.0 → 1.1.0 may not move in the same sync\n  \
            hint: split it into two commits: first Helm version 3.17.2 → 4.3.1 alone, and when that sync has succeeded, chart 1.0.0 → 1.1.0";
        assert_eq!(verdict("engine chart").as_deref(), Some(expected));
        let expected = "component keystone: Kubernetes version 1.33 → 1.34 and chart 1.0.0 → 1.1.0 may not move in the same sync\n  \
            hint: commit the old pins again and let one sync succeed on Kubernetes 1.34; then commit chart 1.0.0 → 1.1.0";
        assert_eq!(verdict("server chart").as_deref(), Some(expected));
    }
}
