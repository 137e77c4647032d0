"""Submitting, canceling and deleting restorations."""

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Account, ApiKey
from billing import spending
from core.errors import AppError
from core.fetch import FetchRefused, parse_url
from restoration import imaging, lifecycle, publishing, storage
from restoration.inference.options import OPTIONS_VERSION, Options, OptionsError
from restoration.models import Restoration, Source


def submit_url(
    *,
    account: Account,
    url: str,
    origin: Restoration.Origin,
    api_key: ApiKey | None = None,
    options: dict[str, Any] | None = None,
    mask: bytes | None = None,
) -> Restoration:
    """Queue a photo that lies at a web address. Raises AppError with nothing held when something is refused."""
    try:
        parse_url(url, allow=settings.RESTORATION_FETCH_ALLOW)
    except FetchRefused as exc:
        raise AppError(exc.code, 400, exc.detail) from exc
    source = _source(account, url=url)
    return _submit(_job(source, origin, api_key, options), _mask_file(source, mask))


def submit_upload(
    *,
    account: Account,
    content: bytes,
    origin: Restoration.Origin,
    api_key: ApiKey | None = None,
    options: dict[str, Any] | None = None,
    mask: bytes | None = None,
) -> Restoration:
    """Queue uploaded bytes. Size and kind are checked here, the rest by the worker's sandbox."""
    try:
        imaging.sniff(content)
    except imaging.ImageRefused as exc:
        raise AppError(exc.code, 400, exc.detail) from exc
    source = _source(account)
    source.storage_key = storage.source_key(account.public_id, source.public_id)
    source.size, source.sha256 = len(content), hashlib.sha256(content).hexdigest()
    files = {source.storage_key: content} | _mask_file(source, mask)
    return _submit(_job(source, origin, api_key, options), files)


def _source(account: Account, *, url: str = "") -> Source:
    keep = timedelta(hours=settings.SOURCE_RETENTION_H)
    return Source(account=account, url=url, expires_at=timezone.now() + keep)


def _mask_file(source: Source, mask: bytes | None) -> dict[str, bytes]:
    """The mask under its storage key, which the source learns; whether it fits the photo, the worker finds out."""
    if mask is None:
        return {}
    try:
        imaging.sniff_mask(mask)
    except imaging.MaskRefused as exc:
        raise AppError(exc.code, 400, exc.detail) from exc
    source.mask_key = storage.mask_key(source.account.public_id, source.public_id)
    return {source.mask_key: mask}


def _job(
    source: Source,
    origin: Restoration.Origin,
    api_key: ApiKey | None,
    options: dict[str, Any] | None,
) -> Restoration:
    try:
        normalised = Options.parse(options or {}).as_dict()
    except OptionsError as exc:
        raise AppError("invalid_options", 400, str(exc)) from exc
    return Restoration(
        account=source.account,
        api_key=api_key,
        source=source,
        origin=origin,
        options=normalised,
        options_version=OPTIONS_VERSION,
    )


def _submit(job: Restoration, files: dict[str, bytes]) -> Restoration:
    """Store the files and queue the job; when that is refused, no file stays."""
    if not files:
        return _queue(job)
    source = job.source
    # The row first: a file that no row names would stay for ever if this process were killed in between.
    source.save(force_insert=True)
    try:
        for key, content in files.items():
            storage.write(key, content)
        return _queue(job)
    except BaseException:
        source.delete()  # protected, should the job have come to be after all; then its files stay too
        storage.delete(*files)
        raise


def _queue(job: Restoration) -> Restoration:
    """Hold a credit and insert the job, with its source where that is not there yet."""
    with transaction.atomic():
        spending.hold(account=job.account, job=job.public_id, api_key=job.api_key)
        if job.source.pk is None:
            job.source.save(force_insert=True)
        job.save(force_insert=True)
        publishing.job_waits(job.pk)
    return job


def cancel(*, job: Restoration) -> bool:
    """Cancel on the customer's wish. False when it had ended."""
    return lifecycle.cancel(job=job, code="canceled", detail="Canceled on request. Nothing was charged.")


def time_out(*, job: Restoration) -> bool:
    """Cancel because a held reply ran out of time. False when it had ended: then that result counts."""
    return lifecycle.cancel(
        job=job,
        code="timeout",
        detail="The photo took longer than 60 seconds, so we stopped. Nothing was charged. Try again.",
    )


def delete(*, job: Restoration) -> None:
    """Erase a job's pictures at once; the row stays as the receipt of its credit."""
    cancel(job=job)
    with transaction.atomic():
        artifacts = list(job.artifacts.select_for_update().filter(purged_at=None))
        job.artifacts.filter(purged_at=None).update(purged_at=timezone.now())
        source = Source.objects.select_for_update().get(pk=job.source_id)
        keys = [artifact.storage_key for artifact in artifacts]
        if not source.restorations.exclude(pk=job.pk).filter(status__in=lifecycle.UNFINISHED).exists():
            keys += [source.storage_key, source.mask_key]
            Source.objects.filter(pk=source.pk).update(storage_key="", mask_key="", url="")
        transaction.on_commit(lambda: storage.delete(*keys))
