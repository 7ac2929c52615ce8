"""`packet new --refresh`: copies of a meeting's workbooks with the drop-downs of today. The staff put them in place."""

from __future__ import annotations

from generator.basic.failure import PROBLEMS, UserError
from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs
from generator.build.result import Result
from generator.meeting import agenda, load
from generator.meeting.sheets.index import MEETING_SHEETS
from generator.meeting.sheets.meeting import Case
from generator.setup import start
from generator.workbook import books, renewed, typed_rows
from generator.workbook.record import Kind

FOLDER = "更新選單"


class NothingToOffer(UserError):
    """〔單位〕 and 〔委員〕 are empty."""

    exit_code = PROBLEMS


def refresh(workspace: Workspace, meeting: MeetingId) -> Result:
    """Writes output/114-1 更新選單 with a copy of each workbook of the meeting whose drop-downs are not today's.

    Raises NothingToOffer where 機關.xlsx has neither units nor members.
    """
    agency = load.agency_of(workspace, meeting, [])
    units, members = start.names_of(agency)
    if not units and not members:
        raise NothingToOffer("機關.xlsx 的〔單位〕〔委員〕都還沒有填，沒有可更新的下拉清單。請先填寫。")
    raw = books.read_folder(workspace.inputs(meeting), [])
    sections = agenda.read(raw, agency, [])
    roles = start.body_of(agency).roles
    choices_of_sheets = [(record, start.choices_of(record, sections, roles)) for record in MEETING_SHEETS]
    rows = typed_rows.rows(Case, raw, [], agenda.kinds(sections))
    keys = [key for row in rows if (key := row.values[Case.heading_of("key")])]
    suggestions = start.suggested(workspace, units, members, start.minuted_keys(sections, keys))
    suggestions = {place: items for place, items in suggestions.items() if items}
    folder = workspace.beside(meeting, FOLDER)
    copies: dict[str, bytes] = {}
    remarks: list[str] = []
    for path in books.books(workspace.inputs(meeting)):
        sheets = [sheet for sheet in raw if sheet.workbook == books.printable(path.name)]
        wanted = [
            each
            for record, choices in choices_of_sheets
            for sheet in books.named(sheets, record.sheet.name)
            for each in renewed.choosable(record.sheet.with_choices(choices), sheet)
            if each.column.kind is Kind.UNIT
            or each.column.name in choices
            or (each.sheet, each.column.name) in suggestions
        ]
        if not wanted:
            continue
        try:
            if not books.small_enough_to_copy(path):
                raise ValueError("not to be copied")
            copy = renewed.renewed(path, sheets, wanted, units, suggestions)
        except Exception:
            # Another format, or a workbook that is damaged in a dozen ways.
            remarks.append(f"{books.printable(path.name)} 不能更新下拉清單，請直接打字填寫，或另存成 .xlsx 後再執行。")
            continue
        if copy is not None:
            copies[path.name] = copy
    stale = {name: outputs.GONE for name in outputs.read_record(folder) if name not in copies}
    outcomes = outputs.write_all(folder, copies, stale, {}) if copies or stale else []
    if copies:
        remarks.append(
            f"原檔沒有更動。請關閉 Excel，把這些檔案移到 inputs/{meeting} 取代原檔；內容相同，只有下拉清單是新的。"
        )
    elif not remarks:
        remarks.append("各活頁簿的下拉清單都是最新的，不必更新。")
    return Result(folder, outcomes=outcomes, remarks=remarks)
