"""Plain data as YAML the way people write an event file: no quotes without need, texts over lines as blocks."""

from __future__ import annotations

import re
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Knows texts only, as `config.yamltext.tree` does: `10:00` needs no quotes, only what reads as nothing does."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - typed by the stubs as an instance's
        first: [("tag:yaml.org,2002:null", re.compile(r"(~|null|)$"))] for first in ("", "~", "n")
    }

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand under their key, not beside it."""
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def dump(document: dict[str, Any]) -> str:
    """Mappings, lists and texts as an event file; `config.yamltext.tree.grow` reads the same data from it."""
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
