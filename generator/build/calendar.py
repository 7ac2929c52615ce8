"""Deadlines as a calendar file (RFC 5545) for Outlook and the like; the only user of icalendar."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from generator.meeting.model import Meeting
from generator.meeting.schedule import Deadline

FILE = "期限.ics"


def calendar(meeting: Meeting, deadlines: Sequence[Deadline]) -> bytes:
    """The file: a day-long event for each deadline. The same deadlines give the same bytes."""
    from icalendar import Calendar, Event

    ics = Calendar()
    ics.add("prodid", "-//packet//packet schedule//ZH-TW")
    ics.add("version", "2.0")
    ics.add("calscale", "GREGORIAN")
    ics.add("x-wr-calname", f"{meeting.name}期限")
    for deadline in deadlines:
        event = Event()
        # By name and not by date, so that a calendar into which it is read again moves the event.
        identity = f"packet/{meeting.agency.full_name}/{meeting.id}/{deadline.name}"
        event.add("uid", str(uuid.uuid5(uuid.NAMESPACE_OID, identity)))
        # No clock: a time stamp must be there, and a later one wins where a deadline was put off.
        event.add("dtstamp", dt.datetime.combine(deadline.date, dt.time(), dt.UTC))
        event.add("dtstart", deadline.date)
        event.add("dtend", deadline.date + dt.timedelta(days=1))
        event.add("summary", f"{deadline.what}（{meeting.info.title or f'{meeting.id} 會議'}）")
        event.add("description", f"{meeting.name}\n{deadline.counted}\n依據：{deadline.source}")
        event.add("transp", "TRANSPARENT")
        ics.add_component(event)
    return bytes(ics.to_ical())
