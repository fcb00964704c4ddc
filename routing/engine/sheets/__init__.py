"""Reading tables out of files: CSV in any common encoding, and XLSX. Pure; nothing here knows a lead."""

from routing.engine.sheets.model import Dialect, Limits, Row, Sheet, SheetRefused
from routing.engine.sheets.reader import open_sheet

__all__ = ["Dialect", "Limits", "Row", "Sheet", "SheetRefused", "open_sheet"]
