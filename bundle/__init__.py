"""How the bundle is made: what goes in, what stays out, and the packages made from it."""
