"""The deck → .pptx: the only users of python-pptx and of raw DrawingML."""
