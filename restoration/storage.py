"""Where files lie: private storage, one folder per account and job, names that are ours."""

from pathlib import PurePosixPath

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

log = structlog.get_logger(__name__)


def source_key(account: str, source: str) -> str:
    """Storage key of an original."""
    return f"{account}/{source}/original"


def mask_key(account: str, source: str) -> str:
    """Storage key of the damage mask that came with an original."""
    return f"{account}/{source}/mask"


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


def delete(*keys: str) -> bool:
    """Delete what is there; a file that is already gone is no error. False: some could not be deleted."""
    done = True
    for key in filter(None, keys):
        try:
            default_storage.delete(key)
            _prune(PurePosixPath(key).parent)
        except Exception as exc:  # S3's errors have no base class in common with the file system's
            log.warning("file_not_deleted", key=key, error=str(exc))
            done = False
    return done


def delete_attempt(account: str, job: str, fence: int) -> bool:
    """Delete all that one attempt stored, whatever its names. False: some could not be deleted."""
    folder = artifact_key(account, job, fence, "")
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return True
    return delete(*(folder + name for name in names))


def _prune(folder: PurePosixPath) -> None:
    """Remove the folders of a source or a job that are empty now; S3 has none."""
    if not isinstance(default_storage, FileSystemStorage):
        return
    while len(folder.parts) > 1:
        try:
            default_storage.delete(str(folder))
        except OSError:
            return  # not empty
        folder = folder.parent
