"""The microphones that one destination is sent: all that it may hear, or of more than six those that speak.

- The microphone of the programme's source is always among them.
- A voice that begins takes the slot of one that has been silent for longest, and for longer than the hold. So nobody
  flaps in and out, and a pause for breath costs no slot.
- An echo takes none: another hall's microphone hears the voice from its loudspeakers, later and less loud.
- The slot begins with the packets since the voice began, so that its first syllable is not cut off.

Where as many are open as there are slots, nothing is chosen, and no level is read. On a narrow path a listener of a
channel is sent fewer (`bridge.rtp.floor`), chosen by the same rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bridge.destination.layers import Showable
from bridge.destination.slots import AudioSlot
from bridge.engine import MICS
from bridge.source.voice import SILENT_DBOV, VoiceActivity

VOICE_HOLD_S = 2.0
"""Seconds of silence after which another voice may take over a slot. To think, speakers pause for up to two seconds."""
VOICE_NOW_S = 0.2
"""Seconds since its last loud packet for which a voice speaks: the stop between two syllables is shorter."""
BELOW_VOICE_DB = 12.0
"""A microphone that is less loud than another's last peak by this has no voice of its own but an echo, which comes back
at least 14 dB lower. Two who speak at once differ by less."""
LEAD_IN_S = 0.06
"""Seconds sent from before a voice exceeded the noise: the soft consonant that it began with."""
MAX_LEAD_IN_S = 0.15
"""Seconds of sound that a slot may begin with. The listener's buffer must catch up with it."""

SILENCE = VoiceActivity()
"""Of a microphone that no peer sends."""


def keep_slots(slots: Sequence[AudioSlot], sources: Collection[str]) -> dict[str, str]:
    """Slot to source for those of `sources` that are in one of `slots`. One that stays keeps its slot."""
    return {slot.name: slot.source for slot in slots if slot.source is not None and slot.source in sources}


def fill_slots(slots: Sequence[AudioSlot], sources: Sequence[str]) -> dict[str, str]:
    """The same with the others of `sources` in the free slots, in their order; those beyond the slots are left out."""
    kept = keep_slots(slots, sources)
    free = [slot.name for slot in slots if slot.name not in kept]
    opened = [source for source in dict.fromkeys(sources) if source not in kept.values()]
    return kept | dict(zip(free, opened, strict=False))


def choose_voices(
    carried: Collection[str],
    program: str,
    voices: Mapping[str, VoiceActivity],
    capacity: int,
    speakers: Sequence[str] = (),
    *,
    now: float,
) -> list[str]:
    """The microphones that are sent from now on, at most `capacity`.

    `voices` has the activity of every open microphone, in their order. `carried` are those sent so far; each of
    `speakers` takes the slot of one that has been silent for longer than the hold. Free slots go to those that spoke
    last, and then by their order. If the capacity has become less, the quietest are dropped, the programme's last.
    """
    kept = [name for name in voices if name in carried]
    while len(kept) > capacity:
        kept.remove(_quietest(kept, program, voices) or program)
    waiting = sorted(voices.keys() - kept, key=list(voices).index)
    waiting.sort(key=lambda name: (name != program, name not in speakers, -voices[name].spoke_at))
    for name in waiting:
        if len(kept) < capacity:
            kept.append(name)
        elif name == program or name in speakers:
            silent = _quietest(kept, program, voices)
            if silent and (name == program or now - voices[silent].spoke_at > VOICE_HOLD_S):
                kept.remove(silent)
                kept.append(name)
    return kept


def _quietest(names: Sequence[str], program: str, voices: Mapping[str, VoiceActivity]) -> str | None:
    """The one that has been silent for longest, of equals the least loud; never the programme's."""
    others = [name for name in reversed(names) if name != program]
    return min(others, key=lambda name: (voices[name].spoke_at, voices[name].loudness), default=None)


def find_speakers(waiting: Collection[str], voices: Mapping[str, VoiceActivity], now: float) -> Sequence[str]:
    """Those of `waiting` into whose microphone somebody speaks now, the loudest first."""
    found = [name for name in waiting if now - voices[name].spoke_at <= VOICE_NOW_S]
    found.sort(key=lambda name: -voices[name].loudness)
    return [name for name in found if not _is_echo(name, voices, now)]


def _is_echo(name: str, voices: Mapping[str, VoiceActivity], now: float) -> bool:
    peaks = (other.peak(now) for other_name, other in voices.items() if other_name != name)
    return voices[name].loudness <= max(peaks, default=SILENT_DBOV) - BELOW_VOICE_DB


class MicrophoneSlots:
    """The microphone slots of one destination."""

    def __init__(self, slots: Sequence[AudioSlot]) -> None:
        self._slots = [slot for slot in slots if slot.name in MICS]
        self._open: dict[str, float] = {}
        """The microphones that it may hear, in their order, and since when."""
        self._program = ""
        self._limit: int | None = None

    @property
    def audible(self) -> int:
        """How many would be sent without a limit."""
        return min(len(self._open), len(self._slots))

    def limit(self, limit: int | None, sources: Mapping[str, Showable], now: float) -> None:
        """Send that many microphones at most; None: as many as there are slots."""
        if limit == self._limit:
            return
        self._limit = limit
        assigned = self.assign(list(self._open), self._program, sources, now)
        for slot in self._slots:
            slot.source = assigned.get(slot.name)
            source = None if slot.source is None else sources.get(slot.source)
            slot.show(source.audio if source else None, now)

    def assign(
        self, microphones: Sequence[str], program: str, sources: Mapping[str, Showable], now: float
    ) -> dict[str, str]:
        """Slot to microphone, when the routing has changed. One that stays keeps its slot.

        Browsers sync lips with the first microphone, so if that slot is free, the source in the picture gets it.
        """
        self._open = {name: self._open.get(name, now) for name in microphones}
        self._program = program
        chosen = list(self._open)
        if not self._has_room:
            voices = self._voices(sources)
            chosen = choose_voices(self._carried, program, voices, self._capacity, now=now)
        if MICS[0] not in keep_slots(self._slots, chosen):
            chosen.sort(key=lambda name: name != program)
        return fill_slots(self._slots, chosen)

    def follow_voices(self, sources: Mapping[str, Showable], now: float) -> None:
        """Begin the voices that need a slot. Call it often: its interval delays them."""
        if self._has_room:
            return
        voices, carried = self._voices(sources), self._carried
        speakers = find_speakers([name for name in voices if name not in carried], voices, now)
        if not speakers:
            return
        chosen = choose_voices(carried, self._program, voices, self._capacity, speakers, now=now)
        assigned = fill_slots(self._slots, chosen)
        for slot in self._slots:
            name, source = assigned.get(slot.name), sources.get(assigned.get(slot.name, ""))
            if name is None and slot.source is not None:
                slot.source = None
                slot.stop()
            elif name is not None and name != slot.source and source is not None and source.audio is not None:
                slot.source = name
                # Nothing is sent from before the microphone was opened.
                began_at = max(voices[name].began_at - LEAD_IN_S, now - MAX_LEAD_IN_S, self._open[name])
                slot.begin(source.audio, began_at, now)

    def close_all(self) -> None:
        """It may hear none any more."""
        self._open.clear()

    @property
    def _capacity(self) -> int:
        return len(self._slots) if self._limit is None else min(self._limit, len(self._slots))

    @property
    def _has_room(self) -> bool:
        return len(self._open) <= self._capacity

    @property
    def _carried(self) -> set[str]:
        return {slot.source for slot in self._slots if slot.source is not None}

    def _voices(self, sources: Mapping[str, Showable]) -> dict[str, VoiceActivity]:
        found = {name: sources.get(name) for name in self._open}
        return {name: one.audio.voice() if one and one.audio else SILENCE for name, one in found.items()}
