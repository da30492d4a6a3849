import asyncio
from tests.media.conftest import *
from tests.media.test_network import *
async def test_dbg(bridge):
    async with (
        relay(bridge.switchboard.number) as way,
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer", port=way.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        dtls = viewer.pc.getTransceivers()[0].receiver.transport
        way.dark = True
        p=bridge.switchboard._peers["viewer"]
        async with restarted(bridge, viewer, dtls) as joined:
            for i in range(12):
                await asyncio.sleep(1)
                st=bridge.switchboard.stats()[1]["viewer"]
                print(i,len(viewer.slots["program"].pictures),p.connection.ice.selected,way._far and [t.get_extra_info("sockname") for t in way._far.values()],p.connection.dropped,"last",asyncio.get_running_loop().time()-p.connection.last_heard,st, [ (s.name,s.current is not None,s.packets) for s in p.destination.slots], dtls._RTCDtlsTransport__rx_packets, viewer.pc.getTransceivers()[0].receiver._RTCRtpReceiver__jitter_buffer._packets.__len__() if hasattr(viewer.pc.getTransceivers()[0].receiver,'_RTCRtpReceiver__jitter_buffer') else None)
            assert len(viewer.slots["program"].pictures)<0
