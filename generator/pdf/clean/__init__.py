"""Takes out of finished files what nobody meant to publish: who worked on them, with what, comments, hidden parts.

What a reader sees stays.
"""

from generator.pdf.clean.office_files import office
from generator.pdf.clean.open_documents import odf
from generator.pdf.clean.pages import pdf
from generator.pdf.clean.pictures import image

__all__ = ["BY_ENDING", "image", "odf", "office", "pdf"]

# What cleans a file, by the ending of its name.
BY_ENDING = {"pdf": pdf, "odt": odf, "odp": odf}
