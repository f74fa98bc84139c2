//! Behaviour of whole templates; every expectation was printed by Helm 3.17.2 (see docs/compatibility.md).
