"""Methods of scaling replayed on networks that are trained already."""
