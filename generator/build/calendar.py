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

    made = Calendar()
    made.add("prodid", "-//packet//packet schedule//ZH-TW")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", f"{meeting.name}期限")
    for one in deadlines:
        event = Event()
        # By name and not by date, so that a calendar into which it is read again moves the event.
        identity = f"packet/{meeting.agency.full_name}/{meeting.id}/{one.name}"
        event.add("uid", str(uuid.uuid5(uuid.NAMESPACE_OID, identity)))
        # No clock: a time stamp must be there, and a later one wins where a deadline was put off.
        event.add("dtstamp", dt.datetime.combine(one.date, dt.time(), dt.UTC))
        event.add("dtstart", one.date)
        event.add("dtend", one.date + dt.timedelta(days=1))
        event.add("summary", f"{one.what}（{meeting.id} 會議）")
        event.add("description", f"{meeting.name}\n{one.counted}\n依據：{one.source}")
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return bytes(made.to_ical())
