"""A second model of a show's times, written from the contract alone, for `test_model` to hold the first one to.

Slow and simple on purpose: minutes are plain numbers, time passes minute by minute, each question is a loop over the
items. Nothing here comes from `signaling`; items go by their place in the agenda.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NEVER = 10**9
"""A minute that never comes."""


@dataclass(frozen=True)
class Line:
    """An item as the file writes it. Minutes since midnight."""

    start: int | None
    length: int
    hard: bool = False
    auto: bool = False
    skip: bool = False
    by_end: bool = False
    """The file gives its `end` and not its `duration`."""


def plan(lines: list[Line]) -> list[int]:
    """When the file alone begins each item: at its start, or when what ran before it ends."""
    begins: list[int] = []
    for n, line in enumerate(lines):
        ran = [m for m in range(n) if not lines[m].skip]
        if line.start is not None:
            begins.append(line.start)
        elif ran:
            begins.append(begins[ran[-1]] + lines[ran[-1]].length)
        else:
            begins.append(begins[0])
    return begins


@dataclass
class Model:
    lines: list[Line]
    now: int
    auto_start: bool = False
    phase: str = "before"
    held: bool = False
    on: int | None = None
    """The item on air."""
    last: int = -1
    """The item on air or last on air."""
    began: dict[int, int] = field(default_factory=dict)
    ended: dict[int, int] = field(default_factory=dict)
    extended: dict[int, int] = field(default_factory=dict)
    delays: dict[int, int] = field(default_factory=dict)
    out: dict[int, str] = field(default_factory=dict)
    """Items left out, and why."""
    armed: int | None = None
    put_back: bool = False
    """The item on air was the one last on air as well."""
    away: bool = False
    """Of the virtual moderator of a rehearsal."""
    log: list[tuple[int, str, int]] = field(default_factory=list)
    """What began and ended when."""

    def __post_init__(self) -> None:
        self.planned = plan(self.lines)
        self.out |= {n: "file" for n, line in enumerate(self.lines) if line.skip}

    # What is expected

    def below(self) -> list[int]:
        """The items to come, whether or not there is time for them."""
        return [n for n in range(self.last + 1, len(self.lines)) if n not in self.out]

    def earliest(self, n: int) -> int:
        """Before when an item does not begin by itself."""
        start, delay = self.lines[n].start, self.delays.get(n, 0)
        if start is None and self.last < 0 and n == self.below()[0]:
            # It moved up to where the agenda begins, since nothing has run that it could follow.
            start = self.planned[0]
        if start is None and delay:
            start = self.planned[n]
        return -NEVER if start is None else start + delay

    def hard_at(self, n: int) -> int:
        """When an item to come cuts whatever is on air; never if it has no such start, or it is over."""
        if not self.lines[n].hard:
            return NEVER
        at = self.planned[n] + self.delays.get(n, 0)
        if self.last >= 0:
            on_since = self.began[self.last]
        else:
            on_since = max(self.now, self.earliest(self.below()[0]))
        return at if at > on_since else NEVER

    def cut(self, n: int) -> int:
        """When the first hard start after an item comes."""
        return min([self.hard_at(m) for m in self.below() if m > n], default=NEVER)

    def own_end(self) -> int:
        """When the item on air has had its length."""
        assert self.on is not None
        return self.began[self.on] + self.lines[self.on].length + self.extended.get(self.on, 0)

    def expected(self) -> dict[int, tuple[int, int]]:
        """Begin and end of the item on air and of those to come. What has no time left is not in it."""
        if self.phase == "ended":
            return {}
        found = {}
        free = self.now
        if self.on is not None:
            free = max(self.now, min(self.own_end(), self.cut(self.on)))
            found[self.on] = (self.began[self.on], free)
        for n in self.below():
            begin = max(free, self.earliest(n))
            end = begin + self.lines[n].length
            if begin < self.cut(n):
                end = min(end, self.cut(n))
            elif not self.held:
                continue
            found[n] = (begin, end)
            free = end
        return found

    def upcoming(self) -> int | None:
        """What comes next by the agenda."""
        return min([n for n in self.expected() if n > self.last], default=None)

    def next_goes_to(self) -> int | None:
        return self.upcoming() if self.armed is None or self.last < 0 else self.armed

    def called_next(self) -> int | None:
        """What people are told comes next: the marked item only where somebody has to press for it."""
        if self.on is None:
            return self.upcoming()
        if self.held:
            return self.next_goes_to()
        is_cut = self.cut(self.on) <= self.expected()[self.on][1]
        return self.upcoming() if self.lines[self.on].auto or is_cut else self.next_goes_to()

    def next_at(self) -> int | None:
        called, found = self.called_next(), self.expected()
        if called is None:
            return None
        if called != self.upcoming():
            assert self.on is not None
            return found[self.on][1]
        return found[called][0]

    def table(self) -> list[tuple[str, str | None, int | None, int | None]]:
        """Of every item: status, why it is left out, and when it is expected, or was on air."""
        found, called = self.expected(), self.called_next()
        rows = []
        for n in range(len(self.lines)):
            status, why = "coming", None
            if n == self.on:
                status = "on-air"
            elif n in self.began:
                status = "done"
            elif n == called:
                status = "next"
            elif n in self.out or n < self.last or (n not in found and self.phase != "ended"):
                status, why = "skipped", self.out.get(n, "passed" if n < self.last else "no-time")
            was = (self.began[n], self.ended[n]) if n in self.ended else (None, None)
            rows.append((status, why, *found.get(n, was)))
        return rows

    def offset(self) -> int:
        """How late the show is: by the end of the item on air, else by the start of the next, else by how it ended."""
        upcoming = self.upcoming()
        if self.on is None and upcoming is not None:
            return self.expected()[upcoming][0] - self.planned[upcoming]
        if self.last < 0:
            return 0
        end = self.ended[self.last] if self.on is None else self.expected()[self.last][1]
        planned = self.planned[self.last] + self.lines[self.last].length
        hard = [self.planned[n] for n in self.below() if self.lines[n].hard]
        return end - min([planned, *hard[:1]])

    # What happens by itself

    def wait(self, minutes: int) -> None:
        for _ in range(minutes):
            self.now += 1
            self.go_on()

    def go_on(self) -> None:
        while self.step():
            pass

    def step(self) -> bool:
        """The one thing that is due now, if anything is."""
        begins = self.phase == "before" and self.auto_start
        if self.held or not (self.phase == "running" or begins):
            return False
        below = self.below()
        if begins:
            due = below[:1] if below and self.earliest(below[0]) <= self.now else []
            return self.begin(due[0]) if due else not below and self.now >= self.planned[0] and self.end()
        hard = [n for n in below if self.hard_at(n) <= self.now]
        if hard:
            return self.begin(hard[-1])
        if self.on is None or (self.lines[self.on].auto and self.own_end() <= self.now):
            return self.move_on()
        return False

    def move_on(self) -> bool:
        """What is on air is over: the next item begins, or its start is still to come, or there is none."""
        was_on = self.on
        self.take_off()
        upcoming = self.upcoming()
        if upcoming is None:
            return self.end()
        if self.expected()[upcoming][0] <= self.now:
            return self.begin(upcoming)
        return was_on is not None

    def begin(self, n: int) -> bool:
        self.put_back = self.on is None and n == self.last
        found = self.expected()
        self.take_off()
        for m in self.below():
            if m < n:
                self.out[m] = "passed" if m in found or self.phase == "ended" else "no-time"
        self.phase, self.on, self.last, self.armed = "running", n, n, None
        for m in range(n, len(self.lines)):
            self.began.pop(m, None)
            self.ended.pop(m, None)
            self.extended.pop(m, None)
            if m == n or self.out.get(m) in ("passed", "no-time"):
                self.out.pop(m, None)
        self.began[n] = self.now
        self.log.append((self.now, "item-started", n))
        return True

    def take_off(self) -> None:
        if self.on is not None:
            self.ended[self.on] = self.now
            self.log.append((self.now, "item-ended", self.on))
            self.on = None

    def end(self) -> bool:
        self.take_off()
        self.phase, self.armed = "ended", None
        return True

    # What people do: each says whether it is permitted

    def do(self, command: str, n: int, minutes: int) -> bool:
        done = self.command(command, n, minutes)
        self.go_on()
        return done

    def command(self, command: str, n: int, minutes: int) -> bool:
        match command:
            case "start":
                first = self.upcoming()
                return self.phase == "before" and first is not None and self.begin(first)
            case "next":
                return self.next()
            case "previous":
                return self.previous()
            case "goto":
                return n != self.on and self.begin(n)
            case "hold" | "resume":
                self.held = command == "hold"
                return True
            case "extend":
                return self.extend(minutes)
            case "arm":
                if n == self.on:
                    return False
                self.armed = n
                return True
            case _:
                return self.plan_anew(command, n, minutes)

    def plan_anew(self, command: str, n: int, minutes: int) -> bool:
        if n <= self.last:
            return False
        if command == "delay":
            self.delays[n] = self.delays.get(n, 0) + minutes
        elif command == "skip":
            self.out.setdefault(n, "asked")
            self.armed = None if self.armed == n else self.armed
        else:
            assert command == "unskip"
            self.out.pop(n, None)
        return True

    def next(self) -> bool:
        if self.phase != "running":
            return False
        n = self.next_goes_to()
        return self.end() if n is None else self.begin(n)

    def previous(self) -> bool:
        if self.last < 0:
            return False
        if self.on is None:
            return self.begin(self.last)
        if self.put_back and self.began[self.on] == self.now:
            return False  # Another moderator's press for the same thing.
        above = [n for n in range(self.on) if self.out.get(n, "passed") == "passed"]
        return bool(above) and self.begin(above[-1])

    def extend(self, minutes: int) -> bool:
        if self.on is None:
            return False
        if minutes < 0 and self.own_end() + minutes < self.now:
            return self.move_on()
        self.extended[self.on] = self.extended.get(self.on, 0) + minutes
        return True

    # A rehearsal

    def live(self) -> None:
        """This minute of a rehearsal: what is due, then whatever the virtual moderator presses."""
        self.go_on()
        while self.presses():
            self.command("next" if self.phase == "running" else "start", 0, 0)
            self.go_on()

    def presses(self) -> bool:
        if self.away or self.phase == "ended":
            return False
        if self.phase == "running" and (self.on is None or self.lines[self.on].auto):
            return False
        found, upcoming = self.expected(), self.upcoming()
        if upcoming is not None:
            return found[upcoming][0] <= self.now
        return self.on is not None and found[self.on][1] <= self.now
