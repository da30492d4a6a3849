"""Protection of hearing on the interpreters' page: the limiter in a real browser, fed with bursts of full scale."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.rooms import browser_of, browsers

ROOT = Path(__file__).parents[2]
CEILING_DB = -6.0
"""No sample may be louder."""
SETTLED_DB = -11.0
"""What a tone of full scale comes down to."""
_RENDER = """
async ({ source, level, silenceMs, toneMs, shape }) => {
  const { limiter } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const rate = 48000;
  const silence = (silenceMs * rate) / 1000, end = silence + (toneMs * rate) / 1000, frames = end + 0.1 * rate;
  const context = new OfflineAudioContext(1, frames, rate);
  const buffer = context.createBuffer(1, frames, rate);
  const samples = buffer.getChannelData(0);
  for (let n = silence; n < end; n++) {
    const wave = Math.sin((2 * Math.PI * 1000 * n) / rate);
    samples[n] = level * (shape === "square" ? Math.sign(wave) : wave);
  }
  const player = new AudioBufferSourceNode(context, { buffer });
  const { input, output } = limiter(context);
  player.connect(input);
  output.connect(context.destination);
  player.start();
  const heard = (await context.startRendering()).getChannelData(0);
  const db = (from, to) => {
    let peak = 0;
    for (let n = from; n < to; n++) peak = Math.max(peak, Math.abs(heard[n]));
    return 20 * Math.log10(peak + 1e-9);
  };
  const at = (ms) => silence + (ms * rate) / 1000;
  return {
    peak: db(0, frames),
    settled: db(at(30), frames),
    late: db(at(toneMs - 100), at(toneMs)),
  };
}
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The limiter's source as a module that a browser can import."""
    folder = tmp_path_factory.mktemp("limiter")
    options = ["--ssr", "src/media/sound/limiter.ts", "--outDir", str(folder), "--logLevel", "warn"]
    asyncio.run(_npm("exec", "vite", "--", "build", str(ROOT / "web"), *options))
    return (folder / "limiter.js").read_text("utf-8")


async def _npm(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec("bash", ".ci/npm", "--prefix", "web", *arguments, cwd=ROOT)
    assert await process.wait() == 0


async def _heard(
    page: Page, source: str, level: float, shape: str = "sine", tone_ms: int = 600
) -> dict[str, float]:
    """Levels in dBFS of a tone of 1 kHz that begins after a second of silence."""
    options: dict[str, Any] = {"source": source, "level": level, "shape": shape}
    found: dict[str, float] = await page.evaluate(_RENDER, {**options, "silenceMs": 1000, "toneMs": tone_ms})
    return found


async def test_no_burst_is_louder_than_the_ceiling_from_its_first_sample_on(
    module: str, tmp_path: Path
) -> None:
    async with browsers() as playwright:
        async with browser_of(playwright, tmp_path, "krefeld", 0) as browser:
            page = await browser.new_page()
            await page.goto("about:blank")
            for level in (1.0, 4.0):  # at the floor's highest volume a burst is beyond full scale
                for shape in ("sine", "square"):
                    for tone_ms in (1, 5, 600):  # a click is over before the compressor has come down
                        heard = await _heard(page, module, level, shape, tone_ms)
                        assert heard["peak"] <= CEILING_DB, (level, shape, tone_ms, heard)
                        assert heard["settled"] <= SETTLED_DB or tone_ms < 600 or level > 1, (shape, heard)
            # Speech at line-up level is not touched: what the compressor would add is taken off.
            quiet = await _heard(page, module, 0.1)
            assert abs(quiet["late"] + 20) <= 0.5, quiet
