"""The one error class of the services. Views never build error replies by hand."""

from typing import Any


class AppError(Exception):
    """A refusal that a caller can act on.

    code: stable, for programs. status: HTTP status. message: one sentence for people, never translated.
    extra: further members of the reply. retry_after: seconds.
    """

    def __init__(
        self,
        code: str,
        status: int,
        message: str,
        extra: dict[str, Any] | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.extra = extra or {}
        self.retry_after = retry_after
