"""A network as a script for another library: what each word is there, and the whole around it."""
