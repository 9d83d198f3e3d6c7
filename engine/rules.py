"""Rules of the source: what it enforces by itself, and the destination will not. Told before anything moves."""

from engine.findings import Notes
from engine.history import History


def tell_rules(history: History, notes: Notes) -> None:
    """Tell of every active validation rule of an object that is moved, with its words and the field that it watches."""
    for rule in history.source.account.get("validation_rules") or ():
        name, field = str(rule.get("object", "")), str(rule.get("field", ""))
        if rule.get("active") and name in history.mapping.object:
            detail = f"{rule.get('name', '')}: {rule.get('message', '')} (a rule of the source: an administrator looks)"
            notes.tell("validation-rule", detail, (name, ""), field)
