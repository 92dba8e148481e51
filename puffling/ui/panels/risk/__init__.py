"""Risk: limits, size, what the book may lose, how to split money, factors and prices."""
