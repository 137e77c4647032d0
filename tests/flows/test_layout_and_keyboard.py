"""Every page at 360 pixels without sideways scrolling, by keyboard, and with nothing the policy blocks."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import Visitor

pytestmark = pytest.mark.browser
PUBLIC = ["/", "/docs/", "/api/docs/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
MEMBERS = [
    "/dashboard/",
    "/restorations/",
    "/credits/",
    "/billing/receipts/",
    "/billing/top-up/",
    "/billing/checkout/amount?credits=45",
    "/keys/",
    "/settings/",
]
# Text may be smaller; what is clicked may not (44 pixels; links inside a sentence are exempt).
SMALL_TARGETS = """() => [...document.querySelectorAll('.button, button, nav a, input:not([type=hidden])')]
    .filter((e) => e.checkVisibility() && !e.closest('.docs-nav'))
    .filter((e) => e.getBoundingClientRect().height < 43.5)
    .map((e) => e.outerHTML.slice(0, 120))"""


def sideways(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def test_narrow_pages_for_everybody(visit: Callable[..., Visitor]) -> None:
    visitor = visit(360, 740)
    for path in PUBLIC:
        page = visitor.go(path)
        assert sideways(page) == 0, path
        if path != "/api/docs/":  # Swagger's own controls
            assert page.evaluate(SMALL_TARGETS) == [], path
    assert visitor.complaints == []


def test_narrow_pages_of_members(visit: Callable[..., Visitor]) -> None:
    visitor = visit(360, 740)
    visitor.sign_up("narrow@example.org")
    for path in MEMBERS:
        page = visitor.go(path)
        assert sideways(page) == 0, path
        assert page.evaluate(SMALL_TARGETS) == [], path
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="History")).to_be_visible()
    assert sideways(page) == 0
    assert visitor.complaints == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_view_says_what_matters(visit: Callable[..., Visitor], width: int, height: int) -> None:
    page = visit(width, height).go("/")
    for text in ("photos free", "10 credits cost $5.00", "originals after 24 hours"):
        box = page.get_by_text(text).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height, text
    picture = page.get_by_alt_text("The photo after restoration").bounding_box()
    assert picture is not None
    assert picture["y"] < height - 150


def test_the_keyboard_reaches_what_matters(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(7):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "file":
            break
    else:
        pytest.fail("the upload is not within eight presses of Tab")


def test_the_comparison_answers_to_keys_and_clicks(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/")
    line = page.get_by_role("slider")
    line.focus()
    for key, spoken in (
        ("ArrowRight", "Restored 49%"),
        ("PageUp", "Restored 39%"),
        ("PageDown", "Restored 49%"),
        ("Home", "Restored 100%"),
        ("End", "Restored 0%"),
    ):
        page.keyboard.press(key)
        expect(line).to_have_attribute("aria-valuetext", spoken)
    page.get_by_role("button", name="Restored", exact=True).click()
    expect(line).to_have_attribute("aria-valuetext", "Restored 100%")
    expect(page.get_by_role("button", name="Restored", exact=True)).to_have_attribute("aria-pressed", "true")
    box = line.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    expect(line).to_have_attribute("aria-valuetext", re.compile(r"Restored 2[4-6]%"))


def test_examples_are_tabs_and_the_choice_is_kept(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.go("/docs/")
    page.get_by_role("tab", name="cURL").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Python")).to_be_focused()
    expect(page.locator("#python")).to_be_visible()
    expect(page.locator("#curl")).to_be_hidden()
    visitor.go("/docs/")
    expect(page.locator("#python")).to_be_visible()


def test_a_file_of_the_wrong_kind_is_refused_before_it_is_sent(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.sign_up("wrongkind@example.org")
    page = visitor.page
    field = page.get_by_label("Choose a photo")
    field.set_input_files({"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(page.get_by_role("alert")).to_contain_text("letter.pdf is not a JPG, PNG or WebP photo")
    large = {"name": "big.png", "mimeType": "image/png", "buffer": bytes(5 * 1024 * 1024 + 1)}
    field.set_input_files(large)
    expect(page.get_by_role("alert")).to_contain_text("big.png is 5.0 MB; at most 5 MB are accepted")
    assert field.input_value() == ""
