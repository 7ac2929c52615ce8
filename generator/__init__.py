"""packet: the facts of an official meeting, kept in Excel, become every document of that meeting."""

__version__ = "0.1.0"
