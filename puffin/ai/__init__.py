"""Language models: one port, the services behind it, and what must hold for every one of them."""
