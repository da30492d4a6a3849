"""axe-core on the pages: what would keep somebody from using them by keyboard, by a screen reader or with weak eyes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from playwright.async_api import Page

from tests.e2e.waiting import resize

SCRIPT = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
WIDE, PHONE = (1440, 900), (390, 844)
_RUN = """async (without) => {
  const rules = Object.fromEntries(without.map((rule) => [rule, {enabled: false}]));
  const {violations} = await axe.run(document, {resultTypes: ["violations"], rules});
  return violations.flatMap(({id, impact, nodes}) =>
    nodes.map(({target, failureSummary}) => `${impact} ${id}: ${target.join(" ")}: ${failureSummary}`));
}"""


@cache
def _source() -> str:
    return SCRIPT.read_text("utf-8")


@dataclass
class Inspection:
    """What axe finds on the pages that it is shown."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    """Where it found each, by severity, rule and element."""

    async def look(
        self,
        page: Page,
        where: str,
        sizes: Sequence[tuple[int, int]] = (WIDE, PHONE),
        without: Sequence[str] = (),
    ) -> None:
        """Look at the page as it is at these sizes, by all rules but `without`. It is wide afterwards."""
        # Evaluated, and not added as a script: the pages' Content-Security-Policy lets none in.
        if not await page.evaluate("'axe' in window"):
            await page.evaluate(_source())
        for width, height in sizes:
            await resize(page, width, height)
            for fault in await page.evaluate(_RUN, list(without)):
                self.faults.setdefault(fault, []).append(f"{where}, {width}x{height}")
        await resize(page, *WIDE)

    def report(self) -> str:
        return json.dumps(self.faults, indent=2, ensure_ascii=False)
