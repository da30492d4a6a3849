"""Waits for what Playwright's own assertions do not read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from playwright.async_api import Page

from tests.e2e.rooms import WITHIN

T = TypeVar("T")
_INTERVAL_S = 0.05
_LAID_OUT = """async ([width, height]) => {
  const frame = () => new Promise(requestAnimationFrame);
  while (innerWidth !== width || innerHeight !== height) await frame();
  for (let n = 0; n < 2; n++) await frame();
}"""
"""The page's observers of sizes run after the first frame of a new size, and change the page before the second."""


async def becomes(read: Callable[[], Awaitable[T]], wanted: T) -> None:
    """Wait until `read` returns what is wanted.

    Raises:
        AssertionError: it did not; the text has what it returned last.
    """
    found = await read()
    try:
        async with asyncio.timeout(WITHIN / 1000):
            while found != wanted:
                await asyncio.sleep(_INTERVAL_S)
                found = await read()
    except TimeoutError:
        raise AssertionError(f"it is {found!r}, and not {wanted!r}") from None


async def resize(page: Page, width: int, height: int) -> None:
    """Give the page another size. Returns once everything is laid out for it."""
    await page.set_viewport_size({"width": width, "height": height})
    await page.evaluate(_LAID_OUT, [width, height])
