"""The sheets of attached workbooks: how wide they are, how they fit their pages, and what the pages look like."""
