"""Browsers behind a line: the change to a page that makes it send to a relay in place of the bridge.

Nothing else is needed. The bridge is ICE-lite: it checks no candidate of the page and answers to the source of a signed
check, so the two ends cannot find each other past the relay.
"""

from __future__ import annotations


def behind(port: int) -> str:
    """A script that a page runs before its own. It changes the port of every candidate in an answer to `port`."""
    return f"""(() => {{
  const apply = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (answer) {{
    const sdp = answer.sdp.replace(/^(a=candidate:(?:\\S+ ){{5}})\\d+/gm, '$1{port}');
    return apply.call(this, {{ type: answer.type, sdp }});
  }};
}})();"""
