"""How accuracy follows from depth, width and resolution, fitted to trained networks: the law, and what it answers."""
