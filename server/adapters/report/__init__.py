"""The attendance report as a file: for a spreadsheet, and to read and print."""

from server.adapters.report.csv_file import report_csv
from server.adapters.report.pdf_file import ReportPdf

__all__ = ["ReportPdf", "report_csv"]
