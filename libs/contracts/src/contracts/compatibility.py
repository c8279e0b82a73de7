"""What counts as an additive change of a message, decided from its JSON Schema before and after.

Only what a schema shows is judged; what a validator checks in code is guarded by the examples.
What the rule cannot classify is breaking.
"""

from collections.abc import Iterator
from enum import Enum
from math import inf

from contracts.schema_tree import ANYTHING, NOTHING, Schema, canonical, expanded


class Speaker(Enum):
    """Who writes the message, and so which of its readers may be older than its writer."""

    OUTSIDER = "outsider"
    """Others say it, the owner hears it (commands, tasks): it may learn to accept more."""

    OWNER = "owner"
    """The owner says it, others hear it (events, outcomes): it may say more, nothing else."""


def breaking_changes(old: Schema, new: Schema, *, spoken_by: Speaker) -> list[str]:
    """Return one line per change that the additive rule forbids; none means additive.

    Both schemas are those of validation (``mode="validation"``, pydantic's default). A line is
    ``<JSON pointer into the message>: <what changed>; <why it breaks>``, where ``/`` alone is the
    message itself, and ``*`` or a pattern for every item of an array or every such key.
    """
    return list(_compare(expanded(old), expanded(new), "", spoken_by))


_TIGHTER = "what was sent before may be refused"
_LOOSER = "an older listener may refuse it"
_UNCLEAR = "the rule cannot tell whether everyone still understands it"
_RETYPED = "a field keeps its type"
_MEANING = "leaving the field out means something else now"

_PARTS = {"additionalProperties", "items", "patternProperties", "prefixItems"}
_FIELDS = {"properties", "required"}
_CLOSE_AN_OBJECT = ("maxProperties", "patternProperties", "propertyNames", "unevaluatedProperties")


def _compare(old: Schema, new: Schema, at: str, speaker: Speaker) -> Iterator[str]:
    if canonical(old) == canonical(new):
        return
    if NOTHING in (old, new):
        if new == NOTHING:
            yield _line(at, "no longer allowed", _TIGHTER)
        elif speaker is Speaker.OWNER:
            yield _line(at, "newly allowed", _LOOSER)
    elif "anyOf" in old or "anyOf" in new:
        yield from _compare_choices(old, new, at, speaker)
    elif old.get("type") != new.get("type"):
        yield _line(at, f"type {_change('type', old, new)}", _RETYPED)
    else:
        yield from _compare_keywords(old, new, at, speaker)
        yield from _compare_fields(old, new, at, speaker)
        yield from _compare_parts(old, new, at, speaker)


def _compare_keywords(old: Schema, new: Schema, at: str, speaker: Speaker) -> Iterator[str]:
    for keyword in sorted((old.keys() | new.keys()) - _PARTS - _FIELDS):
        if keyword in old and keyword in new and canonical(old[keyword]) == canonical(new[keyword]):
            continue
        if keyword == "default":
            why = _MEANING
        elif _loosens(keyword, old, new):
            if speaker is Speaker.OUTSIDER:
                continue
            why = _LOOSER
        else:
            why = _TIGHTER if _loosens(keyword, new, old) else _UNCLEAR
        yield _line(at, f"{keyword} {_change(keyword, old, new)}", why)


def _loosens(keyword: str, old: Schema, new: Schema) -> bool:
    """Tell whether everything that passed the keyword before still does. False when unsure."""
    loosened = False
    match keyword:
        case "minimum" | "exclusiveMinimum":
            loosened = _lowest(new) <= _lowest(old)
        case "maximum" | "exclusiveMaximum":
            loosened = _highest(new) >= _highest(old)
        case "minLength" | "minItems" | "minProperties":
            loosened = new.get(keyword, 0) <= old.get(keyword, 0)
        case "maxLength" | "maxItems" | "maxProperties":
            loosened = new.get(keyword, inf) >= old.get(keyword, inf)
        case "enum" if "enum" in old and "enum" in new:
            loosened = {*map(canonical, old["enum"])} <= {*map(canonical, new["enum"])}
        case "enum" | "pattern" | "multipleOf" | "uniqueItems":
            loosened = keyword not in new
    return loosened


def _lowest(schema: Schema) -> tuple[float, bool]:
    """Return the lower bound, so that the tighter of two is the greater."""
    return max((schema.get("minimum", -inf), False), (schema.get("exclusiveMinimum", -inf), True))


def _highest(schema: Schema) -> tuple[float, bool]:
    """Return the upper bound, so that the tighter of two is the lesser."""
    return min((schema.get("maximum", inf), True), (schema.get("exclusiveMaximum", inf), False))


def _compare_fields(old: Schema, new: Schema, at: str, speaker: Speaker) -> Iterator[str]:
    old_fields, new_fields = _fields(old), _fields(new)
    for name in old_fields | new_fields:
        here = _below(at, name)
        if name not in new_fields:
            yield _line(here, "removed", "a field stays until the next version")
        elif name not in old_fields:
            yield from _added(name, old, new, here, speaker)
        else:
            yield from _kept(name, old, new, here, speaker)


def _fields(schema: Schema) -> Schema:
    described: Schema = schema.get("properties", {})
    return dict.fromkeys(schema.get("required", []), ANYTHING) | described


def _added(name: str, old: Schema, new: Schema, at: str, speaker: Speaker) -> Iterator[str]:
    unknown_fields = old.get("additionalProperties", ANYTHING)
    if name in new.get("required", []):
        yield _line(at, "added as required", "what was sent before does not have it")
    elif "default" not in _fields(new)[name]:
        yield _line(at, "added without a default that the schema shows", _UNCLEAR)
    elif unknown_fields == NOTHING and speaker is Speaker.OWNER:
        yield _line(at, "added where unknown fields are refused", _LOOSER)
    elif unknown_fields not in (ANYTHING, NOTHING) or any(k in old for k in _CLOSE_AN_OBJECT):
        yield _line(at, "added where free keys have a rule of their own", _UNCLEAR)


def _kept(name: str, old: Schema, new: Schema, at: str, speaker: Speaker) -> Iterator[str]:
    was, is_now = (name in schema.get("required", []) for schema in (old, new))
    old_field, new_field = _fields(old)[name], _fields(new)[name]
    if is_now and not was:
        yield _line(at, "required now, optional before", "what was sent before may not have it")
    if was and not is_now and speaker is Speaker.OWNER:
        yield _line(at, "optional now, required before", _LOOSER)
    if was or is_now:
        # The default of a required field is never used, so it changes no meaning.
        old_field, new_field = _without(old_field, "default"), _without(new_field, "default")
    yield from _compare(old_field, new_field, at, speaker)


def _compare_parts(old: Schema, new: Schema, at: str, speaker: Speaker) -> Iterator[str]:
    for keyword in ("additionalProperties", "items"):
        before, after = old.get(keyword, ANYTHING), new.get(keyword, ANYTHING)
        yield from _compare(before, after, f"{at}/*", speaker)
    for keyword in ("patternProperties", "prefixItems"):
        before, after = _keyed(old.get(keyword, {})), _keyed(new.get(keyword, {}))
        if before.keys() != after.keys():
            yield _line(at, f"{keyword} {_change(keyword, old, new)}", _UNCLEAR)
            continue
        for key in before:
            yield from _compare(before[key], after[key], _below(at, key), speaker)


def _keyed(parts: Schema | list[Schema]) -> Schema:
    return {str(i): part for i, part in enumerate(parts)} if isinstance(parts, list) else parts


def _compare_choices(old: Schema, new: Schema, at: str, speaker: Speaker) -> Iterator[str]:
    """Compare two schemas of which at least one is a union; the other is a union of one.

    What stands beside the choices of a union holds for each of them, so it is compared apart.
    """
    beside = {"default"}.union(*(s for s in (old, new) if "anyOf" in s)) - {"anyOf"}
    yield from _compare(_only(old, beside), _only(new, beside), at, speaker)

    choices = old.get("anyOf", [_without(old, *beside)])
    offers = new.get("anyOf", [_without(new, *beside)])
    breaks = [[list(_compare(c, o, at, speaker)) for o in offers] for c in choices]
    explained = set()
    for choice, row in zip(choices, breaks, strict=True):
        if not all(row):
            continue
        alike = [i for i, o in enumerate(offers) if o.get("type") == choice.get("type")]
        if alike:
            _, nearest = min((len(row[i]), i) for i in alike)
            explained.add(nearest)
            yield from row[nearest]
        else:
            yield _line(at, f"{_name(choice)} no longer allowed", _TIGHTER)
    for place, offer in enumerate(offers):
        unheard_of = all(row[place] for row in breaks) and place not in explained
        if unheard_of and speaker is Speaker.OWNER:
            yield _line(at, f"{_name(offer)} newly allowed", _LOOSER)


def _only(schema: Schema, keywords: set[str]) -> Schema:
    return {k: v for k, v in schema.items() if k in keywords}


def _without(schema: Schema, *keywords: str) -> Schema:
    return {k: v for k, v in schema.items() if k not in keywords}


def _change(keyword: str, old: Schema, new: Schema) -> str:
    if keyword not in old:
        return f"added: {canonical(new[keyword])}"
    if keyword not in new:
        return f"removed, was {canonical(old[keyword])}"
    return f"changed from {canonical(old[keyword])} to {canonical(new[keyword])}"


def _name(choice: Schema) -> str:
    return str(choice.get("type") or canonical(choice))


def _below(at: str, key: str) -> str:
    return f"{at}/{key.replace('~', '~0').replace('/', '~1')}"


def _line(at: str, what: str, why: str) -> str:
    return f"{at or '/'}: {what}; {why}"
