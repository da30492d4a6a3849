"""A guest with `admission: true`: waits for the desk, and is let in for the whole show, also after a restart."""

from __future__ import annotations

from pathlib import Path

from tests.events import SHORT
from tests.server.localserver import local_server
from tests.server.test_socket import until

AT_DOOR = SHORT.replace(
    "Miki Uchida, timezone: Asia/Tokyo}", "Miki Uchida, timezone: Asia/Tokyo, admission: true}"
)


async def test_a_guest_waits_until_the_desk_lets_them_in_and_stays_in_after_a_restart(tmp_path: Path) -> None:
    async with (
        local_server(tmp_path, text=AT_DOOR) as running,
        running.desk() as desk,
        running.guest("browser") as guest,
    ):
        await desk.command("start")
        await desk.command("goto", item="four")
        await guest.send_live()
        state = await until(desk, lambda s: s["sources"]["uchida"]["state"] == "live")
        assert (state["sources"]["uchida"]["waits"], state["program"]["source"]) == (True, "slate")
        assert guest.client.state["sources"]["uchida"]["waits"] is True
        await desk.command("admit", place="uchida")
        state = await until(desk, lambda s: s["program"]["source"] == "uchida")
        assert state["sources"]["uchida"]["waits"] is False
    async with local_server(tmp_path, text=AT_DOOR) as again, again.desk() as desk:
        assert desk.state["sources"]["uchida"]["waits"] is False
