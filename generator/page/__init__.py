"""The local page (`packet open`): pages, figures, problems and buttons in the browser. The files are the truth."""
