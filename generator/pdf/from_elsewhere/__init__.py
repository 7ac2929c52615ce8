"""Files that come from elsewhere: what each is, and its A4 pages."""
