"""Mailboxes as they stand in cells."""

from __future__ import annotations


def mailbox(text: str) -> str:
    """The mailbox in ASCII, for a head line of a mail. Raises ValueError where it is none; nothing is looked up."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(text) from error
    return found.ascii_email or found.normalized
