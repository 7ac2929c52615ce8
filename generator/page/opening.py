"""Files and folders opened in the program that this computer has for them; a workbook at a cell where that can be."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path


def show(path: Path, sheet: str, cell: str) -> bool:
    """Opens it; returns whether the program stands at the cell. Raises OSError where nothing can open it."""
    if sys.platform == "win32":
        if sheet and _in_excel(path, sheet, cell):
            return True
        os.startfile(path)
        return False
    program = "open" if sys.platform == "darwin" else "xdg-open"
    found = shutil.which(program)
    if found is None:
        raise FileNotFoundError(2, "這台電腦沒有可以開啟它的程式", str(path))
    subprocess.Popen(
        [found, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return False


def _in_excel(path: Path, sheet: str, cell: str) -> bool:
    """Opens the workbook in Excel at the cell, through COM where pywin32 is there; returns whether that worked."""
    with contextlib.suppress(Exception):
        import pythoncom
        import win32com.client

        pythoncom.CoInitialize()
        try:
            excel = win32com.client.Dispatch("Excel.Application")
            excel.Visible = True
            book = excel.Workbooks.Open(str(path))
            excel.Goto(book.Worksheets(sheet).Range(cell), True)
            return True
        finally:
            pythoncom.CoUninitialize()
    return False
