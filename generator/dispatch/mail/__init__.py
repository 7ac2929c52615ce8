"""`packet mail`: drafts of mails; nothing is ever sent."""
