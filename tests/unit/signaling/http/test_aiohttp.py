"""The private names of aiohttp that `signaling.listener.connection` uses."""

from __future__ import annotations

import inspect
from asyncio.selector_events import _SelectorSocketTransport  # type: ignore[attr-defined]

from aiohttp.base_protocol import BaseProtocol
from aiohttp.web_protocol import RequestHandler


def test_a_request_handler_has_the_attributes_that_we_read() -> None:
    assert {"_request_in_progress", "_message_tail"} <= set(RequestHandler.__slots__)
    assert {"_loop", "_reading_paused", "_buffer_paused"} <= set(BaseProtocol.__slots__)
    assert {"_pause_transport_reading", "_resume_transport_reading"} <= set(vars(BaseProtocol))


def test_the_transport_of_plain_tcp_has_a_maximum_read_size() -> None:
    assert isinstance(_SelectorSocketTransport.max_size, int)


def test_the_methods_that_we_override_have_the_same_signatures() -> None:
    names = {
        "set_parser": ["self", "parser", "data_received_cb"],
        "log_access": ["self", "request", "response", "time"],
        "handle_error": ["self", "request", "status", "exc", "message"],
        "data_received": ["self", "data"],
        "connection_lost": ["self", "exc"],
    }
    for name, parameters in names.items():
        assert list(inspect.signature(getattr(RequestHandler, name)).parameters) == parameters, name


def test_every_sent_response_is_logged() -> None:
    """This is how a connection knows that it is idle again."""
    source = inspect.getsource(RequestHandler.finish_response)
    assert source.count("self.log_access(") == 2


def test_faults_are_answered_and_logged_through_the_methods_that_we_override() -> None:
    assert "self.handle_error(" in inspect.getsource(RequestHandler._handle_request)
    assert "self.handle_error(" in inspect.getsource(RequestHandler._make_error_handler)
    assert "self.log_exception(" in inspect.getsource(RequestHandler.start)
