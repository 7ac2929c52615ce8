"""What is wrong with a Word template, tag by tag."""
