"""`packet diff`: what changed between two versions, and the cells behind it."""
