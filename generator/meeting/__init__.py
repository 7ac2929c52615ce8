"""What a meeting is: its sheets, its records read from them, its figures and its deadlines."""
