"""What only the worker finds out about a photo: 400 "Invalid input", the credit back, no file left."""

import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from billing.models import Hold
from restoration.models import Restoration
from tests.conftest import Owner
from tests.instance import free_port
from tests.pictures import PictureServer, Reply, encoded, jpeg, photo
from tests.restoration.books import charges, credits, ledger_agrees
from tests.restoration.calls import call_and_wait, refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("real_engine")]
Files = Callable[[], list[str]]
LIMIT = 5 * 1024 * 1024


def in_pieces(total: int) -> Callable[[], Iterator[bytes]]:
    """A JPEG padded to `total` bytes, sent without saying how long it is."""

    def pieces() -> Iterator[bytes]:
        content = jpeg(exactly=total)
        for start in range(0, total, 64 * 1024):
            yield content[start : start + 64 * 1024]

    return pieces


def animated(format_name: str) -> bytes:
    frames = [photo(seed=number) for number in range(3)]
    return encoded(frames[0], format_name, save_all=True, append_images=frames[1:], duration=100)


def declared(width: int, height: int) -> bytes:
    """A PNG whose header promises this size and whose pixels are not there."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\0\0\0\x04IDAT"
    )


def plain(width: int, height: int) -> bytes:
    return encoded(Image.new("L", (width, height), 90), "PNG")


REFUSED: dict[str, tuple[Callable[[], bytes | Reply], str]] = {
    "5 MiB and one byte": (lambda: jpeg(exactly=LIMIT + 1), "image_too_large"),
    "5 MiB and one byte, length not told": (lambda: Reply(in_pieces(LIMIT + 1)), "image_too_large"),
    "empty": (lambda: b"", "empty"),
    "one byte": (lambda: b"\xff", "unsupported_format"),
    "a web page": (lambda: b"<!doctype html><title>Sign in</title>", "unsupported_format"),
    "a web page that claims to be a photo": (
        lambda: Reply(b"<html></html>", "image/jpeg"),
        "unsupported_format",
    ),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_format"),
    "GIF": (lambda: encoded(photo(), "GIF"), "unsupported_format"),
    "BMP": (lambda: encoded(photo(), "BMP"), "unsupported_format"),
    "TIFF": (lambda: encoded(photo(), "TIFF"), "unsupported_format"),
    "PDF": (lambda: encoded(photo(), "PDF"), "unsupported_format"),
    "JPEG cut in half": (lambda: jpeg(200, 200)[:1500], "corrupt_image"),
    "PNG cut in half": (lambda: encoded(photo(200, 200), "PNG")[:3000], "corrupt_image"),
    "WebP cut in half": (lambda: encoded(photo(200, 200), "WEBP")[:900], "corrupt_image"),
    "JPEG beginning only": (lambda: b"\xff\xd8\xff\xe0", "corrupt_image"),
    "animated PNG": (lambda: animated("PNG"), "animated_image"),
    "animated WebP": (lambda: animated("WEBP"), "animated_image"),
    "50,000 pixels a side, declared": (lambda: declared(50_000, 50_000), "too_many_pixels"),
    "a side of 8193": (lambda: plain(8193, 20), "too_many_pixels"),
    "a row too many for 25 megapixels": (lambda: plain(5000, 5001), "too_many_pixels"),
    "15 pixels high": (lambda: plain(400, 15), "too_small"),
    "one pixel": (lambda: plain(1, 1), "too_small"),
    "not found": (lambda: Reply(b"no", "text/html", 404), "image_unreachable"),
    "an error of its server": (lambda: Reply(b"no", "text/html", 503), "image_unreachable"),
    "part of it": (lambda: Reply(jpeg(), status=206), "image_unreachable"),
}


def nothing_stays(owner: Owner, files: list[str]) -> bool:
    job = Restoration.objects.get()
    free = credits(owner) == (5, 0) and charges(job) == 0 and not Hold.objects.filter(state="held").exists()
    return free and files == [] and job.status == "failed" and ledger_agrees(owner)


@pytest.mark.parametrize("name", REFUSED)
def test_a_photo_that_is_refused_costs_nothing(
    owner: Owner, pictures: PictureServer, media: Files, name: str
) -> None:
    make, code = REFUSED[name]
    content = make()
    url = pictures.serve("/refused", content)
    body = refusal(call_and_wait(owner, {"imageUrl": url}), 400, "Invalid input")
    assert body["code"] == code
    assert nothing_stays(owner, media())


def test_a_server_that_does_not_answer_is_unreachable(owner: Owner, media: Files, settings: Any) -> None:
    address = f"127.0.0.1:{free_port()}"
    settings.RESTORATION_FETCH_ALLOW = frozenset({address})
    body = refusal(call_and_wait(owner, {"imageUrl": f"http://{address}/photo.jpg"}), 400, "Invalid input")
    assert body["code"] == "image_unreachable"
    assert nothing_stays(owner, media())


def test_exactly_5_mib_are_accepted(owner: Owner, pictures: PictureServer, media: Files) -> None:
    for content in (jpeg(exactly=LIMIT), Reply(in_pieces(LIMIT))):
        url = pictures.serve("/limit.jpg", content)
        assert call_and_wait(owner, {"imageUrl": url}).status_code == 200
    assert credits(owner) == (3, 0)


def test_16_pixels_a_side_are_accepted(owner: Owner, pictures: PictureServer, media: Files) -> None:
    url = pictures.serve("/small.png", plain(16, 16))
    assert call_and_wait(owner, {"imageUrl": url}).status_code == 200


def test_a_phones_multi_picture_file_is_accepted(owner: Owner, pictures: PictureServer, media: Files) -> None:
    out = BytesIO()
    photo().save(out, "MPO", save_all=True, append_images=[photo(seed=2)])
    url = pictures.serve("/phone.jpg", out.getvalue())
    assert call_and_wait(owner, {"imageUrl": url}).status_code == 200
