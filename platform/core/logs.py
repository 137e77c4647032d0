"""Structured logs: one formatter for structlog and for every library that uses logging."""

import logging
import re
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

# What opens something by itself: an API key, the signature of an address, the links that mails carry. Never meant
# to be logged; taken out wherever it turns up all the same.
_SECRET = re.compile(
    r"""(hl_(?:live|test)_)[0-9A-Za-z]{38}
    |([?&](?:s|signature|token)=)[^&\s"']+
    |(/password/reset/key/|/confirm-email/)[^/\s"']+""",
    re.VERBOSE,
)


def redact(logger: Any, method: str, line: Any) -> str:
    """The finished line without API keys, signatures and mailed links."""
    return _SECRET.sub(lambda found: f"{found[1] or found[2] or found[3]}[redacted]", str(line))


def formatter(*, style: str) -> logging.Formatter:
    """The formatter named in settings.LOGGING. style: json | console."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        # Its default formatter prints local variables where rich is installed: keys and pictures among them.
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    tail = [structlog.processors.format_exc_info] if style == "json" else []
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail, renderer, redact],
    )


def configure() -> None:
    """Send structlog's events through logging."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
