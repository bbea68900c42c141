"""A chat completions server on 127.0.0.1 in a process of its own, for storms in the suite and for measurements."""

from tests.loopback.behaviour import Behaviour
from tests.loopback.process import Loopback, Question, Stats

__all__ = ["Behaviour", "Loopback", "Question", "Stats"]
