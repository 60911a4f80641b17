"""The attendance report as a file: for a spreadsheet, and to read and print."""

from server.adapters.report.csv_file import report_csv

__all__ = ["report_csv"]
