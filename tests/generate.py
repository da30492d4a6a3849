"""Writes the generated files, or with --check names those that are not current.

`web/src/wire.ts` comes from `signaling/show/wire/`, `terms.py` and `reasons.py`, `config/event.schema.json` from
`config/schema.py`, the table of deadlines in `CONTRIBUTING.md` from the constants of the product.
"""

from __future__ import annotations

import json
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bridge.engine import SourceState
from config.schema import json_schema
from signaling.show import readiness, reasons, terms
from signaling.show.wire import commands, difference, edit, links, preview, socket
from tests import deadlines

ROOT = Path(__file__).parent.parent
Schema = dict[str, Any]


def typescript(schema: Schema) -> str:
    """One JSON schema node as a TypeScript type."""
    match schema:
        case {"$ref": ref}:
            return str(ref).rsplit("/", 1)[-1]
        case {"const": value}:
            return json.dumps(value)
        case {"enum": values}:
            return " | ".join(json.dumps(v) for v in values)
        case {"anyOf": parts} | {"oneOf": parts}:
            return " | ".join(dict.fromkeys(typescript(p) for p in parts))
        case {"type": "array", "items": items}:
            inner = typescript(items)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"Record<string, {typescript(values)}>"
        case {"type": "object", "patternProperties": dict(values)}:
            return f"Record<string, {' | '.join(typescript(value) for value in values.values())}>"
        case {"type": "integer" | "number"}:
            return "number"
        case {"type": "string" | "boolean" | "null" as name}:
            return str(name)
        case {"type": other}:
            raise ValueError(f"wire types have no way to write a JSON schema of type {other}")
        case _:
            return "unknown"


def interface(name: str, schema: Schema) -> Iterator[str]:
    """A message as a TypeScript interface, its docstring above it."""
    if text := schema.get("description"):
        yield f"/** {' '.join(text.split())} */"
    yield f"export interface {name} {{"
    required = set(schema.get("required", ()))
    for key, value in schema["properties"].items():
        yield f"  {key}{'' if key in required else '?'}: {typescript(value)};"
    yield "}"
    yield ""


def wire_types() -> str:
    client = TypeAdapter(socket.ClientMessage).json_schema(by_alias=True, mode="validation")
    server = TypeAdapter(socket.ServerMessage).json_schema(by_alias=True, mode="serialization")
    answer = TypeAdapter(difference.Difference).json_schema(by_alias=True, mode="serialization")
    answered = {**answer.pop("$defs"), "Difference": answer}
    previewed = TypeAdapter(preview.Preview).json_schema(by_alias=True, mode="serialization")
    answered |= {**previewed.pop("$defs"), "Preview": previewed}
    edited = TypeAdapter(edit.EventFileDoc).json_schema(by_alias=True, mode="serialization")
    answered |= {**edited.pop("$defs"), "EventFileDoc": edited}
    listed = TypeAdapter(links.LinksDoc).json_schema(by_alias=True, mode="serialization")
    answered |= {**listed.pop("$defs"), "LinksDoc": listed}
    answered["NewLink"] = TypeAdapter(links.NewLink).json_schema(by_alias=True, mode="validation")
    lines = [
        "// Generated from signaling/show/wire/ by `make generate`; do not edit.",
        "",
        f"export const PROTOCOL = {socket.PROTOCOL};",
        f"export const PING_AFTER_S = {socket.PING_AFTER_S};",
        f"export const PONG_WITHIN_S = {socket.PONG_WITHIN_S};",
        f"export const MAX_LOSS = {readiness.MAX_LOSS};",
        f"export const MAX_ROUND_TRIP_MS = {readiness.MAX_ROUND_TRIP_MS};",
        "",
    ]
    for name, schema in sorted({**client["$defs"], **server["$defs"], **answered}.items()):
        lines += interface(name, schema)
    command = TypeAdapter(commands.Command).json_schema(by_alias=True, mode="validation")
    change = TypeAdapter(edit.FileEdit).json_schema(by_alias=True, mode="validation")
    unions = {"Command": command, "FileEdit": change, "ClientMessage": client, "ServerMessage": server}
    for name, schema in unions.items():
        lines += [f"export type {name} =", *(f"  | {typescript(p)}" for p in schema["oneOf"])]
        lines[-1] += ";"
        lines.append("")
    literals: dict[str, Any] = {
        "Phase": terms.Phase,
        "ItemStatus": terms.ItemStatus,
        "Reason": terms.Reason,
        "SourceState": SourceState,
        "Tally": terms.Tally,
        "Role": terms.Role,
        "ErrorCode": reasons.ErrorCode,
        "ProblemReason": reasons.ProblemReason,
    }
    for name, literal in literals.items():
        lines += [f"export type {name} = {typescript(TypeAdapter(literal).json_schema())};"]
    lines += ["", *reason_details()]
    return "\n".join(lines) + "\n"


def reason_details() -> Iterator[str]:
    """The details of each reason, so that a page text without one of the reasons does not compile."""
    yield "/** What a problem's `details` hold, by its `reason`. */"
    yield "export interface ReasonDetails {"
    for reason in typing.get_args(reasons.ProblemReason):
        names = "; ".join(f"{name}: string" for name in reasons.details(reason))
        yield f"  {json.dumps(reason)}: {{ {names} }};" if names else f"  {json.dumps(reason)}: object;"
    yield "}"


def generated() -> dict[Path, str]:
    """Every generated file with its current content."""
    return {
        ROOT / "web" / "src" / "wire.ts": wire_types(),
        ROOT / "config" / "event.schema.json": json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
        ROOT / "CONTRIBUTING.md": deadlines.written_into((ROOT / "CONTRIBUTING.md").read_text("utf-8")),
    }


def main(argv: list[str]) -> int:
    stale = [
        path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text
    ]
    if "--check" in argv:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not current: run `make generate`\n")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(generated()[path], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
