"""Where we ask and as whom, read from the settings before anything is sent.

Promises: what is missing or cannot be is told in one line that says what to set; the key stands in no message and
in no representation of what is returned. Asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from pipeline.completion import one_line
from pipeline.errors import SetupError
from pipeline.settings import Settings

NO_KEY = "set OPENAI_API_KEY (any value for a local server) or use --replies recorded"
BAD_KEY = "OPENAI_API_KEY holds characters that no key has; set it again"
NO_MODEL = "set MECHSYN_MODEL or --model to a model that the endpoint serves"
BAD_URL = "OPENAI_BASE_URL is no address; set it to one like http://localhost:8000/v1"


@dataclass(frozen=True)
class Access:
    """A key, an address (None: the client's own) and a model, each of a form that can be sent."""

    key: str = field(repr=False)
    base_url: str | None = field(repr=False)
    model: str

    @classmethod
    def of(cls, settings: Settings) -> Access:
        """The access that the settings give; SetupError names the first thing to set."""
        return cls(key=key_of(settings), base_url=base_url_of(settings), model=model_of(settings))

    def safe(self, text: str) -> str:
        """`text` on one line and without the key: some servers say which key they refused."""
        return one_line(text.replace(self.key, "[key]"))


def key_of(settings: Settings) -> str:
    """The key; SetupError when there is none or it could not stand in a header."""
    key = settings.openai_api_key.get_secret_value().strip() if settings.openai_api_key is not None else ""
    if not key:
        raise SetupError(NO_KEY)
    if not (key.isascii() and key.isprintable()):
        raise SetupError(BAD_KEY)
    return key


def model_of(settings: Settings) -> str:
    """The model; SetupError when none is set."""
    if not settings.model:
        raise SetupError(NO_MODEL)
    return settings.model


def base_url_of(settings: Settings) -> str | None:
    """The address, or None where the client's own default is meant; SetupError when it is no http address."""
    url = settings.openai_base_url
    if not url:
        return None
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or not url.isprintable():
        raise SetupError(BAD_URL)
    return url


def without_credentials(url: str) -> str:
    """The address as it may be shown: no user, no password, no query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0
    except ValueError:
        return None
    return parts if usable else None
