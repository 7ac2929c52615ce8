"""`packet decisions`: the life of each decision over all meetings, and every date that was once promised."""
