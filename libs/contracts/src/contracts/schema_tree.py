"""A JSON Schema in one way of writing it, so that two can be compared keyword by keyword."""

import json
from typing import Any, TypeAlias
from urllib.parse import unquote

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema, draft 2020-12, as pydantic's ``model_json_schema()`` writes it."""

ANYTHING: Schema = {}
"""The schema that everything passes."""

NOTHING: Schema = {"not": {}}
"""The schema that nothing passes."""

_ANNOTATIONS = {"title", "description", "examples", "deprecated", "$comment"}
_HOLD_A_SCHEMA = {"additionalProperties", "contains", "contentSchema", "else", "if", "items"}
_HOLD_A_SCHEMA |= {"not", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"}
_HOLD_A_LIST_OF_SCHEMAS = {"allOf", "anyOf", "oneOf", "prefixItems"}
_HOLD_NAMED_SCHEMAS = {"dependentSchemas", "patternProperties", "properties"}


def expanded(schema: Schema) -> Schema:
    """Return a schema as a tree without references, annotations, or two ways to say a thing."""
    return _expand(schema, schema, "#", {})


def canonical(value: object) -> str:
    """Return canonical JSON, in which ``true`` is not ``1``, as it is in Python."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _expand(schema: object, root: Schema, at: str, opened: dict[str, str]) -> Schema:
    """Return the tree below a place.

    ``opened`` says where in the tree each enclosing reference stands. One that comes back to
    itself becomes a reference to that place, so that the name of a definition never matters.
    """
    if not isinstance(schema, dict):
        return ANYTHING if schema else NOTHING
    tree: Schema = {}
    for keyword, value in schema.items():
        below = f"{at}/{keyword}"
        if keyword in _HOLD_A_SCHEMA:
            tree[keyword] = _expand(value, root, below, opened)
        elif keyword in _HOLD_A_LIST_OF_SCHEMAS:
            tree[keyword] = [_expand(v, root, f"{below}/{i}", opened) for i, v in enumerate(value)]
        elif keyword in _HOLD_NAMED_SCHEMAS:
            tree[keyword] = {n: _expand(v, root, f"{below}/{n}", opened) for n, v in value.items()}
        elif keyword not in _ANNOTATIONS | {"$defs", "$ref"}:
            tree[keyword] = value
    if "$ref" in schema:
        tree = _beside(tree, _follow(schema["$ref"], root, at, opened))
    return _one_way_to_say_it(tree)


def _follow(reference: str, root: Schema, at: str, opened: dict[str, str]) -> Schema:
    if reference in opened:
        return {"$ref": opened[reference]}
    document, *steps = unquote(reference).split("/")
    target: Any = root if document == "#" else None
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        target = target.get(name) if isinstance(target, dict) else None
    if not isinstance(target, dict | bool):
        return {"$ref": reference}
    return _expand(target, root, f"{at}/$ref", {**opened, reference: at})


def _beside(siblings: Schema, target: Schema) -> Schema:
    """Return what a reference means with keywords next to it: both hold."""
    if siblings.keys() & target.keys():
        return {**siblings, "allOf": [*siblings.get("allOf", []), target]}
    return {**siblings, **target}


def _one_way_to_say_it(tree: Schema) -> Schema:
    if "const" in tree and "enum" not in tree:
        tree["enum"] = [tree.pop("const")]
    if "enum" in tree:
        tree["enum"] = sorted(tree["enum"], key=canonical)
    if "required" in tree:
        tree["required"] = sorted(tree["required"])
    tag = tree.get("discriminator", {}).get("propertyName")
    if tag and "oneOf" in tree and "anyOf" not in tree:
        # The tag keeps the choices apart, so one of them is any of them. It must be present even
        # where its field has a default.
        del tree["discriminator"]
        tree["anyOf"] = [
            {**choice, "required": sorted({tag, *choice.get("required", [])})}
            for choice in tree.pop("oneOf")
        ]
    return tree
