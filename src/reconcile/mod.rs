//! One sync: observe, graph, plan (pure), policy (pure), execute, state, status.
