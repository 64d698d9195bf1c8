"""Folders of labelled images: found, decoded by workers, kept in a cache."""
