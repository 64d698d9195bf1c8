"""How the operations are carried out: rows in strips, and one technique a module."""
