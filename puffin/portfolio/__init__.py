"""How to split money over symbols: optimisers, the frontier, and the way from here to there."""
