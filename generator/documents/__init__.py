"""What each document says, and nothing of how it looks."""
