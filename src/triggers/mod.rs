//! Who may ask for a sync: poll, webhook, resync, file watch.
