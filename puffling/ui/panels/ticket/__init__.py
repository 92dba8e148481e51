"""Order ticket: write an order and see what it would do."""
