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
