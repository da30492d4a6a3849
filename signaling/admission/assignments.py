"""Which contributor sends each source, and which ones are about to take over. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from signaling.admission.contributor import Contributor


class Assignments:
    """Every source with its current contributor and the pending ones. A peer has one source at most."""

    def __init__(self) -> None:
        self.current: dict[str, Contributor] = {}
        """By source: the contributor whose picture and sound it is."""
        self.pending: dict[str, list[Contributor]] = {}
        """By source: contributors that may take over and are not live yet, the newest last."""

    def __iter__(self) -> Iterator[tuple[str, Contributor]]:
        """Sources with their current contributors, then with the pending ones."""
        yield from self.current.items()
        for source, pending in self.pending.items():
            yield from ((source, contributor) for contributor in pending)

    @property
    def contributors(self) -> Iterator[Contributor]:
        """Current ones first."""
        return (contributor for _, contributor in self)

    def of(self, source: str) -> list[Contributor]:
        """The contributors of one source, the current one first."""
        return [contributor for name, contributor in self if name == source]

    def add(self, contributor: Contributor, source: str) -> None:
        """Give the source to a contributor; if another has it, the new one is pending."""
        current = self.current.get(source)
        if current is None or current.peer == contributor.peer:
            self.current[source] = contributor
        else:
            self.pending.setdefault(source, []).append(contributor)

    def promote(self, contributor: Contributor, source: str) -> list[Contributor]:
        """Make a pending contributor the current one. Removes and returns the older pending ones of its browser."""
        pending = self.pending[source]
        older = [c for c in pending[: pending.index(contributor)] if c.browser == contributor.browser]
        self._set_pending(source, [c for c in pending if c is not contributor and c not in older])
        self.current[source] = contributor
        return older

    def promote_newest(self, source: str, is_eligible: Callable[[Contributor], bool]) -> bool:
        """Make the newest eligible pending contributor the current one. Returns whether there is one."""
        pending = self.pending.get(source, [])
        newest = next((c for c in reversed(pending) if is_eligible(c)), None)
        if newest is None:
            return False
        self.current[source] = newest
        self._set_pending(source, [c for c in pending if c is not newest])
        return True

    def demote(self, contributor: Contributor, source: str) -> None:
        """Put a contributor that is the current one no more before the pending ones."""
        self.pending.setdefault(source, []).insert(0, contributor)

    def remove(self, peer: str, but: str | None = None) -> list[tuple[str, Contributor]]:
        """Take every source but one from a peer. Returns those of which it was the current contributor."""
        removed = [(s, c) for s, c in self.current.items() if c.peer == peer and s != but]
        for source, _ in removed:
            del self.current[source]
        for source, pending in list(self.pending.items()):
            self._set_pending(source, [c for c in pending if c.peer != peer])
        return removed

    def _set_pending(self, source: str, pending: list[Contributor]) -> None:
        if pending:
            self.pending[source] = pending
        else:
            self.pending.pop(source, None)
