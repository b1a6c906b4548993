"""The staff for every test here."""

from tests.portal.staff import reader, root, rows, staff

__all__ = ["reader", "root", "rows", "staff"]
