"""The only readers and writers of Excel and ODS: files → sheets as they stand → typed rows; forms; marked copies."""
