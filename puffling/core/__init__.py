"""The vocabulary every floor above shares: errors, events, settings, paths and the clock."""
