"""Options: contracts, prices, greeks, implied volatility, chains and payoffs."""
