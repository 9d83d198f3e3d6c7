"""Looking at an account before it is read: its lookups, and the first pages of each object."""

from collections.abc import Iterable

import msgspec

from adapters.protocols import Finding, Flow, Json, Lack, ObjectSchema, RefusedError, Request, Schema
from adapters.sources import UnreadableError
from adapters.sources.rest import derived
from adapters.sources.rest.answers import rows_at
from adapters.sources.rest.converting import record
from adapters.sources.rest.describing import Survey, custom_columns, custom_endpoints, custom_links, described
from adapters.sources.rest.paging import Where
from adapters.sources.rest.reading import Read, page, start
from adapters.sources.rest.supplement import Supplement
from adapters.sources.rest.table import Column, Endpoint, Learned, Table

SURVEY_PAGES = 5
"""How many pages of each object are looked at to describe it."""


class Surveyed(msgspec.Struct):
    """What a survey found: the schema, and what reading needs of it.

    endpoints: by object, custom ones included. extra: the keys that no column reads, by object. lacking: the objects
    that the API refuses, and why.
    """

    schema: Schema
    learned: Learned
    endpoints: dict[str, Endpoint]
    extra: dict[str, tuple[str, ...]]
    lacking: dict[str, str]

    def columns(self, endpoint: Endpoint) -> tuple[Column, ...]:
        """All columns of an object: the table's, then those that were described as custom."""
        return columns_of(endpoint, self.learned)


def columns_of(endpoint: Endpoint, learned: Learned) -> tuple[Column, ...]:
    """The table's columns and the described custom ones; a custom key that is taken gets the place's name before it."""
    taken = {column.key or column.label for column in endpoint.columns} | {endpoint.id_label}
    more = learned.custom.get(endpoint.custom, ()) if endpoint.custom else ()
    return endpoint.columns + tuple(
        msgspec.structs.replace(c, key=f"custom.{c.key}") if c.key in taken else c for c in more
    )


def survey(table: Table, where: Where, supplement: Supplement | None) -> Flow[Surveyed]:
    """Look at everything once. Raises CredentialsError where nobody lets us in."""
    learned = Learned()
    findings: list[Finding] = []
    yield from _lookups(table, learned, findings)
    endpoints = list(table.endpoints)
    endpoints += yield from _custom_objects(table, findings)
    exported: tuple[Finding, ...] = ()
    if supplement is not None:
        exported = (yield from supplement.describe()).findings
    done = Surveyed(Schema(system=table.system, objects=()), learned, {e.object: e for e in endpoints}, {}, {})
    objects: list[ObjectSchema] = []
    for path in dict.fromkeys(e.path for e in endpoints):
        together = [e for e in endpoints if e.path == path]
        objects += yield from _path(table, where, supplement, together, done, findings)
    order = {e.object: number for number, e in enumerate(endpoints)}
    objects.sort(key=lambda o: order[o.name])
    lacks = (*table.lacks, *(_lack(done.endpoints[name], why, supplement) for name, why in done.lacking.items()))
    done.schema = Schema(
        system=table.system, objects=(*(derived.described(one) for one in table.derived), *objects),
        users=tuple(learned.users.values()), findings=(*findings, *exported), account=learned.account,
        lacks=tuple(lack for lack in lacks if lack),
    )  # fmt: skip
    return done


def asked(path: str) -> Flow[Json]:
    """The body of the answer to a GET; None where the account has no such thing, or does not give it."""
    try:
        response = yield Request(method="GET", path=path)
    except RefusedError:
        return None
    return response.body


def _lookups(table: Table, learned: Learned, findings: list[Finding]) -> Flow[None]:
    for lookup in table.lookups:
        body = yield from asked(f"{table.base}/{lookup.path}")
        if body is None:
            findings.append(
                Finding(code="lookup-missing", where=lookup.path, detail=f"The API gives no {lookup.path}.")
            )
            continue
        try:
            lookup.learn(body, learned)
        except (AttributeError, KeyError, TypeError, ValueError):  # the shape is a guess: nobody has described it
            detail = f"The answer of {lookup.path} is not as expected; what it says is not used."
            findings.append(Finding(code="lookup-odd", where=lookup.path, detail=detail))
    if table.customs is not None:
        body = yield from asked(f"{table.base}/{table.customs.path}")
        places = {e.custom: e.custom_at for e in table.endpoints if e.custom}
        for object, at in places.items():
            own = [one for one in rows_at(body, "") or () if one.get("object") == object]
            findings += _odd(table.customs.path, custom_columns(table.customs, at, own, learned))


def _custom_objects(table: Table, findings: list[Finding]) -> Flow[list[Endpoint]]:
    if table.objects is None:
        return []
    body = yield from asked(f"{table.base}/{table.objects.path}")
    found = custom_endpoints(table.objects, rows_at(body, "") or ())
    for _, odd in found:
        findings += _odd(table.objects.path, odd)
    return [endpoint for endpoint, _ in found]


def _odd(path: str, odd: Iterable[str]) -> list[Finding]:
    return [
        Finding(code="unknown-type", where=path, detail=f"{one}: a field of a type that is not known is read as text.")
        for one in odd
    ]


def _path(
    table: Table, where: Where, supplement: Supplement | None, together: list[Endpoint], done: Surveyed,
    findings: list[Finding],
) -> Flow[list[ObjectSchema]]:  # fmt: skip
    """Describe the objects of one path."""
    first, path = together[0], f"{table.base}/{together[0].path}"
    surveys = {e.object: Survey(e, columns_of(e, done.learned)) for e in together}
    state = start(first)
    pages = 0
    read: Read | None = None
    try:
        while pages < SURVEY_PAGES and (read is None or read.state is not None):
            read = yield from page(first, path, (), (), done.learned, where, state)
            pages += 1
            for endpoint in together:
                _look(endpoint, surveys[endpoint.object], read.fresh, done.learned)
    except (RefusedError, UnreadableError) as error:
        refused = error.verdict if isinstance(error, RefusedError) else None
        why = f"status {refused.status}: {refused.message}" if refused else "its answer holds no list of records"
        done.lacking |= {e.object: why for e in together}
        return (yield from _lacking(together, why, supplement, done, findings))
    out = []
    for endpoint in together:
        survey_ = surveys[endpoint.object]
        findings += survey_.findings()
        if rules := survey_.automations():
            done.learned.account["automations"] = [*done.learned.account.get("automations", []), *rules]
            findings += [
                Finding(code="automation", object=endpoint.object, where=endpoint.path,
                        detail=f"{rule['label']} makes {endpoint.label}: no rule is moved, it is built again by hand.")
                for rule in rules
            ]  # fmt: skip
        done.extra[endpoint.object] = tuple(survey_.extra)
        more = supplement is not None and supplement.adds_to(endpoint)
        count, method = _count(endpoint, path, survey_.seen, state.total, read, more=more)
        links = (*endpoint.links, *(() if not endpoint.custom else custom_links(columns_of(endpoint, done.learned))))
        out.append(described(survey_, links, count, method))
    return out


def _look(endpoint: Endpoint, survey_: Survey, rows: Iterable[dict[str, Json]], learned: Learned) -> None:
    for row in rows:
        if endpoint.wants(row):
            survey_.look(row)
            survey_.add(record(endpoint, survey_.columns, tuple(survey_.extra), row, learned))


def _count(
    endpoint: Endpoint, path: str, seen: int, total: int | None, read: Read | None, *, more: bool
) -> tuple[int | None, str]:
    """How many records there are, and how that is known. more: an export may have some that the API does not show."""
    if read is not None and read.state is None:
        if more and read.missing != 0:
            return None, f"not known: {seen} rows that GET {path} gave, and those that only the export has"
        return seen, f"rows that GET {path} gave"
    if endpoint.only is None and total is not None:
        return total, f"total stated by GET {path}"
    return None, f"not known before GET {path} is read whole"


def _lacking(
    together: list[Endpoint], why: str, supplement: Supplement | None, done: Surveyed, findings: list[Finding]
) -> Flow[list[ObjectSchema]]:
    """Objects that the API refuses: from the export, else empty."""
    out = []
    for endpoint in together:
        has = supplement is not None and supplement.has(endpoint)
        said = (
            "they are read from the export" if has else "they are not read; give the CSV export, or fill the workbook"
        )
        findings.append(
            Finding(
                code="not-in-api", object=endpoint.object, where=endpoint.path,
                detail=f"The API does not give {endpoint.label} ({why}): {said}.",
            )
        )  # fmt: skip
        if supplement is not None and has:
            out.append((yield from supplement.survey(endpoint, columns_of(endpoint, done.learned), done.learned)))
        else:
            out.append(
                ObjectSchema(name=endpoint.object, label=endpoint.label, fields=(), count=0, method=f"no way: {why}")
            )
    return out


def _lack(endpoint: Endpoint, why: str, supplement: Supplement | None) -> Lack | None:
    if supplement is not None and supplement.has(endpoint):
        return None
    return Lack(
        action="export", entity=endpoint.object, what=f"The API does not give {endpoint.label} ({why}).",
        instead="They come from the CSV export where it has them, else from the workbook that people fill by hand.",
    )  # fmt: skip
