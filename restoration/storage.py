"""Where files lie: private storage, one folder per account and job, names that are ours."""

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

log = structlog.get_logger(__name__)


def source_key(account: str, source: str) -> str:
    """Storage key of an original."""
    return f"{account}/{source}/original"


def artifact_key(account: str, job: str, fence: int, name: str) -> str:
    """Storage key of a result. The fence keeps an overtaken worker from overwriting its successor's file."""
    return f"{account}/{job}/{fence}/{name}"


def write(key: str, content: bytes) -> None:
    """Store bytes under exactly this key, replacing what a broken-off attempt left there."""
    default_storage.delete(key)
    saved = default_storage.save(key, ContentFile(content))
    if saved != key:
        default_storage.delete(saved)
        raise OSError(f"{key} was stored as {saved}")


def read(key: str) -> bytes:
    """The stored bytes; FileNotFoundError when they are gone."""
    with default_storage.open(key, "rb") as file:
        content: bytes = file.read()
        return content


def delete(*keys: str) -> None:
    """Delete what is there; a file that is already gone is no error."""
    for key in keys:
        if key:
            try:
                default_storage.delete(key)
            except OSError as exc:
                log.warning("file_not_deleted", key=key, error=str(exc))
