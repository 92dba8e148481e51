"""Truth: why a backtest should, or should not, be believed."""
