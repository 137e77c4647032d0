"""One job in the worker: fetch once, decode in the sandbox, restore, store, publish."""

import tempfile
import time
from pathlib import Path

import numpy as np
import structlog
from django.conf import settings

from core.fetch import FetchRefused, fetch
from core.process_identity import own_name
from restoration import artifacts, imaging, lifecycle, storage
from restoration.engine import engine
from restoration.heartbeat import Heartbeat
from restoration.inference.options import Options, OptionsError
from restoration.inference.output import asked_format, refuse_too_long
from restoration.models import Artifact, Restoration, Source

log = structlog.get_logger(__name__)


def run(pk: int) -> None:
    """Carry out a job if it is there to be claimed. Never raises: the row says what became of it."""
    held = lifecycle.claim(pk=pk, worker=own_name())
    if held is None:
        return
    structlog.contextvars.bind_contextvars(job_id=held.job.public_id, fence=held.fence)
    written: list[str] = []
    try:
        _attempt(held, written)
    except Exception as exc:
        # The database is out, say: the lease runs out and the reconciler has the job tried again.
        log.error("attempt_not_settled", exc_info=exc)
    finally:
        structlog.contextvars.unbind_contextvars("job_id", "fence")


def _attempt(held: lifecycle.Claim, written: list[str]) -> None:
    published = False
    try:
        with Heartbeat(held) as heartbeat:
            published = _restore(held, heartbeat, written)
    except (FetchRefused, imaging.ImageRefused, imaging.MaskRefused) as exc:
        log.info("source_refused", code=exc.code, detail=getattr(exc, "log_detail", exc.detail))
        lifecycle.fail(held, code=exc.code, detail=exc.detail)
    except OptionsError as exc:
        log.info("options_refused", detail=str(exc))
        lifecycle.fail(held, code="invalid_options", detail=str(exc))
    except _Stopped:
        log.info("job_stopped")
    except Exception as exc:
        # MemoryError is one of them, and must not reach Celery, which would take the whole worker down.
        log.error("attempt_failed", exc_info=exc)
        lifecycle.give_back(held, error=f"{type(exc).__name__}: {exc}")
    finally:
        if not published:
            lifecycle.withdraw(held, written)


class _Stopped(Exception):
    """The claim no longer stands."""


def _restore(held: lifecycle.Claim, heartbeat: Heartbeat, written: list[str]) -> bool:
    job = held.job
    started = time.monotonic()
    heartbeat.note("fetching", 0.0)
    content = _source_bytes(job)
    fetched = time.monotonic()
    heartbeat.note("decoding", 0.02)
    with tempfile.TemporaryDirectory(prefix="heirloom-") as workdir:
        decoded = imaging.decode(content, workdir=Path(workdir))
        del content
        options = Options.parse(job.options)
        output_format = asked_format(options) or decoded.format
        refuse_too_long(decoded, options, output_format)
        mask = _mask(job.source, decoded, Path(workdir))
        if heartbeat.lost():
            raise _Stopped
        ready = time.monotonic()
        preview = imaging.preview(decoded.array())
        loaded = engine()
        from restoration.inference.engine import (  # torch is imported in the worker only
            ENGINE_VERSION,
            Cancelled,
        )

        try:
            restored = loaded.restore(
                decoded.array(),
                options,
                mask=mask,
                progress=lambda stage, share: heartbeat.note(stage, 0.05 + 0.9 * share),
                cancelled=heartbeat.lost,
            )
        except Cancelled:
            raise _Stopped from None
        heartbeat.note("saving", 0.96)
        picture = imaging.to_picture(restored.image)
        report, timings = restored.report, restored.timings
        evidence, damage = restored.evidence, restored.damage
        # The array goes before the encoder comes: together they would need 3 bytes a pixel more.
        del restored
        output = imaging.encode(picture, output_format)
    files = [
        artifacts.picture(Artifact.Kind.OUTPUT, output, output_format, picture.size),
        artifacts.picture(Artifact.Kind.PREVIEW, preview, "jpeg"),
        *artifacts.account_of(report, evidence, damage),
    ]
    stored = [artifacts.store(held, file, written) for file in files]
    return lifecycle.succeed(
        held,
        artifacts=stored,
        engine_version=ENGINE_VERSION,
        weights_sha256=loaded.weights_sha256,
        report=report,
        timings={
            "fetch_s": round(fetched - started, 3),
            "decode_s": round(ready - fetched, 3),
            "total_s": round(time.monotonic() - started, 3),
            **{f"{name}_s": round(seconds, 3) for name, seconds in timings.items()},
        },
    )


def _mask(source: Source, photo: imaging.Decoded, workdir: Path) -> np.ndarray | None:
    """The damage mask that came with the photo, at its size."""
    if not source.mask_key:
        return None
    return imaging.read_mask(storage.read(source.mask_key), photo, workdir=workdir)


def _source_bytes(job: Restoration) -> bytes:
    """The original: from storage, or fetched now and stored, so that no later try fetches again."""
    source = job.source
    if source.storage_key and source.sha256:
        return storage.read(source.storage_key)
    fetched = fetch(source.url, max_bytes=imaging.MAX_BYTES, allow=settings.RESTORATION_FETCH_ALLOW)
    imaging.sniff(fetched.content)
    key = storage.source_key(job.account.public_id, source.public_id)
    # The key first: a worker that is killed while it writes leaves no file that nobody knows of.
    Source.objects.filter(pk=source.pk).update(storage_key=key)
    storage.write(key, fetched.content)
    Source.objects.filter(pk=source.pk).update(sha256=fetched.sha256, size=len(fetched.content))
    return fetched.content
