"""The dashboard and the alerts of docs/deploy ask for metrics that exist, and promtool finds no fault in the alerts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "docs" / "deploy"
METRIC = re.compile(r"schalte_\w+")


def _known() -> set[str]:
    """The metrics in PROTOCOL.md, which another test holds to what the server prints."""
    text = (ROOT / "PROTOCOL.md").read_text()
    names = set(METRIC.findall(text[text.index("## Metrics") if "## Metrics" in text else 0 :]))
    return names | {
        name.replace("source", "destination") for name in names if name.startswith("schalte_source_")
    }


@pytest.mark.parametrize("file", ["grafana.json", "alerts.yml"])
def test_every_metric_that_is_asked_for_exists(file: str) -> None:
    asked = {name.removesuffix("_bucket") for name in METRIC.findall((SAMPLES / file).read_text())}
    assert asked
    assert asked <= _known(), asked - _known()


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    panels = json.loads((SAMPLES / "grafana.json").read_text())["panels"]
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize(
    "arguments", [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]]
)
def test_promtool_accepts_the_alerts(arguments: list[str]) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed; on Debian: apt-get install prometheus")
    found = subprocess.run(["promtool", *arguments], cwd=SAMPLES, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
