"""The whole way of a new customer: sign up, verify, buy, make a key, restore a photo, see it, delete it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.flows.conftest import Visitor
from tests.flows.stripe_page import pay
from tests.instance import Instance
from tests.pictures import jpeg

pytestmark = pytest.mark.browser
RESTORED_MS = 90_000


@pytest.fixture
def photo_file(tmp_path: Path) -> Path:
    path = tmp_path / "anna.jpg"
    path.write_bytes(jpeg(320, 240, seed=5))
    return path


def test_from_sign_up_to_the_restored_photo(
    visit: Callable[..., Visitor], instance: Instance, photo_file: Path, tmp_path: Path
) -> None:
    ada = visit()
    page = ada.page
    ada.sign_up("ada@example.org")
    expect(page.locator("main")).to_contain_text("3 credits available")

    ada.go("/credits/")
    page.get_by_role("button", name="Buy 10 credits, $5.00").click()
    pay(ada)
    expect(page.get_by_role("heading", level=1)).to_have_text("10 credits added")
    expect(page.locator("main")).to_contain_text("You have 13 credits available")
    ada.go("/billing/receipts/")
    expect(page.get_by_role("row").filter(has_text="10 credits")).to_contain_text("Paid")

    ada.go("/keys/")
    page.get_by_label("Name").fill("web shop")
    page.get_by_role("button", name="Create key").click()
    key = page.locator("#new-key").inner_text()
    expect(page.get_by_role("heading", name="Copy the key")).to_be_focused()
    assert instance.credits(key)["available"] == 13
    ada.go("/keys/")
    expect(page.locator("main")).not_to_contain_text(key)

    ada.go("/dashboard/")
    page.get_by_label("Choose a photo").set_input_files(photo_file)
    expect(page.get_by_alt_text("The photo you chose")).to_be_visible()
    page.get_by_role("button", name="Restore, 1 credit").click()
    expect(page.get_by_role("heading", name="Your photo is restored")).to_be_visible(timeout=RESTORED_MS)
    for kind in ("before", "after"):
        picture = page.get_by_alt_text(f"The photo {kind} restoration")
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the restored photo").click()
    saved = tmp_path / "restored.jpg"
    download.value.save_as(saved)
    assert re.fullmatch(r"heirloom-[\w-]+-restored\.jpg", download.value.suggested_filename)
    assert saved.read_bytes().startswith(b"\xff\xd8\xff")
    assert instance.credits(key) == {"available": 12, "held": 0, "debt": 0}

    ada.go("/restorations/")
    expect(page.locator(".frame")).to_have_count(1)
    page.locator(".frame a").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete photo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This result was deleted")
    assert ada.complaints == []


def test_a_photo_chosen_before_sign_up_is_there_afterwards(
    visit: Callable[..., Visitor], photo_file: Path
) -> None:
    kim = visit(390, 844)
    page = kim.go("/")
    page.get_by_label("Choose a photo").set_input_files(photo_file)
    page.get_by_role("button", name=re.compile("photos free")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign up")
    kim.sign_up("kim@example.org")
    expect(page.get_by_alt_text("The photo you chose")).to_be_visible()
    assert page.get_by_label("Choose a photo").evaluate("field => field.files[0].name") == photo_file.name
    kim.go("/dashboard/")  # once: it does not come back uncalled
    expect(page.get_by_alt_text("The photo you chose")).to_be_hidden()
    assert kim.complaints == []


def test_focus_goes_to_the_heading_when_the_button_vanishes(
    visit: Callable[..., Visitor], photo_file: Path
) -> None:
    lee = visit()
    page = lee.page
    lee.sign_up("lee@example.org")
    page.get_by_label("Choose a photo").set_input_files(photo_file)
    page.get_by_role("button", name="Restore, 1 credit").click()
    page.get_by_role("button", name="Cancel, costs nothing").focus()
    heading = page.get_by_role("heading", name="Your photo is restored")
    expect(heading).to_be_focused(timeout=RESTORED_MS)
    expect(page.locator("#live")).to_have_text("Restored")
    expect(page).to_have_title("Restored · Heirloom")


def test_without_scripts(visit: Callable[..., Visitor], photo_file: Path) -> None:
    bob = visit(scripts=False)
    page = bob.page
    bob.sign_up("bob@example.org")
    page.get_by_label("Choose a photo").set_input_files(photo_file)
    page.get_by_role("button", name="Restore, 1 credit").click()
    # The page asks again by itself, with no script.
    expect(page.get_by_role("heading", name="Your photo is restored")).to_be_visible(timeout=RESTORED_MS)
    for kind in ("before", "after"):
        expect(page.get_by_alt_text(f"The photo {kind} restoration")).to_be_visible()
