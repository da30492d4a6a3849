"""What all messages have in common.

Instants are ISO 8601 strings with an offset, lengths are seconds, ids are those of the event file. `web/src/wire.ts` is
generated from the modules of this folder, and a test compares PROTOCOL.md with them.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class WireModel(BaseModel):
    """A message: closed to unknown keys and immutable."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, json_schema_serialization_defaults_required=True
    )

    def document(self) -> dict[str, Any]:
        """It as plain JSON."""
        return self.model_dump(mode="json", by_alias=True)


CommandId = Annotated[str, Field(min_length=1, max_length=64)]
"""Chosen by the sender, unique among the commands of its role and id; the same id again is answered as before and
applied once."""
ItemId = Annotated[str, Field(min_length=1, max_length=128)]
SourceId = Annotated[str, Field(min_length=1, max_length=128)]
EventYaml = Annotated[str, Field(max_length=300_000)]
"""The text of an event file, some 1000 items with notes."""
