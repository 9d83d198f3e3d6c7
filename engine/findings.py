"""Drafts of what people should know and decide: made by pure functions, recorded later."""

import msgspec

from adapters.protocols import Finding
from engine.journal import Subject


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A review item that replay asks for. `blocking`: its subject waits. `proposed`: the answer that we suggest."""

    id: str
    kind: str
    subject: Subject
    question: str
    choices: tuple[str, ...]
    proposed: str = ""
    blocking: bool = True


class Told:
    """Findings about an extraction: the first of each kind at length, the rest as a number, so that memory is bounded.

    Args:
        most: how many of one code and object are kept at length.
    """

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._kept: list[Finding] = []
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, *findings: Finding) -> None:
        """Add findings."""
        for finding in findings:
            kind = finding.code, finding.object
            self._counts[kind] = self._counts.get(kind, 0) + 1
            if self._counts[kind] <= self._most:
                self._kept.append(finding)

    def all(self) -> tuple[Finding, ...]:
        """The findings, and one for each kind of which there are more."""
        more = [
            Finding(code=code, object=object, detail=f"{count - self._most} more of the same kind are not listed.")
            for (code, object), count in self._counts.items()
            if count > self._most
        ]
        return (*self._kept, *more)


class Notes:
    """Collects drafts and findings of one replay, each once, in order."""

    def __init__(self) -> None:
        self.drafts: dict[str, Draft] = {}
        self.findings: dict[Finding, None] = {}

    def ask(self, draft: Draft) -> str:
        """Add a question; its id."""
        self.drafts.setdefault(draft.id, draft)
        return draft.id

    def tell(self, code: str, detail: str, subject: Subject = ("", ""), where: str = "") -> None:
        """Add a finding."""
        self.findings.setdefault(Finding(code=code, detail=detail, object=subject[0], key=subject[1], where=where))
