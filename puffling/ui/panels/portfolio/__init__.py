"""Portfolio: account, positions, orders and fills."""
