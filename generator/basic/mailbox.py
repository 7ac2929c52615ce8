"""Mailboxes as they stand in cells."""

from __future__ import annotations

from generator.basic.patterns import compile_late

# Addresses of the usual form need no library, whose import takes as long as checking a meeting's lists.
_USUAL = compile_late(
    r"[A-Za-z0-9]{1,30}(?:[._-][A-Za-z0-9]{1,20}){0,3}@[a-z]{2,20}(?:\.[a-z]{2,20}){0,2}\.(?:gov\.tw|edu\.tw|org\.tw|com\.tw|org|com|net)"
)


def mailbox(text: str) -> str:
    """The mailbox in ASCII, for a head line of a mail. Raises ValueError where it is none; nothing is looked up."""
    if _USUAL.fullmatch(text):
        return text
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(text) from error
    return found.ascii_email or found.normalized
