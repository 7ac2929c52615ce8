"""Deadlines as a calendar file (RFC 5545) for Outlook and the like; the only user of icalendar."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from generator.meeting.model import Meeting
from generator.meeting.schedule import Deadline

FILE = "期限.ics"
_TAIPEI = dt.timezone(dt.timedelta(hours=8))
_USUAL_LENGTH = dt.timedelta(hours=2)
_ALARMS = (dt.timedelta(days=1), dt.timedelta(hours=1))


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


def essence(meeting: Meeting) -> list[str]:
    """What an invitation says: where any of it changes, calendars need a new version."""
    info = meeting.info
    days = [day.isoformat() for day in (info.date, *(info.more_days or ()))]
    texts = [meeting.name, info.place, info.link, "cancelled" if info.cancelled else ""]
    return [*days, str(info.start), str(info.end or ""), *texts]


def invitation(meeting: Meeting, sequence: int) -> bytes:
    """The meeting as an event with alarms, one for each of its days; METHOD:CANCEL where it is called off.

    Without an end it lasts two hours. Nobody is named: members do not learn of each other's mailboxes.
    """
    from icalendar import Alarm, Calendar, Event, vCalAddress

    info, agency = meeting.info, meeting.agency
    ics = Calendar()
    ics.add("prodid", "-//packet//packet mail//ZH-TW")
    ics.add("version", "2.0")
    ics.add("calscale", "GREGORIAN")
    ics.add("method", "CANCEL" if info.cancelled else "PUBLISH")
    for number, day in enumerate((info.date, *(info.more_days or ())), start=1):
        start = dt.datetime.combine(day, info.start, _TAIPEI)
        end = dt.datetime.combine(day, info.end, _TAIPEI) if info.end else start + _USUAL_LENGTH
        event = Event()
        identity = f"packet/{agency.full_name}/{meeting.id}/會議/{number}"
        event.add("uid", str(uuid.uuid5(uuid.NAMESPACE_OID, identity)))
        event.add("sequence", sequence)
        # No clock: the SEQUENCE tells which one is later.
        event.add("dtstamp", dt.datetime.combine(info.sent or info.date, dt.time(), dt.UTC))
        event.add("dtstart", start.astimezone(dt.UTC))
        event.add("dtend", max(end, start).astimezone(dt.UTC))
        event.add("summary", f"{'【取消】' if info.cancelled else ''}{meeting.name}")
        event.add("location", info.place)
        event.add("status", "CANCELLED" if info.cancelled else "CONFIRMED")
        lines = [meeting.when, f"地點：{info.place}", f"會議連結：{info.link}" if info.link else ""]
        lines += [f"聯絡人：{agency.contact} {agency.phone}".strip() if agency.contact else ""]
        event.add("description", "\n".join(filter(None, lines)))
        if info.link.startswith(("https://", "http://")):
            event.add("url", info.link)
        if agency.email:
            organiser = vCalAddress(f"mailto:{agency.email.strip()}")
            organiser.params["CN"] = f"{agency.full_name}{agency.group}"
            event.add("organizer", organiser)
        for before in () if info.cancelled else _ALARMS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", meeting.name)
            alarm.add("trigger", -before)
            event.add_component(alarm)
        ics.add_component(event)
    return bytes(ics.to_ical())
