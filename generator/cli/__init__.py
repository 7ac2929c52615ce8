"""The command `packet`: one file for each command, what they share, and the only printer."""
