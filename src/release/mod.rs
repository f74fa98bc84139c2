//! Helm's verbs: install, upgrade, rollback, uninstall, test, and the storage they share.
