"""Fills a template as a person would: by the headers of its sheets, from the fourth row on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from adapters.protocols import Field, Identity, Link, ObjectSchema, Option, Schema

SCHEMA = Schema(
    system="promoxcrm",
    objects=(
        ObjectSchema(
            name="project",
            label="Projects",
            fields=(
                Field(key="id", label="ID", kind="number", required=True),
                Field(key="name", label="Name", kind="text", required=True),
            ),
            identity=Identity(id_field="id"),
            title=("name",),
        ),
        ObjectSchema(
            name="commission",
            label="Commissions: all / 2025 [draft]",
            fields=(
                Field(key="id", label="ID", kind="number", required=True),
                Field(key="project_id", label="Project", kind="reference", required=True, target="project"),
                Field(key="rep", label="Rep", kind="user"),
                Field(key="amount_cents", label="Amount", kind="money", required=True),
                Field(key="rate", label="Rate", kind="percent"),
                Field(key="paid", label="Paid?", kind="boolean"),
                Field(key="paid_on", label="Paid on", kind="date"),
                Field(key="spent", label="Time spent", kind="duration"),
                Field(key="phone", label="Phone", kind="phone"),
                Field(key="code", label="Zip", kind="text", custom=True),
                Field(
                    key="status", label="Status", kind="enum", required=True,
                    options=(Option("1", "=Open, for now"), Option("2", "Paid"), Option("3", "On hold")),
                ),
                Field(
                    key="kinds", label="Kinds", kind="multienum", format="json",
                    options=(Option("a", "Base, flat"), Option("b", "Tier")),
                ),
                Field(key="total", label="Total", kind="number", calculated=True),
                Field(key="contract", label="Contract", kind="file"),
            ),
            identity=Identity(id_field="id"),
            links=(Link(name="project", to=("project",), id_field="project_id"),),
            owner_field="rep",
        ),
    ),
)  # fmt: skip
"""What the API of a source says of two objects."""


def fill(path: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]], *, first: int = 4) -> Path:
    """Type rows into sheets, by header; a value (value, number format) is typed in that look."""
    book = openpyxl.load_workbook(path)
    for name, records in rows.items():
        sheet = book[name]
        for number, record in enumerate(records, start=first):
            headers = {cell.value: cell.column for cell in sheet[1]}
            for header, value in record.items():
                column = headers.get(header)
                if column is None:
                    column = sheet.max_column + 1
                    sheet.cell(1, column, header)
                    headers[header] = column
                cell = sheet.cell(number, column)
                cell.value, form = value if isinstance(value, tuple) else (value, None)
                if form:
                    cell.number_format = form
                if form == "@":
                    cell.data_type = "s"
    book.save(path)
    return path
