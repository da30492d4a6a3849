"""A client of WebDriver BiDi for one page, as far as these tests need it.

Source: https://w3c.github.io/webdriver-bidi/. Firefox is driven by it without another program in between.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

ANSWER_WITHIN_S = 120.0
"""For each command, one that waits in the page included; nothing here measures speed."""
SPECIAL_KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}
"""Their code points in WebDriver."""


class BidiError(Exception):
    """The browser refused a command, or a script in the page threw."""


class Page:
    """One tab. Scripts see the page's own `window`."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = iter(range(1, 1_000_000))
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._context = ""
        self.errors: list[str] = []
        """What the page complained of: errors on its console, and uncaught exceptions."""

    async def goto(self, address: str) -> None:
        """Load an address. Returns once the page has loaded."""
        # Of another link in the same tab only the fragment differs, which alone loads nothing.
        for url in ("about:blank", address):
            await self._command("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def reload(self) -> None:
        await self._command("browsingContext.reload", context=self._context, wait="complete")

    async def evaluate(self, function: str, *arguments: Any) -> Any:
        """The result of a JavaScript function, which may be asynchronous. Arguments and result are JSON.

        Raises:
            BidiError: it threw.
        """
        given = [json.dumps(one) for one in arguments]
        call = f"async (...given) => JSON.stringify(await ({function})(...given.map((one) => JSON.parse(one))) ?? null)"
        found = await self._command(
            "script.callFunction",
            functionDeclaration=call,
            arguments=[{"type": "string", "value": one} for one in given],
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if found["type"] == "exception":
            raise BidiError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    async def until(self, function: str, *arguments: Any) -> Any:
        """Wait in the page until a function returns a truthy value, and return it."""
        wait = f"""async (...given) => {{
          for (;;) {{
            const found = await ({function})(...given);
            if (found) return found;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }}
        }}"""
        try:
            return await self.evaluate(wait, *arguments)
        except TimeoutError:
            raise AssertionError(f"never became true: {function} of {arguments}\n{self.errors}") from None

    async def click(self, test_id: str) -> None:
        """Click the middle of an element, as soon as it is there, enabled and stays where it is, as a person does."""
        at = await self.until(MIDDLE, test_id)
        move = {"type": "pointerMove", "x": round(at[0]), "y": round(at[1])}
        button = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        pointer = {"type": "pointer", "id": "mouse", "actions": [move, *button]}
        await self._command("input.performActions", context=self._context, actions=[pointer])
        assert await self.evaluate("() => window.clicked"), f"{test_id} moved away from the pointer"

    async def press(self, keys: str) -> None:
        """Press keys one after the other: characters, or one of `SPECIAL_KEYS`."""
        actions = []
        for key in [SPECIAL_KEYS[keys]] if keys in SPECIAL_KEYS else keys:
            actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        await self._command("input.performActions", context=self._context, actions=[keyboard])

    async def text(self, test_id: str) -> str:
        """The text of an element, as soon as it is there."""
        found: str = await self.until(f"(id) => {ELEMENT}?.innerText", test_id)
        return found

    async def there(self, test_id: str) -> None:
        """Wait until an element is there."""
        await self.until(f"(id) => {ELEMENT} !== null", test_id)

    async def viewport(self, width: int, height: int) -> None:
        """Set the size of the page in CSS pixels."""
        size = {"width": width, "height": height}
        await self._command("browsingContext.setViewport", context=self._context, viewport=size)

    async def screenshot(self, file: Path) -> None:
        """Write a PNG of what is on the screen."""
        found = await self._command("browsingContext.captureScreenshot", context=self._context)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(found["data"]))

    async def _command(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
            async with asyncio.timeout(ANSWER_WITHIN_S):
                found: dict[str, Any] = await answer
                return found
        finally:
            del self._answers[number]

    async def _read(self) -> None:
        async for text in self._socket:
            message = json.loads(text)
            if message["type"] == "event":
                self._note(message["params"])
                continue
            answer = self._answers.get(message["id"])
            if answer is None or answer.done():
                continue
            if message["type"] == "error":
                answer.set_exception(BidiError(f"{message['error']}: {message['message']}"))
            else:
                answer.set_result(message["result"])
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(BidiError("the browser has closed the connection"))

    def _note(self, entry: dict[str, Any]) -> None:
        if entry.get("level") == "error":
            self.errors.append(entry.get("text") or "")

    async def _start(self, scripts: tuple[str, ...]) -> None:
        await self._command("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        await self._command("session.subscribe", events=["log.entryAdded"])
        for script in scripts:
            await self._command("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")
        self._context = (await self._command("browsingContext.getTree"))["contexts"][0]["context"]


ELEMENT = "document.querySelector(`[data-testid='${id}']`)"
MIDDLE = f"""async (id) => {{
  const found = {ELEMENT};
  if (!found || found.disabled || found.getAttribute("aria-disabled") === "true") return null;
  found.scrollIntoView({{ block: "nearest" }});
  const middle = () => {{
    const box = found.getBoundingClientRect();
    return box.width > 0 ? [box.left + box.width / 2, box.top + box.height / 2] : [-1, -1];
  }};
  const at = middle();
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  if (String(middle()) !== String(at) || !found.contains(document.elementFromPoint(...at))) return null;
  window.clicked = false;
  const note = (event) => {{ window.clicked ||= found.contains(event.target); }};
  addEventListener("pointerdown", note, {{ capture: true, once: true }});
  return at;
}}"""
"""The middle of an element that can be clicked now and has not moved for three frames, else null. `clicked` will tell
whether the next press has hit it."""


@asynccontextmanager
async def page(address: str, sock: Any, *scripts: str) -> AsyncIterator[Page]:
    """The tab of a browser that listens at `address`, over `sock`. `scripts` run before the page's own."""
    async with connect(f"{address}/session", sock=sock, max_size=None, ping_interval=None) as socket:
        opened = Page(socket)
        reading = asyncio.create_task(opened._read())
        try:
            await opened._start(scripts)
            yield opened
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
