"""The day in three cities with twenty-two mishaps, rehearsed on the command line."""

from __future__ import annotations

import json
import re
from itertools import groupby
from pathlib import Path

from signaling.show.rehearsal import ORDER
from tests.events import SHORT, write
from tests.server.process import run

DAY = ("rehearse", "config/djw-2018.yaml", "--script", "config/djw-2018-rehearsal.yaml")

SEEN = """\
09:20     Tokio is lost                                         –                               ja: Kabine 1
09:30     Ankommen und Registrierung                            –                               ja: Kabine 1
09:50     Tokio is back                                         –                               ja: Kabine 1
10:00     Begrüßung                                             Krefeld                         ja: Kabine 1
10:07:30  extend                                                Krefeld                         ja: Kabine 1
10:12     Drei Säle stellen sich vor                            Krefeld + Berlin + Tokio        ja: Kabine 1
10:22     Grußwort aus Berlin                                   Berlin                          ja: Kabine 1
10:26     Berlin is lost                                        Krefeld (fallback)              ja: Kabine 1
10:28     Berlin is back                                        Krefeld (fallback)              ja: Kabine 1
10:28:02                                                        Berlin                          ja: Kabine 1
10:32     東京からのご挨拶                                      Tokio · lectern                 de: Kabine 1
10:34     Tokio · lectern is lost                               Tokio (fallback)                de: Kabine 1
10:36     Tokio · lectern is back                               Tokio (fallback)                de: Kabine 1
10:36:02                                                        Tokio · lectern                 de: Kabine 1
10:42     Warum alte und junge Firmen einander brauchen         Krefeld                         ja: Kabine 1
10:42:01  next refused: The item on air is already "Warum alt…  Krefeld                         ja: Kabine 1
11:01     Samt und Seide: ein Krefelder Haus erfindet sich neu  Krefeld                         ja: Kabine 1
11:16     老舗の次の百年                                        Tokio · lectern                 de: Kabine 1
11:18     take                                                  Krefeld (take)                  de: Kabine 1
11:20     release                                               Tokio · lectern                 de: Kabine 1
11:22     Kabine 1 is lost                                      Tokio · lectern
11:24     Kabine 1 is back                                      Tokio · lectern                 de: Kabine 1
11:31     Fragen an die Familienunternehmen                     Krefeld + Tokio                 ja: Kabine 1
11:38     extend                                                Krefeld + Tokio                 ja: Kabine 1
11:39     Kaffeepause                                           –                               ja: Kabine 1
11:50     Miki Uchida is lost                                   –                               ja: Kabine 1
11:59     Wie Konzerne und Start-ups in Japan zusammenfinden    Tokio (fallback)
12:01     Miki Uchida is back                                   Tokio (fallback)
12:01:02                                                        Miki Uchida
12:19     Im Gespräch mit Miki Uchida                           Miki Uchida + Krefeld
12:22     floor                                                 Miki Uchida + Krefeld           de: Kabine 1
12:29     Start-up aus Berlin: Sensoren für alte Maschinen      Berlin
12:33     町工場をつなぐスタートアップ                          Tokio · lectern                 de: Kabine 1
12:35     Start-up aus Berlin: Sensoren für alte Maschinen      Berlin
12:40     start refused: The show is running already; nothing…  Berlin
12:43     町工場をつなぐスタートアップ                          Tokio · lectern                 de: Kabine 1
12:51     Start-up aus Krefeld: Fasern aus Reststoffen          Krefeld                         ja: Kabine 1
12:59     Kennenlernen über die Leitung                         Krefeld + Berlin + Tokio
13:29     Mittagessen, in Tokio Abendempfang                    –                               ja: Kabine 1
13:40     hold                                                  –                               ja: Kabine 1
13:58     resume                                                Krefeld + Berlin + Miki Uchida
13:58     Podium: Was trägt eine Kooperation?                   Krefeld + Berlin + Miki Uchida
14:05     Krefeld is lost                                       – (fallback)
14:06     Krefeld is back                                       – (fallback)
14:06:02                                                        Krefeld + Berlin + Miki Uchida
14:11     arm                                                   Krefeld + Berlin + Miki Uchida
14:12     take                                                  Tokio (take)
14:13     release                                               Krefeld + Berlin + Miki Uchida
14:15     Berlin is lost                                        Krefeld + Berlin + Miki Uchida
14:15     Miki Uchida is lost                                   Krefeld + Berlin + Miki Uchida
14:16     Miki Uchida is back                                   Krefeld + Berlin + Miki Uchida
14:17     Berlin is back                                        Krefeld + Berlin + Miki Uchida
14:20     extend                                                Krefeld + Berlin + Miki Uchida
14:28     Aus der Praxis: zwei Jahre zwischen Berlin und Tokio  Berlin                          ja: Kabine 1
14:38     日本でパートナーを見つけるには                        Tokio                           de: Kabine 1
14:41     Tokio is lost                                         Krefeld (fallback)              de: Kabine 1
14:42     Tokio is back                                         Krefeld (fallback)              de: Kabine 1
14:42:02                                                        Tokio                           de: Kabine 1
14:45     東京からのお別れ                                      Tokio + Krefeld                 de: Kabine 1
14:58     Dank und Schlusswort                                  Krefeld                         ja: Kabine 1
15:03     End of the show                                       –                               ja: Kabine 1
"""
"""Krefeld's time, what happens, what is on air then, and what the booth speaks."""


def cells(row: str) -> list[str]:
    """A row of a table. Cells are separated by two or more spaces."""
    return [re.sub(r"^\((.*)\)$", r"\1", cell) for cell in re.split(r" {2,}", row.strip())]


async def test_the_mishaps_are_rehearsed_and_the_table_shows_the_programme() -> None:
    code, out, err = await run(*DAY)
    assert (code, err) == (0, "")
    title, empty, head, *rows = out.splitlines()
    assert (title, empty) == ("Deutsch-Japanische Kooperationen, 2018-09-15", "")
    assert cells(head) == ["Berlin", "Tokyo", "On air", "Interpreted"]
    in_krefeld = [[here, *rest] for here, _in_tokio, *rest in map(cells, rows)]
    assert in_krefeld == [cells(row) for row in SEEN.splitlines()]


async def test_the_json_lines_are_in_the_order_of_the_contract() -> None:
    code, out, _ = await run(*DAY, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    for _, together in groupby(lines, key=lambda line: line["at"]):
        order = [ORDER[line["event"]] for line in together]
        assert order == sorted(order)
    assert [(line["type"], line["code"]) for line in lines if line["event"] == "refused"] == [
        ("next", "stale"),
        ("start", "invalid"),
    ]
    dropped = [
        line for line in lines if line["event"] == "channel" and line["at"][11:16] in ("11:22", "11:24")
    ]
    assert [(line["at"][11:19], line["language"], line["booth"]) for line in dropped] == [
        ("11:22:00", "de", None),
        ("11:24:00", "de", "kabine"),
    ]
    aired = [line["item"] for line in lines if line["event"] == "item-started"]
    assert not {"fragen-start-ups", "verabredungen", "reserve"} & set(aired)


async def test_all_faults_of_a_script_are_printed_and_nothing_is_rehearsed(tmp_path: Path) -> None:
    event = write(tmp_path)
    script = write(tmp_path, "- {at: 10:00, lose: tokyo}\n- {at: 10:01, do: {type: hodl}}\n", "script.yaml")
    code, out, err = await run("rehearse", str(event), "--script", str(script))
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        f"{script}:1:21: entry 1: lose: unknown source `tokyo`; did you mean `tokio`?",
        f"{script}:2:26: entry 2: do: type: unknown command `hodl`; did you mean `hold`?",
    ]


async def test_a_missing_script_is_named(tmp_path: Path) -> None:
    event = write(tmp_path, SHORT)
    code, out, err = await run("rehearse", str(event), "--script", str(tmp_path / "none.yaml"))
    assert (code, out) == (1, "")
    assert err == f"{tmp_path / 'none.yaml'}:1:1: file: there is no such file\n"
