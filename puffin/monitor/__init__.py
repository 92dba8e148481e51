"""Monitor: what an account really made, from its fills and its equity, and how it was traded."""
