"""Takes out of finished files what nobody meant to publish: who worked on them, with what, comments, hidden parts.

What is seen and read stays.
"""

from generator.pdf.clean.open_documents import odf
from generator.pdf.clean.pages import pdf
from generator.pdf.clean.pictures import image

__all__ = ["image", "odf", "pdf"]
