"""A hall whose microphone plays sound files: its meter shows their loudness, and hall and desk say what is wrong."""

from __future__ import annotations

import asyncio
import math
import random
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from signaling.client import Client
from tests.devices import write_samples
from tests.e2e.rooms import WITHIN, Room, browsers, room
from tests.events import write
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

RATE = 48_000
HALL, CODE = "krefeld", 0
BOTH_OPEN = """\
event: {title: Probe, date: 2026-03-14, timezone: Europe/Berlin}
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: krefeld, mics: [krefeld, berlin]}
"""


def gain(db: float) -> float:
    return 10 ** (db / 20)


def sine(hertz: float, db: float, seconds: int = 4) -> array[float]:
    peak = gain(db)
    return array("f", (peak * math.sin(2 * math.pi * hertz * n / RATE) for n in range(seconds * RATE)))


def speech(db: float, room_db: float = -75.0, seconds: float = 6) -> array[float]:
    """Syllables of a voice of 130 Hz with this peak, with pauses, over the noise of a room. Seeded."""
    draw = random.Random(5)
    peak, noise = gain(db), gain(room_db)
    found = array("f", (noise * (2 * draw.random() - 1) for _ in range(int(seconds * RATE))))
    at = 0
    while at < len(found):
        syllable = int(draw.uniform(0.12, 0.25) * RATE)
        loud = peak * draw.uniform(0.5, 1.0)
        for n in range(min(syllable, len(found) - at)):
            phase = 2 * math.pi * 130 * (at + n) / RATE
            voice = sum(math.sin(k * phase) / k for k in (1, 2, 3, 5, 8, 13)) / 2
            found[at + n] += loud * math.sin(math.pi * n / syllable) ** 2 * voice
        at += syllable + int((0.6 if draw.random() < 0.2 else 0.05) * RATE)
    return found


def together(*sounds: Sequence[float]) -> array[float]:
    return array("f", map(sum, zip(*sounds, strict=True)))


@dataclass
class Hall:
    """A hall that is on air, its desk beside it, and the file that its microphone plays."""

    hall: Room
    desk: Page
    moderator: Client
    file: Path
    server: ServerProcess

    async def play(self, make: Callable[[], Sequence[float]]) -> None:
        """Play this from now on. Chromium reads the file when the device is opened."""
        await asyncio.to_thread(lambda: write_samples(self.file, make()))
        await self.hall.page.reload()
        await until(self.moderator, lambda s: s["sources"][HALL]["state"] == "live")

    async def is_said(self, fault: str, there: str, here: str) -> None:
        """Hall and desk say that the sound has this fault."""
        await expect(self.hall.page.get_by_test_id("sound-fault")).to_have_attribute("data-fault", fault)
        await expect(self.hall.page.get_by_test_id("sound-fault")).to_contain_text(here)
        line = self.desk.get_by_test_id(f"bad-sound-{HALL}")
        await expect(line).to_have_attribute("data-fault", fault)
        await expect(line).to_contain_text(f"Krefeld · {there}")
        await expect(self.desk.get_by_test_id(f"sound-{HALL}")).to_have_text(there)


@pytest_asyncio.fixture(loop_scope="session")
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(tmp_path, BOTH_OPEN), tmp_path / "data"))
        playwright = await stack.enter_async_context(browsers())
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await moderator.command("start")
        opened = await stack.enter_async_context(
            room(playwright, tmp_path, running.link("venue", HALL), HALL, CODE, own=True)
        )
        await opened.page.get_by_test_id("start-button").click()
        desk = await opened.page.context.new_page()
        await desk.goto(running.link("moderator"))
        yield Hall(opened, desk, moderator, tmp_path / f"{CODE}.wav", running)


async def loudness(page: Page, least: float, most: float) -> None:
    """Wait until the hall's meter shows a loudness between these, in LUFS."""
    read = """([least, most]) => {
      const meter = document.querySelector('.room-rail [data-testid=level-meter]');
      return meter && least < Number(meter.dataset.lufs) && Number(meter.dataset.lufs) < most;
    }"""
    await page.wait_for_function(read, arg=[least, most], timeout=WITHIN)


async def test_the_meter_shows_a_tone_of_1_khz_at_its_level(hall: Hall) -> None:
    """A mono microphone is played on both channels."""
    for level in (-23.0, -40.0):
        await hall.play(partial(sine, 1_000, level))
        await loudness(hall.hall.page, level - 0.5, level + 0.5)
    assert hall.hall.errors == []


async def test_hall_and_desk_say_what_is_wrong_with_the_sound_until_it_is_good(hall: Hall) -> None:
    await hall.play(lambda: speech(-34))
    await hall.is_said("too-low", "too quiet", "Raise the level at the mixer")
    await hall.play(lambda: [max(-1.0, min(1.0, sample)) for sample in speech(6)])
    await hall.is_said("clipping", "distorted", "Lower the mixer’s output")
    await hall.play(lambda: together(speech(-12), sine(50, -42, 6), sine(150, -46, 6)))
    await hall.is_said("hum", "mains hum", "DI box with ground lift")
    await hall.play(lambda: array("f", bytes(4 * RATE)))
    await hall.is_said("no-sound", "no sound", "Check mute and fader")
    await hall.play(lambda: speech(-12))
    await expect(hall.hall.page.get_by_test_id("sound-fault")).to_have_count(0)
    await until(hall.moderator, lambda s: (s["sources"][HALL]["devices"] or {}).get("sound") == "good")
    await loudness(hall.hall.page, -30, -16)
    await expect(hall.desk.get_by_test_id(f"bad-sound-{HALL}")).to_have_count(0)
    assert hall.hall.errors == []


async def test_hall_and_desk_say_who_hears_itself_and_by_which_microphone(hall: Hall) -> None:
    """Both halls play the same file, each from its own beginning on. It repeats after 1.6 s, so one of them is less
    than a second behind the other, as an echo is."""
    await hall.play(lambda: speech(-12, seconds=1.6))
    other = await hall.hall.page.context.new_page()
    await other.goto(hall.server.link("venue", "berlin"))
    await other.get_by_test_id("start-button").click()
    state = await until(
        hall.moderator, lambda s: any(s["sources"][one]["echo_of"] for one in ("krefeld", "berlin"))
    )
    returning = "berlin" if state["sources"]["berlin"]["echo_of"] else "krefeld"
    talker = "Krefeld" if returning == "berlin" else "Berlin"
    page = other if returning == "berlin" else hall.hall.page
    await expect(page.get_by_test_id("echo")).to_contain_text(f"{talker} hears an echo")
    line = hall.desk.get_by_test_id(f"echo-{returning}")
    await expect(line).to_contain_text(
        f"{talker} hears an echo: the sound comes back through {returning.title()}"
    )
    await hall.moderator.command("mic", source=returning, open=False)
    await expect(line).to_have_count(0)
    await expect(page.get_by_test_id("echo")).to_have_count(0)


RAW = """const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  window.raw = stream.getAudioTracks()[0] ?? window.raw;
  return stream;
};"""
"""Keeps the microphone's track as the browser gave it."""
OFFSET = """async () => {
  const sending = () =>
    window.schalte.call?.getSenders().find(({ track }) => track?.kind === 'audio' && track.enabled);
  while (!window.raw || !sending()) await new Promise((resolve) => setTimeout(resolve, 20));
  const context = new AudioContext();
  const tapOf = (track) => {
    const tap = new AnalyserNode(context, { fftSize: 32768 });
    context.createMediaStreamSource(new MediaStream([track])).connect(tap);
    return tap;
  };
  const taps = [tapOf(window.raw), tapOf(sending().track)];
  const samples = taps.map(() => new Float32Array(32768));
  const first = (all) => all.findIndex((sample) => Math.abs(sample) > 0.2);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    taps.forEach((tap, n) => tap.getFloatTimeDomainData(samples[n]));
    const [raw, sent] = samples.map(first);
    if (raw > 2400 && sent > 2400) return ((sent - raw) / context.sampleRate) * 1000;
  }
}"""
"""Waits for a clap in the microphone and in what is sent, both in the last 0.7 s. Returns ms from one to the other; the
graph that measures may buffer the two differently: by 30 ms, and on a machine that is very busy by 100."""


def clap(seconds: int = 2) -> array[float]:
    """A room with one clap in every two seconds."""
    draw = random.Random(2)
    return array(
        "f",
        (
            0.002 * (2 * draw.random() - 1)
            + (0.8 * math.exp(-(n - RATE) / 480) * (2 * draw.random() - 1) if n >= RATE else 0.0)
            for n in range(seconds * RATE)
        ),
    )


async def test_the_clap_test_shows_pictures_of_which_one_sets_the_delay(hall: Hall) -> None:
    page = hall.hall.page
    await hall.play(clap)
    await page.get_by_test_id("devices-button").click()
    await page.get_by_test_id("lip-sync").locator("summary").click()
    pictures = page.get_by_test_id("clap-picture")
    note = page.get_by_test_id("clap-note")
    # A machine that is very busy may present no picture in the right second.
    while await pictures.count() == 0:
        await page.get_by_test_id("clap-button").click()
        await expect(note).not_to_have_attribute("data-stage", "waits")
    last = pictures.last
    delay = int((await last.inner_text()).split()[0])
    await last.click()
    await expect(note).to_have_attribute("data-stage", "set" if delay >= 0 else "late")
    await expect(page.get_by_test_id("sound-delay")).to_have_value(str(max(0, delay)))
    assert hall.hall.errors == []


async def test_the_sound_is_sent_as_late_as_was_chosen_also_after_a_reload(hall: Hall) -> None:
    page = hall.hall.page
    await page.add_init_script(RAW)
    await hall.play(clap)
    assert abs(float(await page.evaluate(OFFSET))) < 200, "no delay is chosen"
    await page.get_by_test_id("devices-button").click()
    await page.get_by_test_id("lip-sync").locator("summary").click()
    await page.get_by_test_id("sound-delay").fill("450")
    await expect(page.get_by_test_id("lip-sync").locator("summary")).to_contain_text("450 ms")
    for _ in range(2):
        await page.wait_for_function(
            "() => window.raw && window.schalte.call?.getSenders().some("
            "({ track }) => track?.kind === 'audio' && track.enabled && track !== window.raw)"
        )
        assert 400 < float(await page.evaluate(OFFSET)) < 650
        await page.reload()
    assert hall.hall.errors == []


async def test_a_browser_that_cannot_measure_the_microphone_sends_it_as_it_is(hall: Hall) -> None:
    """As Firefox, for a microphone of another sample rate than the loudspeaker's."""
    page = hall.hall.page
    await page.get_by_test_id("devices-button").click()
    await page.get_by_test_id("lip-sync").locator("summary").click()
    await page.get_by_test_id("sound-delay").fill("300")
    await page.add_init_script(
        RAW + "AudioContext.prototype.createMediaStreamSource = () => {"
        "throw new DOMException('another rate', 'NotSupportedError') };"
    )
    await hall.play(clap)
    await page.wait_for_function(
        "() => window.raw && window.schalte.call?.getSenders().some(({ track }) => track === window.raw)"
    )
    await until(hall.moderator, lambda s: (s["sources"][HALL]["devices"] or {"sound": "?"})["sound"] is None)
    assert hall.hall.errors == []


LIMITED = """const stats = RTCPeerConnection.prototype.getStats;
RTCPeerConnection.prototype.getStats = async function () {
  const found = new Map();
  for (const [id, entry] of await stats.call(this))
    found.set(id, entry.type === 'outbound-rtp' && entry.kind === 'video'
      ? { ...entry, qualityLimitationDurations: { [window.limit ?? 'bandwidth']: performance.now() / 1000 } }
      : entry);
  return found;
};"""
"""The browser says that its machine is too slow, or its line too narrow: neither can be had here for sure."""


FASTEST = """() => window.schalte.call.getSenders().find((sender) => sender.track?.kind === "video")
  .getParameters().encodings.map((encoding) => encoding.maxFramerate)"""


async def test_page_and_desk_tell_a_line_that_is_too_narrow_from_a_machine_that_is_too_slow_and_sends_less(
    hall: Hall,
) -> None:
    """Chromium's own throttling (`Emulation`) slows the page's thread, and not the encoder's."""
    page, desk = hall.hall.page, hall.desk
    await page.add_init_script(LIMITED)
    await page.reload()

    async def reported(what: str, value: str) -> None:
        await until(hall.moderator, lambda s: (s["sources"][HALL]["devices"] or {}).get(what) == value)

    await reported("limit", "bandwidth")
    negotiations = await hall.hall.negotiations()
    await expect(page.get_by_test_id("own-line")).to_contain_text("line is too narrow")
    await expect(desk.get_by_test_id(f"limit-{HALL}")).to_have_text("line too narrow")
    await page.evaluate("window.limit = 'cpu'")
    await reported("reduced", "720p15")
    await expect(page.get_by_test_id("own-line")).to_contain_text(
        "This computer is at its limit: it sends 15"
    )
    await expect(desk.get_by_test_id(f"limit-{HALL}")).to_have_text("computer slow: 15/s")
    assert await page.evaluate(FASTEST) == [15, 15, 15]
    assert await hall.hall.negotiations() == negotiations
    assert hall.hall.errors == []
