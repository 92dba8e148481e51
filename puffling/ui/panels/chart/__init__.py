"""Chart: candles, volume, averages and trades of the linked symbol."""
