"""`packet replies`: what members send back on the draft minutes, as rows of a workbook. Nothing else is written."""
