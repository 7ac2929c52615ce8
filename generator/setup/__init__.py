"""Where work begins: a new workspace, a new meeting, what a machine or a template lacks."""
