"""One linear story: read, check, render, convert, join, write."""
