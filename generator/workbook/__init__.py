"""The only readers and writers of Excel and ODS: files → sheets as they stand → typed rows; blank forms; marked copies."""
