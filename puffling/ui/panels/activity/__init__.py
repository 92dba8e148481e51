"""Activity: jobs, notifications, connections, audit, storage and the log."""
