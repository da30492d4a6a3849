"""A peer that costs almost no CPU: a real handshake (ICE, DTLS of aiortc), then a socket and two SRTP sessions.

It is the full ICE agent for a lite one, and the DTLS client. Offers and answers are like Chromium's, without the parts
that the servers ignore.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import struct
from contextlib import suppress
from functools import cache
from typing import cast

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport
from pylibsrtp import Session

from tests.bench.netns import ADDRESS

VIDEO, RTX, AUDIO = 96, 97, 111
"""Payload types."""
SEND_TIME_ID = 2
"""Id of the header extension abs-send-time."""
HANDSHAKE_TIMEOUT_S = 10.0
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
"""Large enough to lose no packet on this side."""
TIMESTAMPS = getattr(socket, "SO_TIMESTAMPNS", 35)
"""Lets the kernel record arrival times, independent of the reader."""

_SESSION = """\
v=0
o=- {session} 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE {mids}
"""
_TRANSPORT = """\
c=IN IP4 0.0.0.0
a=ice-ufrag:{ufrag}
a=ice-pwd:{password}
a=fingerprint:sha-256 {fingerprint}
a=setup:active
a=rtcp-mux
a=candidate:1 1 udp 2130706431 {address} {port} typ host
a=end-of-candidates
"""
_VIDEO = f"""\
m=video 9 UDP/TLS/RTP/SAVPF {VIDEO} {RTX}
a=extmap:{SEND_TIME_ID} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=rtpmap:{VIDEO} VP8/90000
a=rtcp-fb:{VIDEO} goog-remb
a=rtcp-fb:{VIDEO} ccm fir
a=rtcp-fb:{VIDEO} nack
a=rtcp-fb:{VIDEO} nack pli
a=rtpmap:{RTX} rtx/90000
a=fmtp:{RTX} apt={VIDEO}
"""
_AUDIO = f"""\
m=audio 9 UDP/TLS/RTP/SAVPF {AUDIO}
a=rtpmap:{AUDIO} opus/48000/2
"""
_KEPT_LINES = re.compile(r"(m=|a=mid:|a=rtpmap:|a=fmtp:|a=rtcp-fb:|a=extmap:)")


class Peer:
    """One end of a connection. After `connect`, it is only a socket and two SRTP sessions."""

    def __init__(self, address: str = ADDRESS) -> None:
        """`address` is that of both ends: this one's, and the server's candidate."""
        self.ssrc = secrets.randbelow(0xFFFF_FFFF) + 1
        self.inward: Session
        self.outward: Session
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind((address, 0))
        self._address = address
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self.socket.setsockopt(socket.SOL_SOCKET, TIMESTAMPS, 1)
        self._remote = "", ""
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._dtls: RTCDtlsTransport | None = None

    def close(self) -> None:
        """Close without a message to the server."""
        if self._dtls and self._dtls._task:
            self._dtls._task.cancel()
        self.socket.close()

    # Offer and answer -------------------------------------------------------------------------------

    def offer(self, *, sends: bool) -> str:
        """The offer of a camera that sends only video, or of a hall with every receiving m-line."""
        if sends:
            ssrc = f"a=ssrc:{self.ssrc} cname:bench\na=ssrc:{self.ssrc} msid:- camera\n"
            return self._describe([_VIDEO + "a=sendonly\na=msid:- camera\n" + ssrc])
        return self._describe([line + "a=recvonly\n" for line in [_VIDEO] * 2 + [_AUDIO] * 5])

    def answer(self, offer: str) -> str:
        """The answer that accepts every m-line of an offer."""
        _, *lines = re.split(r"^(?=m=)", offer.replace("\r\n", "\n"), flags=re.MULTILINE)
        kept = ["".join(text for text in line.splitlines(True) if _KEPT_LINES.match(text)) for line in lines]
        return self._describe([line + "a=recvonly\n" for line in kept])

    def _describe(self, lines: list[str]) -> str:
        fingerprint = next(f.value for f in _certificate().getFingerprints() if f.algorithm == "sha-256")
        address, port = self.socket.getsockname()
        transport = _TRANSPORT.format(
            ufrag=self._ufrag, password=self._password, fingerprint=fingerprint, address=address, port=port
        )
        named = [line if "a=mid:" in line else f"{line}a=mid:{i}\n" for i, line in enumerate(lines)]
        mids = " ".join(re.findall(r"a=mid:(\S+)", "".join(named)))
        session = _SESSION.format(session=secrets.randbits(62), mids=mids)
        return (session + "".join(line + transport for line in named)).replace("\n", "\r\n")

    # The handshake ----------------------------------------------------------------------------------

    async def connect(self, theirs: str) -> None:
        """Do the ICE and DTLS handshake with a remote description.

        Raises:
            ConnectionError: the handshake failed.
            TimeoutError: there was no answer.
        """
        self.socket.connect(_candidate(theirs, self._address))
        self._remote = _value(theirs, "ice-ufrag"), _value(theirs, "ice-pwd")
        algorithm, _, digest = _value(theirs, "fingerprint").partition(" ")
        fingerprint = RTCDtlsParameters([RTCDtlsFingerprint(algorithm.lower(), digest)])
        records = _Records(self.socket, self._password)
        loop = asyncio.get_running_loop()
        loop.add_reader(self.socket, records.read)
        checking = loop.create_task(self._keep_checking())
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await records.answered.wait()
                self._dtls = RTCDtlsTransport(cast(RTCIceTransport, records), [_certificate()])
                self._dtls._set_role("client")
                await self._dtls.start(fingerprint)
        finally:
            checking.cancel()
            loop.remove_reader(self.socket)
        if self._dtls.state != "connected":
            raise ConnectionError("the DTLS handshake has failed")
        self.inward, self.outward = self._dtls._rx_srtp, self._dtls._tx_srtp

    async def _keep_checking(self) -> None:
        while True:
            self.socket.send(self.check)
            await asyncio.sleep(0.05)

    @property
    def check(self) -> bytes:
        """A new ICE check, which also renews consent (RFC 7675)."""
        ufrag, password = self._remote
        message = stun.Message(
            stun.Method.BINDING,
            stun.Class.REQUEST,
            attributes={
                "USERNAME": f"{ufrag}:{self._ufrag}",
                "PRIORITY": 1,
                "ICE-CONTROLLING": secrets.randbits(63),
                "USE-CANDIDATE": None,
            },
        )
        message.add_message_integrity(password.encode())
        return bytes(message)

    def report(self, ssrc: int, highest: int) -> bytes:
        """An encrypted receiver report on `ssrc` without loss (RFC 3550 section 6.4.2)."""
        block = struct.pack("!LLLLLL", ssrc, 0, highest, 0, 0, 0)
        return self.outward.protect_rtcp(struct.pack("!BBHL", 0x81, 201, 7, self.ssrc) + block)


@cache
def _certificate() -> RTCCertificate:
    """One for all peers, since making one is slow."""
    return RTCCertificate.generateCertificate()


class _Records:
    """A minimal `RTCIceTransport` for an `RTCDtlsTransport`."""

    role = "controlling"

    def __init__(self, sock: socket.socket, password: str) -> None:
        self.answered = asyncio.Event()
        self._socket = sock
        self._password = password
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(64)

    def read(self) -> None:
        with suppress(BlockingIOError, ConnectionRefusedError):
            data = self._socket.recv(2048)
            if data[0] < 4:
                self._on_stun(stun.parse_message(data))
            elif 19 < data[0] < 64:
                self._waiting.put_nowait(data)

    def _on_stun(self, message: stun.Message) -> None:
        """Handle an answer or a check: libnice sends checks even as a lite agent, and waits for their answers."""
        if message.message_class is not stun.Class.REQUEST:
            self.answered.set()
            return
        answer = stun.Message(
            stun.Method.BINDING,
            stun.Class.RESPONSE,
            transaction_id=message.transaction_id,
            attributes={"XOR-MAPPED-ADDRESS": self._socket.getpeername()},
        )
        answer.add_message_integrity(self._password.encode())
        self._socket.send(bytes(answer))

    async def _recv(self) -> bytes:
        return await self._waiting.get()

    async def _send(self, data: bytes) -> None:
        self._socket.send(data)


def _value(text: str, name: str) -> str:
    found = re.search(rf"^a={name}:(\S.*?)\r?$", text, re.MULTILINE)
    if not found:
        raise ConnectionError(f"no a={name} in the server's description")
    return found[1]


def _candidate(text: str, address: str) -> tuple[str, int]:
    """The UDP candidate with this address."""
    found = re.search(
        rf"^a=candidate:\S+ 1 udp \d+ {re.escape(address)} (\d+) ", text, re.MULTILINE | re.IGNORECASE
    )
    if not found:
        raise ConnectionError(f"no candidate on {address} in the server's description")
    return address, int(found[1])
