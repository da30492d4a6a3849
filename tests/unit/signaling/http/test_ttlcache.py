"""A cached document is made once for many requests."""

from __future__ import annotations

import asyncio
import threading

from signaling.http.ttlcache import TtlCache


async def test_many_requests_at_once_get_one_document_and_another_name_its_own() -> None:
    made: list[str] = []

    def make() -> bytes:
        made.append(threading.current_thread().name)
        return str(len(made)).encode()

    kept = TtlCache()
    assert set(await asyncio.gather(*(kept.get("a", make) for _ in range(5)))) == {b"1"}
    assert await kept.get("b", make) == b"2"
    assert threading.main_thread().name not in made


async def test_an_expired_document_is_made_again() -> None:
    kept = TtlCache(ttl_s=0.0)
    assert await kept.get("a", lambda: b"old") == b"old"
    assert await kept.get("a", lambda: b"new") == b"new"
