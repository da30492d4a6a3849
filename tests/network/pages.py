"""Browsers behind a line: what has to be changed in a page so that it sends to a relay instead of to the bridge.

Nothing else is needed: the bridge is ICE-lite, checks no candidate of the page's and answers to wherever a signed check
comes from, so the two ends cannot find each other past the relay.
"""

from __future__ import annotations


def behind(port: int) -> str:
    """A script for a page to run before its own: the port of every candidate in an answer becomes `port`."""
    return f"""(() => {{
  const apply = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (answer) {{
    const sdp = answer.sdp.replace(/^(a=candidate:(?:\\S+ ){{5}})\\d+/gm, '$1{port}');
    return apply.call(this, {{ type: answer.type, sdp }});
  }};
}})();"""
