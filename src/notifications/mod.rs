//! Tells people: Slack, webhooks, commit status.
