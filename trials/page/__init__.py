"""Pages for a browser: one file each, which works offline and asks nothing of any other place."""
