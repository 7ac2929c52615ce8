"""The language of the cells: Jinja, sandboxed and strict."""
