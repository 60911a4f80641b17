"""PDF files. What makes them is a seventh of all that a node would load, so it is loaded for the first one, in the
thread that writes it: a node that is replaced is back the sooner."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from server.application.attendance_report import Report
from server.http.hours import Write as WriteReport
from server.http.relapse_plan import Write as WritePlan


def plan_pdf(fonts: Path) -> WritePlan:
    def write(plan: dict[str, Any], language: str, zone: str, made: datetime) -> bytes:
        from server.adapters.plan_pdf import PlanPdf

        return PlanPdf(fonts).write(plan, language, zone, made)

    return write


def report_pdf(fonts: Path) -> WriteReport:
    def write(report: Report, language: str, zone: str) -> bytes:
        from server.adapters.report.pdf_file import ReportPdf

        return ReportPdf(fonts).write(report, language, zone)

    return write
