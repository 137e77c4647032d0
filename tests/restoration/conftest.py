"""Fixtures of the restoration tests: pictures on a loopback server, real weights, and the files that exist."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from restoration import services
from restoration.models import Restoration
from tests.conftest import Owner
from tests.instance import instance
from tests.pictures import PictureServer, jpeg
from tests.weights import shared_weights

__all__ = ["instance"]


@pytest.fixture(scope="session")
def picture_server() -> Iterator[PictureServer]:
    with PictureServer() as server:
        yield server


@pytest.fixture
def pictures(picture_server: PictureServer, settings: Settings) -> PictureServer:
    """The loopback picture server, which may be fetched from."""
    settings.RESTORATION_FETCH_ALLOW = frozenset({picture_server.address})
    return picture_server


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Callable[[], list[str]]:
    """An empty media folder; calling it lists the files in it."""
    root = tmp_path / "media"
    options = {**settings.STORAGES["default"], "OPTIONS": {"location": root, "file_permissions_mode": 0o600}}
    settings.STORAGES = {**settings.STORAGES, "default": options}
    return lambda: sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings) -> None:
    """Pages name static files that were never collected for the tests."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def real_engine(settings: Settings) -> None:
    """The engine with its real weights, loaded once a test process; parallel processes share the cores."""
    settings.WEIGHTS_DIR = shared_weights()
    settings.WORKER_THREADS = 1


@pytest.fixture
def submit(transactional_db: None, pictures: PictureServer, owner: Owner) -> Callable[..., Restoration]:
    """Queue a job of `owner` for a picture, a small JPEG unless told otherwise."""

    def make(content: bytes | None = None, path: str = "/photo.jpg") -> Restoration:
        url = pictures.serve(path, content or jpeg())
        return services.submit_url(account=owner.account, url=url, origin=Restoration.Origin.API)

    return make
