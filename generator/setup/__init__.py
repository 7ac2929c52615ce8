"""Starting: a new workspace, a new meeting, checks of the machine and of the templates."""
