"""The drop-down lists of the forms: which column has one, and where its items stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from generator.workbook.record import MENU_SHEET, STAR, UNITS, Column, Kind

_LONGEST_INLINE = 255


class Menus:
    """The drop-downs of one workbook: from the sheet that lists the names, else inline, else from a hidden sheet."""

    def __init__(
        self,
        cells: Mapping[tuple[str, str], tuple[str, str]],
        units: Sequence[str],
        suggestions: Mapping[tuple[str, str], Sequence[str]],
    ) -> None:
        """``cells``: (sheet, column) → its first and its last cell to fill in; ``units`` for want of the sheet 單位.

        ``suggestions``: (sheet, column) → texts to choose from beside the column's own; any other may be typed as well.
        """
        self._cells, self._units, self._suggestions = cells, units, suggestions
        # The lists that are too long to stand inline, and where they stand in the hidden sheet.
        self.long: dict[tuple[str, ...], str] = {}

    def attach(self, worksheet: Worksheet, column: Column, cells: str) -> None:
        """Give ``cells`` the drop-down of that column, if it has one."""
        suggested = (*column.suggests, *self._suggestions.get((worksheet.title, column.name), ()))
        if column.kind is Kind.UNIT:
            source = self._reference(UNITS) or self._items(self._units)
        elif column.refers:
            source = self._reference(column.refers)
        else:
            star = (STAR,) if column.kind is Kind.FLAG else ()
            source = self._items(column.choices or star or suggested)
        if not source:
            return
        binding = column.kind is Kind.CHOICE
        # 是, v and the like are as good as ★.
        silent = column.kind is Kind.FLAG or (bool(suggested) and not binding)
        menu = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=not silent)
        # A list of names may lag behind the agency: warn only. The choices of a column are all there are.
        menu.errorStyle = "stop" if binding else "warning"
        menu.errorTitle, menu.error = column.name, "這裡的內容不在清單內，請由下拉清單選取。"
        menu.add(cells)
        worksheet.add_data_validation(menu)

    def _reference(self, key: tuple[str, str]) -> str:
        """The filled cells of another sheet's column, however many they come to be; empty when it is not there."""
        if key not in self._cells:
            return ""
        first, last = (f"'{key[0]}'!{self._cells[key][0]}", self._cells[key][1])
        return f"OFFSET({first},0,0,MAX(1,COUNTA({first}:{last})),1)"

    def _items(self, items: Sequence[str]) -> str:
        inline = ",".join(items).replace('"', '""')
        if len(inline) <= _LONGEST_INLINE and not any("," in item for item in items):
            return f'"{inline}"' if items else ""
        letter = get_column_letter(len(self.long) + 1)
        return self.long.setdefault(tuple(items), f"'{MENU_SHEET}'!${letter}$1:${letter}${len(items)}")

    def write_long(self, book: Workbook) -> None:
        """Add the hidden sheet of the lists that are too long to stand inline, if there are any."""
        if self.long:
            worksheet = book.create_sheet(MENU_SHEET)
            worksheet.sheet_state = "hidden"
            for position, items in enumerate(self.long, start=1):
                for row, item in enumerate(items, start=1):
                    worksheet.cell(row, position, item).data_type = "s"
