"""Settings of the restore page, in a browser without scripts: chosen, carried out, and said on the page of the job."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.flows.conftest import Visitor
from tests.flows.test_layout_and_keyboard import SMALL_TARGETS, sideways
from tests.pictures import encoded, photo

pytestmark = pytest.mark.browser
RESTORED_MS = 90_000


@pytest.fixture
def photo_file(tmp_path: Path) -> Path:
    path = tmp_path / "anna.jpg"
    path.write_bytes(encoded(photo(320, 240, seed=6), "JPEG", quality=90))
    return path


@pytest.fixture
def mask_file(tmp_path: Path) -> Path:
    painted = np.zeros((120, 160), np.uint8)
    painted[40:60, 50:80] = 255
    path = tmp_path / "mask.png"
    path.write_bytes(encoded(Image.fromarray(painted), "PNG"))
    return path


def unfold(page: Page) -> None:
    page.locator("summary").filter(has_text="Settings").click()


def test_a_gentle_restoration_as_png_with_an_own_mask(
    visit: Callable[..., Visitor], photo_file: Path, mask_file: Path, tmp_path: Path
) -> None:
    ivy = visit(360, 740, scripts=False)
    page = ivy.page
    ivy.sign_up("ivy@example.org")
    expect(page.get_by_label("Strength")).to_be_hidden()
    unfold(page)
    expect(page.get_by_label("Strength")).to_have_value("standard")
    page.get_by_label("Choose a photo").set_input_files(photo_file)
    page.get_by_label("Strength").select_option("Gentle")
    page.get_by_label("File format").select_option("PNG")
    page.get_by_label("Damage mask").set_input_files(mask_file)
    page.get_by_role("button", name="Restore, 1 credit").click()
    expect(page.get_by_role("heading", name="Your photo is restored")).to_be_visible(timeout=RESTORED_MS)
    expect(page.locator(".facts")).to_contain_text(re.compile(r"Strength\s*(Gentle|Least; Gentle changed)"))
    expect(page.locator(".facts")).to_contain_text(re.compile(r"File format\s*PNG"))
    expect(page.locator(".facts")).to_contain_text(re.compile(r"Damage mask\s*Your own"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the restored photo").click()
    saved = tmp_path / "restored.png"
    download.value.save_as(saved)
    assert download.value.suggested_filename.endswith("-restored.png")
    with Image.open(saved) as picture:
        assert (picture.format, picture.size) == ("PNG", (320, 240))


def test_the_settings_fit_a_narrow_page(visit: Callable[..., Visitor]) -> None:
    jo = visit(360, 740)
    jo.sign_up("jo@example.org")
    unfold(jo.page)
    expect(jo.page.get_by_label("Damage mask")).to_be_visible()
    assert sideways(jo.page) == 0
    assert jo.page.evaluate(SMALL_TARGETS) == []
    assert jo.complaints == []
