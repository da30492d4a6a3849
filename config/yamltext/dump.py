"""Writes plain data as YAML in the style of an event file: quotes only where needed, long texts as blocks."""

from __future__ import annotations

import re
from typing import Any

import yaml


class Dumper(yaml.SafeDumper):
    """Writes texts only, as `config.yamltext.tree` reads them: `10:00` needs no quotes, only a null does."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - typed by the stubs as an instance's
        first: [("tag:yaml.org,2002:null", re.compile(r"(~|null|)$"))] for first in ("", "~", "n")
    }

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists under their key."""
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Dumper.add_representer(str, _text)


def dump(document: dict[str, Any]) -> str:
    """Mappings, lists and texts as YAML. `load_tree` reads the same data from it."""
    return yaml.dump(document, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=110)
