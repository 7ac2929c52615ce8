"""LibreOffice, and PDFs joined, numbered, tagged and cleaned."""
