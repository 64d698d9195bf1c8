"""Folders of labelled images: found (also split into train/ and val/), decoded by workers, kept in a cache."""
