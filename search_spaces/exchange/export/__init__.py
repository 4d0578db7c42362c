"""Configurations that other libraries load, one file for each format. Exactly, or refused with the reason."""
