"""Devices are listed from trees like /sys and /proc, and found by names that stay the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.room.devices.listing import (
    DeviceFault,
    camera_path,
    cameras,
    formats_of,
    sound_path,
    sounds,
)
from signaling.cli import devices as command
from signaling.cli import main

CARDS = """\
 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 31
 1 [BRIO           ]: USB-Audio - Logitech BRIO
                      Logitech BRIO at usb-0000:00:14.0-3, super speed
 2 [Mixer          ]: USB-Audio - ZOOM L-8
                      ZOOM L-8 at usb-0000:00:14.0-4, high speed
"""
PCM = """\
00-00: ALC892 Analog : ALC892 Analog : playback 1 : capture 1
00-03: HDMI 0 : HDMI 0 : playback 1
01-00: USB Audio : USB Audio : capture 1
02-00: USB Audio : USB Audio : playback 1 : capture 1
03-00: USB Audio : USB Audio : capture 1
"""
BRIO = "usb-046d_Logitech_BRIO_9A2C-video-index0"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A hall's PC: a webcam with its metadata node, a capture card without a serial number, and three sound cards."""
    nodes = (
        ("video0", "Logitech BRIO", 0),
        ("video1", "Logitech BRIO", 1),
        ("video10", "Cam Link 4K", 0),
    )
    for node, name, index in nodes:
        folder = tmp_path / "sys/class/video4linux" / node
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"{name}\n")
        (folder / "index").write_text(f"{index}\n")
    for folder_name, link, node in (
        ("by-id", BRIO, "video0"),
        ("by-path", "pci-0000:00:14.0-usb-0:3:1.0-video-index0", "video0"),
        ("by-path", "pci-0000:05:00.0-video-index0", "video10"),
    ):
        links = tmp_path / "dev/v4l" / folder_name
        links.mkdir(parents=True, exist_ok=True)
        (links / link).symlink_to(f"../../{node}")
    asound = tmp_path / "proc/asound"
    asound.mkdir(parents=True)
    (asound / "cards").write_text(CARDS)
    (asound / "pcm").write_text(PCM)
    return tmp_path


def formats(node: Path) -> list[str] | None:
    return {"video0": ["MJPG", "YUYV"], "video1": [], "video10": ["NV12"]}[node.name]


def test_cameras_have_stable_names_and_the_node_of_metadata_is_none(root: Path) -> None:
    found = [(one.name, one.label, one.can, one.path) for one in cameras(root, formats)]
    assert found == [
        (BRIO, "Logitech BRIO", "MJPG, YUYV", "/dev/video0"),
        ("pci-0000:05:00.0-video-index0", "Cam Link 4K", "NV12", "/dev/video10"),
    ]


def test_without_permission_the_index_shows_the_node_of_metadata(root: Path) -> None:
    assert [one.path for one in cameras(root, lambda _: None)] == ["/dev/video0", "/dev/video10"]


def test_a_file_that_is_no_v4l2_node_has_no_formats(tmp_path: Path) -> None:
    node = tmp_path / "video0"
    assert formats_of(node) is None
    node.touch()
    assert formats_of(node) is None


def test_sound_devices_are_listed_in_their_directions_by_the_id_of_their_card(root: Path) -> None:
    assert [(one.kind, one.name, one.label) for one in sounds(root)] == [
        ("microphone", "plughw:CARD=PCH,DEV=0", "HDA Intel PCH: ALC892 Analog"),
        ("loudspeaker", "plughw:CARD=PCH,DEV=0", "HDA Intel PCH: ALC892 Analog"),
        ("loudspeaker", "plughw:CARD=PCH,DEV=3", "HDA Intel PCH: HDMI 0"),
        ("microphone", "plughw:CARD=BRIO,DEV=0", "Logitech BRIO: USB Audio"),
        ("microphone", "plughw:CARD=Mixer,DEV=0", "ZOOM L-8: USB Audio"),
        ("loudspeaker", "plughw:CARD=Mixer,DEV=0", "ZOOM L-8: USB Audio"),
    ]


@pytest.mark.parametrize("name", [BRIO, "Logitech BRIO", "logitech", "/dev/video0"])
def test_a_camera_is_found_by_its_name_its_label_or_a_part_of_it(root: Path, name: str) -> None:
    assert camera_path(name, root) == "/dev/video0"


def test_a_camera_is_found_again_under_another_number(root: Path) -> None:
    folder = root / "sys/class/video4linux"
    (folder / "video0").rename(folder / "video2")
    link = root / "dev/v4l/by-id" / BRIO
    link.unlink()
    link.symlink_to("../../video2")
    assert camera_path(BRIO, root) == "/dev/video2"


def test_an_address_and_a_camera_that_is_not_there(root: Path) -> None:
    assert camera_path("rtsp://camera.example/1", root) == "rtsp://camera.example/1"
    with pytest.raises(DeviceFault, match="no camera Elgato now; `schalte devices` lists them") as fault:
        camera_path("Elgato", root)
    assert fault.value.status == "missing"


def test_a_sound_device_is_found_by_card_label_or_alsa_name(root: Path) -> None:
    assert sound_path("Mixer", "loudspeaker", root) == "plughw:CARD=Mixer,DEV=0"
    assert sound_path("zoom", "microphone", root) == "plughw:CARD=Mixer,DEV=0"
    assert sound_path("PCH", "loudspeaker", root) == "plughw:CARD=PCH,DEV=0", "the card's first"
    assert sound_path("hdmi 0", "loudspeaker", root) == "plughw:CARD=PCH,DEV=3"
    for name in ("default", "hw:1", "hall_mix"):
        assert sound_path(name, "microphone", root) == name, "a name of the ALSA configuration"


def test_a_name_of_several_devices_is_a_fault_that_names_them(root: Path) -> None:
    with pytest.raises(DeviceFault, match="plughw:CARD=BRIO,DEV=0, plughw:CARD=Mixer,DEV=0") as fault:
        sound_path("usb audio", "microphone", root)
    assert fault.value.status == "failed"


def test_a_machine_without_devices_has_none(tmp_path: Path) -> None:
    assert cameras(tmp_path) == []
    assert sounds(tmp_path) == []


def test_the_command_lists_them_for_people_and_for_programs(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ROOT", root)
    monkeypatch.setenv("PATH", str(root))
    assert main(["devices"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].split() == [
        "camera",
        BRIO,
        "Logitech",
        "BRIO",
        "(cannot",
        "be",
        "opened",
        "now)",
    ]
    assert "install alsa-utils" in err
    assert main(["devices", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["kind"] for row in rows] == ["camera"] * 2 + ["microphone"] * 3 + ["loudspeaker"] * 3
    assert rows[2] == {
        "kind": "microphone",
        "name": "plughw:CARD=PCH,DEV=0",
        "label": "HDA Intel PCH: ALC892 Analog",
        "can": "capture",
        "path": "plughw:CARD=PCH,DEV=0",
    }


def test_a_short_name_goes_before_a_label_that_contains_it(root: Path) -> None:
    """A card called `Mixer`, and another one whose label has that word."""
    cards = root / "proc/asound/cards"
    cards.write_text(CARDS.replace("Logitech BRIO", "Mixer Buddy"))
    assert sound_path("mixer", "microphone", root) == "plughw:CARD=Mixer,DEV=0"
