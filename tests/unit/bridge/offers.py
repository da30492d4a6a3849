"""Offers of browsers, reduced to what an answer depends on."""

from __future__ import annotations

from collections.abc import Sequence

FINGERPRINT = ":".join(["A8"] * 32)
CHROMIUM_VIDEO = """\
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 106 107 98
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
{transport}
a=mid:{mid}
a=extmap:1 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 urn:3gpp:video-orientation
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a={direction}
a=msid:- 799b49cc-d655-4d91-873a-cfa0cf514f15
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 H264/90000
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=rtpmap:106 H264/90000
a=rtcp-fb:106 goog-remb
a=rtcp-fb:106 ccm fir
a=rtcp-fb:106 nack
a=rtcp-fb:106 nack pli
a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:107 rtx/90000
a=fmtp:107 apt=106
a=rtpmap:98 VP9/90000
a=fmtp:98 profile-id=0
{more}"""
CHROMIUM_AUDIO = """\
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13
c=IN IP4 0.0.0.0
{transport}
a=mid:{mid}
a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a={direction}
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:13 CN/8000
{more}"""
FIREFOX_VIDEO = """\
m=video 9 UDP/TLS/RTP/SAVPF 120 124 121
c=IN IP4 0.0.0.0
a={direction}
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:4/recvonly http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=fmtp:120 max-fs=12288;max-fr=60
a=fmtp:124 apt=120
{transport}
a=mid:{mid}
a=rtcp-fb:120 nack
a=rtcp-fb:120 nack pli
a=rtcp-fb:120 ccm fir
a=rtcp-fb:120 goog-remb
a=rtcp-mux
a=rtpmap:120 VP8/90000
a=rtpmap:124 rtx/90000
a=rtpmap:121 VP9/90000
{more}"""
OBS_VIDEO = """\
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=mid:{mid}
a={direction}
a=ssrc:2077433011 cname:3fu1dhEr0V2xPTcM
a=ssrc:2077433011 msid:obs obs-video
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 goog-remb
a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
a=rtpmap:97 RTX/90000
a=fmtp:97 apt=96
{transport}
{more}"""
DATA = """\
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
{transport}
a=mid:{mid}
a=sctp-port:5000
{more}"""
STREAM = """\
a=ssrc-group:FID 726503289 2443215473
a=ssrc:726503289 cname:J+DRrI8IDl974MAd
a=ssrc:2443215473 cname:J+DRrI8IDl974MAd
"""
LAYERS = """\
a=rid:h send
a=rid:l send
a=simulcast:send h;l
"""
TRANSPORT = f"""\
a=ice-ufrag:gM8+
a=ice-pwd:LdK7Fp2/CvC+7/C2ciypn4U8
a=ice-options:trickle
a=fingerprint:sha-256 {FINGERPRINT}
a=setup:actpass"""


def line(template: str, direction: str, more: str = "") -> str:
    """One m-line; `{mid}` is left for `offer`."""
    return template.replace("{direction}", direction).replace("{more}", more)


def offer(*lines: str, bundle: Sequence[str] | None = None, transport: str = TRANSPORT) -> str:
    """An offer of these m-lines, with the mids 0, 1, 2 and so on."""
    mids = [str(i) for i in range(len(lines))]
    head = f"v=0\no=- 4982850781425833064 2 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE {' '.join(bundle or mids)}\n"
    body = "".join(
        text.replace("{mid}", mid).replace("{transport}", transport)
        for mid, text in zip(mids, lines, strict=True)
    )
    return (head + body).replace("\n\n", "\n").replace("\n", "\r\n")


def hall() -> str:
    """A hall in Chromium: it sends picture and sound, and receives two pictures and five sounds."""
    return offer(
        line(CHROMIUM_VIDEO, "sendonly", STREAM),
        line(CHROMIUM_AUDIO, "sendonly", "a=ssrc:1553668713 cname:J+DRrI8IDl974MAd\n"),
        *[line(CHROMIUM_VIDEO, "recvonly")] * 2,
        *[line(CHROMIUM_AUDIO, "recvonly")] * 5,
    )
