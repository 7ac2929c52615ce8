"""Files that come from elsewhere: what each is, its A4 pages, and nothing that it links to."""
