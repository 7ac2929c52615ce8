"""Documents → .docx: the only users of docxtpl and of raw WordprocessingML."""
