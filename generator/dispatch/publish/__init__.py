"""`packet publish`: the public edition."""
