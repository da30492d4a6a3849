"""Which checks are accepted and answered, and which address is selected."""

from __future__ import annotations

import random

import pytest
from aioice import stun

from bridge.net.consent import CONSENT_S
from bridge.net.ice import (
    MAX_ADDRESSES,
    MAX_REMEMBERED_IDS,
    MEDIA_MOVE_S,
    NO_ADDRESS,
    SILENT_ADDRESS_S,
    IceLite,
)
from bridge.net.stun import BadStun, parse
from bridge.sdp.answer import Credentials
from tests.unit.bridge.net.test_stun import DTLS_IN_STUN, EMPTY_CHECK, extended
from tests.unit.bridge.stun import REMOTE, answer, answer_at, check

HERE, THERE = ("127.0.0.1", 1000), ("127.0.0.1", 2000)


@pytest.fixture
def ice() -> IceLite:
    return IceLite(REMOTE)


def accept(ice: IceLite, data: bytes, address: tuple[str, int] = HERE, now: float = 0.0) -> list[bytes]:
    return ice.accept(parse(data), address, now)


@pytest.fixture
def settled(ice: IceLite) -> IceLite:
    """After the handshake, at HERE."""
    accept(ice, check(ice.credentials))
    ice.establish()
    return ice


def shown(ice: IceLite, address: tuple[str, int], now: float = 0.0, *, remote: Credentials = REMOTE) -> None:
    """The peer answers the check sent to `address`."""
    ice.on_answer(parse(answer_at(ice, address, remote)), address, now)


def test_the_response_is_signed_and_has_the_peers_address(ice: IceLite) -> None:
    request = check(ice.credentials)
    response = stun.parse_message(accept(ice, request)[0])
    assert response.message_class is stun.Class.RESPONSE
    assert response.transaction_id == request[8:20]
    assert response.attributes["XOR-MAPPED-ADDRESS"] == HERE
    assert response.check_message_integrity(ice.credentials.password.encode())
    assert "FINGERPRINT" in response.attributes


def test_an_ipv4_peer_on_a_dual_stack_socket_gets_its_ipv4_address(ice: IceLite) -> None:
    response, *_ = ice.accept(parse(check(ice.credentials)), ("::ffff:192.0.2.1", 1000, 0, 0), 0.0)
    assert stun.parse_message(response).attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.1", 1000)


def test_the_first_good_check_selects_its_address(ice: IceLite) -> None:
    assert ice.selected is NO_ADDRESS
    accept(ice, check(ice.credentials))
    assert ice.selected == HERE


def test_a_nomination_moves_the_peer_when_it_has_shown_that_it_receives_there(settled: IceLite) -> None:
    response, ours = accept(settled, check(settled.credentials, has_use_candidate=True), THERE)
    assert settled.selected == HERE
    assert stun.parse_message(response).message_class is stun.Class.RESPONSE
    settled.on_answer(parse(answer(ours)), THERE, 0.1)
    assert settled.selected == THERE


def test_a_path_that_the_peer_has_shown_before_is_used_at_once(settled: IceLite) -> None:
    accept(settled, check(settled.credentials), THERE)
    shown(settled, THERE)
    assert settled.selected == HERE
    accept(settled, check(settled.credentials, has_use_candidate=True), THERE, now=CONSENT_S * 0.9)
    assert settled.selected == THERE


def test_a_check_of_a_backup_path_does_not_move_a_living_peer(settled: IceLite) -> None:
    settled.on_media(HERE, 10.0)
    accept(settled, check(settled.credentials), THERE, now=10.0 + SILENT_ADDRESS_S / 2)
    shown(settled, THERE, 10.0 + SILENT_ADDRESS_S / 2)
    assert settled.selected == HERE
    assert THERE in settled.addresses
    assert MEDIA_MOVE_S < SILENT_ADDRESS_S / 2, "only media may move it so soon"


def test_a_check_from_a_new_address_moves_a_peer_whose_old_one_is_silent(settled: IceLite) -> None:
    """A NAT rebinding: everything then comes from the new address."""
    settled.on_media(HERE, 10.0)
    now = 10.0 + SILENT_ADDRESS_S * 1.1
    accept(settled, check(settled.credentials), THERE, now)
    shown(settled, THERE, now + 0.1)
    assert settled.selected == THERE


def test_media_from_a_new_address_moves_a_peer_as_soon_as_the_old_one_is_silent(settled: IceLite) -> None:
    settled.on_media(HERE, 10.0)
    settled.add_address(THERE)
    assert settled.on_media(THERE, 10.0 + MEDIA_MOVE_S * 0.9) is None
    ours = settled.on_media(THERE, 10.1 + MEDIA_MOVE_S)
    assert ours is not None
    assert settled.selected == HERE
    settled.on_answer(parse(answer(ours)), THERE, 10.2 + MEDIA_MOVE_S)
    assert settled.selected == THERE


def test_media_from_the_old_address_before_the_answer_keeps_a_peer_there(settled: IceLite) -> None:
    settled.add_address(THERE)
    settled.on_media(THERE, 10.0)
    settled.on_media(HERE, 10.1)
    shown(settled, THERE, 10.2)
    assert settled.selected == HERE


def test_media_overtaken_in_a_change_of_path_does_not_move_a_peer_back(settled: IceLite) -> None:
    accept(settled, check(settled.credentials, has_use_candidate=True), THERE, now=20.0)
    shown(settled, THERE, 20.0)
    settled.on_media(HERE, 20.0 + MEDIA_MOVE_S / 2)
    assert settled.selected == THERE


# Consent, and copies


def test_a_faster_copy_from_elsewhere_moves_nothing_and_the_peer_is_answered(settled: IceLite) -> None:
    """An eavesdropper sends it on before it arrives, so that the peer's pictures go there."""
    for now in (10.0, 20.0, 40.0, 65.0):
        data = check(settled.credentials, has_use_candidate=True)
        accept(settled, data, THERE, now)
        assert len(accept(settled, data, HERE, now)) >= 1
        settled.on_media(HERE, now)
        assert settled.selected == HERE


@pytest.mark.parametrize("is_alive", [True, False])
def test_a_later_copy_from_elsewhere_is_ignored(settled: IceLite, is_alive: bool) -> None:
    data = check(settled.credentials, has_use_candidate=True)
    accept(settled, data)
    with pytest.raises(BadStun, match="repeated transaction id"):
        accept(settled, data, THERE, now=1.0 if is_alive else 20.0)
    assert THERE not in settled.addresses
    assert settled.selected == HERE


def test_a_copy_older_than_the_memory_moves_nothing(settled: IceLite) -> None:
    data = check(settled.credentials, has_use_candidate=True)
    accept(settled, data)
    for _ in range(MAX_REMEMBERED_IDS):
        accept(settled, check(settled.credentials))
    assert len(settled._ids) == MAX_REMEMBERED_IDS
    sent = [len(accept(settled, data, THERE, now=20.0 + i / 100)) for i in range(10)]
    assert sent == [2, *[1] * 9], "few packets are sent there"
    assert settled.selected == HERE


def test_copies_do_not_keep_a_peer_alive_that_has_gone(settled: IceLite) -> None:
    """From its own address, and older than the memory."""
    shown_late = accept(settled, check(settled.credentials), now=10.0)
    settled.on_answer(parse(answer(shown_late[1])), HERE, 10.0)
    for second in range(11, 60):
        accept(settled, check(settled.credentials), now=float(second))
        assert settled.last_check == 10.0
        assert settled.expire(second) is (second == 10 + CONSENT_S + 1)
    assert settled.selected is NO_ADDRESS


def test_a_peer_whose_consent_has_expired_comes_back_with_its_answer(settled: IceLite) -> None:
    settled.on_media(HERE, 1.0)
    assert settled.expire(1.1 + CONSENT_S)
    _, ours = accept(settled, check(settled.credentials), now=40.0)
    assert settled.selected is NO_ADDRESS
    settled.on_answer(parse(answer(ours)), HERE, 40.1)
    assert settled.selected == HERE


def test_an_agent_that_answers_nothing_consents_by_new_checks_and_cannot_move(settled: IceLite) -> None:
    data = check(settled.credentials)
    for second in range(100):
        accept(settled, check(settled.credentials), now=float(second))
        assert not settled.expire(second)
    accept(settled, check(settled.credentials, has_use_candidate=True), THERE, now=100.0)
    assert settled.selected == HERE
    accept(settled, data, now=101.0)
    for second in range(102, 140):
        accept(settled, data, now=float(second))
        settled.expire(second)
    assert settled.selected is NO_ADDRESS, "repeated checks are no sign of life"


@pytest.mark.parametrize(
    "fault", ["another id", "another password", "another address", "unsigned", "reflected", "twice"]
)
def test_only_the_signed_answer_from_the_asked_address_counts(settled: IceLite, fault: str) -> None:
    _, ours = accept(settled, check(settled.credentials, has_use_candidate=True), THERE)
    good = answer(ours)
    data = {
        "another id": answer(check(settled.credentials)),
        "another password": answer(ours, Credentials("peer", "x" * 24)),
        "reflected": ours,
        "unsigned": good[:2] + bytes(2) + good[4:20],
    }.get(fault, good)
    if fault == "twice":
        settled.on_answer(parse(data), THERE, 0.0)
    address = ("127.0.0.1", 3000) if fault == "another address" else THERE
    with pytest.raises(BadStun, match="not the answer"):
        settled.on_answer(parse(data), address, 0.0)
    assert settled.selected == (THERE if fault == "twice" else HERE)


def test_a_retransmitted_check_is_answered_again(ice: IceLite) -> None:
    """aioice retransmits when our response was lost."""
    data = check(ice.credentials)
    accept(ice, data)
    assert accept(ice, data, now=0.5)


def test_before_the_handshake_a_copy_gets_a_check_alone(ice: IceLite) -> None:
    """The copy of an eavesdropper may have come first."""
    data = check(ice.credentials)
    accept(ice, data, THERE)
    (ours,) = accept(ice, data)
    assert stun.parse_message(ours).message_class is stun.Class.REQUEST
    ice.on_answer(parse(answer(ours)), HERE, 0.1)
    accept(ice, check(ice.credentials, has_use_candidate=True), now=0.2)
    assert ice.selected == HERE


def test_before_the_handshake_the_address_that_answers_replaces_one_that_does_not(ice: IceLite) -> None:
    data = check(ice.credentials)
    accept(ice, data, THERE)
    (ours,) = accept(ice, data)
    assert ice.selected == THERE
    ice.on_answer(parse(answer(ours)), HERE, 0.1)
    assert ice.selected == HERE


def test_our_check_is_signed_and_named_as_the_peer_expects(ice: IceLite) -> None:
    _, ours = accept(ice, check(ice.credentials))
    message = stun.parse_message(ours)
    assert message.attributes["USERNAME"] == f"{REMOTE.ufrag}:{ice.credentials.ufrag}"
    assert "ICE-CONTROLLED" in message.attributes
    assert "USE-CANDIDATE" not in message.attributes
    assert message.check_message_integrity(REMOTE.password.encode())


@pytest.mark.parametrize(
    ("username", "password", "reason"),
    [("stranger", None, "unknown username"), ("peer", "x" * 32, "wrong signature")],
)
def test_a_check_that_is_not_the_peers_is_refused_and_changes_nothing(
    ice: IceLite, username: str, password: str | None, reason: str
) -> None:
    with pytest.raises(BadStun, match=reason):
        accept(ice, check(ice.credentials, username, password=password, has_use_candidate=True))
    assert ice.selected is NO_ADDRESS
    assert ice.addresses == []


def test_an_unsigned_check_is_refused(ice: IceLite) -> None:
    attributes = {"USERNAME": f"{ice.credentials.ufrag}:peer"}
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=attributes)
    with pytest.raises(BadStun, match="wrong signature"):
        accept(ice, bytes(message))


def test_addresses_are_limited_and_the_selected_one_is_kept(ice: IceLite) -> None:
    accept(ice, check(ice.credentials))
    for port in range(2000, 2000 + 2 * MAX_ADDRESSES):
        accept(ice, check(ice.credentials), ("127.0.0.1", port))
        ice.add_address(("127.0.0.2", port))
    assert len(ice.addresses) == MAX_ADDRESSES
    assert len(ice._consent._checks) <= MAX_ADDRESSES
    assert ice.selected == HERE
    assert HERE in ice.addresses


# ICE restarts (RFC 8445 section 9)

AGAIN = Credentials("again", "the password of the restart")
THIRD = Credentials("third", "the password of another restart")


def restart(ice: IceLite, remote: Credentials = AGAIN) -> Credentials:
    """Returns the bridge's new credentials."""
    ice.restart(remote)
    return ice.credentials


def nominate(ice: IceLite, local: Credentials, remote: Credentials, address: tuple[str, int]) -> None:
    """A check with USE-CANDIDATE, and the peer's answer to the one sent back, if one is."""
    if len(accept(ice, check(local, remote.ufrag, has_use_candidate=True), address)) > 1:
        shown(ice, address, 0.1, remote=remote)


def is_accepted(ice: IceLite, local: Credentials, remote: Credentials) -> bool:
    try:
        accept(ice, check(local, remote.ufrag))
    except BadStun:
        return False
    return True


def test_in_a_restart_the_old_credentials_are_accepted_until_the_new_ones_nominate(settled: IceLite) -> None:
    old, new = settled.credentials, restart(settled)
    assert new.ufrag != old.ufrag
    assert is_accepted(settled, old, REMOTE)
    accept(settled, check(new, AGAIN.ufrag), THERE)
    shown(settled, THERE, remote=AGAIN)
    assert settled.selected == HERE, "no new path is nominated, and the old one is alive"
    assert is_accepted(settled, old, REMOTE)
    nominate(settled, new, AGAIN, THERE)
    assert settled.selected == THERE
    assert not is_accepted(settled, old, REMOTE)


def test_old_checks_move_the_peer_only_before_the_first_new_one(settled: IceLite) -> None:
    """A browser goes on checking its old path with USE-CANDIDATE, also while it tries the new ones."""
    old, new = settled.credentials, restart(settled)
    nominate(settled, old, REMOTE, THERE)
    assert settled.selected == THERE
    accept(settled, check(new, AGAIN.ufrag, has_use_candidate=False), HERE)
    nominated_at = ("127.0.0.1", 3000)
    data = check(old, has_use_candidate=True)
    assert stun.parse_message(accept(settled, data, nominated_at)[0]).message_class is stun.Class.RESPONSE
    settled.on_answer(parse(answer_at(settled, nominated_at, AGAIN)), nominated_at, 0.1)
    assert settled.selected == THERE


def test_a_late_check_of_the_old_path_does_not_end_the_move_to_a_new_one(settled: IceLite) -> None:
    shown(settled, HERE)
    settled.on_media(HERE, 10.0)
    old, new = settled.credentials, restart(settled)
    now = 10.0 + MEDIA_MOVE_S * 1.1
    accept(settled, check(new, AGAIN.ufrag), THERE, now)
    accept(settled, check(old, has_use_candidate=True), HERE, now)
    shown(settled, THERE, now + 0.1, remote=AGAIN)
    assert settled.selected == THERE


def test_a_restart_on_a_dead_path_moves_the_peer_without_waiting_for_the_nomination(settled: IceLite) -> None:
    settled.on_media(HERE, 10.0)
    new = restart(settled)
    now = 10.0 + MEDIA_MOVE_S * 1.1
    accept(settled, check(new, AGAIN.ufrag), THERE, now)
    shown(settled, THERE, now + 0.1, remote=AGAIN)
    assert settled.selected == THERE


def test_restarts_that_come_to_nothing_keep_the_credentials_in_use(settled: IceLite) -> None:
    """The page offers again and again while its answers are lost."""
    old = settled.credentials
    unused = [restart(settled) for _ in range(5)]
    second, new = restart(settled), restart(settled, THIRD)
    assert is_accepted(settled, old, REMOTE)
    assert is_accepted(settled, second, AGAIN)
    assert not is_accepted(settled, unused[-1], AGAIN), "only the newest two and the one in use"
    assert len(settled.generations) == 3
    nominate(settled, second, AGAIN, THERE)
    assert settled.selected == THERE
    assert not is_accepted(settled, old, REMOTE)
    assert is_accepted(settled, new, THIRD), "the newest is still to come"


def test_restarts_keep_the_credentials_that_are_in_use_before_they_nominate(settled: IceLite) -> None:
    """Chromium may check for a second before it nominates, and its page may offer again meanwhile."""
    old, used = settled.credentials, restart(settled)
    accept(settled, check(used, AGAIN.ufrag), HERE)
    for _ in range(3):
        restart(settled, THIRD)
    assert is_accepted(settled, used, AGAIN)
    assert is_accepted(settled, old, REMOTE), "nothing has ended it"
    nominate(settled, used, AGAIN, THERE)
    assert settled.selected == THERE
    assert not is_accepted(settled, old, REMOTE)


def test_a_check_that_carries_dtls_records_is_accepted(ice: IceLite) -> None:
    """Chromium with WebRTC-IceHandshakeDtls: 1168 bytes of attributes, then the signature and FINGERPRINT."""
    username = (0x0006, f"{ice.credentials.ufrag}:peer".encode())
    data = extended(EMPTY_CHECK, username)
    data = extended(data, (DTLS_IN_STUN, bytes(1168 - (len(data) - 20) - 4)))
    signature = stun.message_integrity(data, ice.credentials.password.encode())
    accept(ice, extended(data, (0x0008, signature), (0x8028, bytes(4))))
    assert ice.selected == HERE


@pytest.mark.parametrize(
    "attribute", [(0x0025, b""), (0x0006, b"stranger:peer"), (0x0008, bytes(20))], ids=lambda a: hex(a[0])
)
def test_attributes_after_the_signature_are_ignored(ice: IceLite, attribute: tuple[int, bytes]) -> None:
    """Anyone on the path can add them."""
    data = extended(check(ice.credentials), attribute)
    assert not parse(data).has_use_candidate
    accept(ice, data)
    assert ice.selected == HERE


def test_no_other_bytes_count_as_an_answer_or_raise_anything_else(settled: IceLite) -> None:
    _, ours = accept(settled, check(settled.credentials, has_use_candidate=True), THERE)
    good = answer(ours)
    rng = random.Random(2)
    for _ in range(5000):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
        hostile = bytes(data) if rng.random() < 0.5 else bytes(data[: rng.randrange(len(data))])
        signed = slice(4, len(good) - 8)  # the length before it is not, nor FINGERPRINT after it
        if hostile[:2] == good[:2] and hostile[signed] == good[signed]:
            continue
        with pytest.raises(BadStun):
            settled.on_answer(parse(hostile), THERE, 0.1)
    settled.on_answer(parse(good), THERE, 0.2)
    assert settled.selected == THERE
