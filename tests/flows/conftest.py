"""A browser before a running instance. Where Chromium is missing, one line says so and these tests are left out."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.instance import Instance, instance

__all__ = ["instance"]

PASSWORD = "correct-horse-7"


def chromium() -> str:
    """Where Chromium lies. Skips the test, or fails it where REQUIRE_BROWSER=1 asks for it."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is not None:
        return found
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("Chromium is missing and REQUIRE_BROWSER=1: the browser tests must run.")
    pytest.skip("Chromium is missing: the browser tests are left out.")


# Module-wide and no longer: while Playwright runs its event loop, Django refuses the ORM to other tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Visitor:
    """Somebody at a browser of their own."""

    context: BrowserContext
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def listen(self) -> None:
        """Note every complaint of the browser: failed scripts and what the policy blocked."""

        def note(message: ConsoleMessage) -> None:
            ours = self.page.url.startswith(self.url)
            if ours and message.type in {"error", "warning"}:
                self.complaints.append(f"{self.page.url}: {message.text}")

        self.page.on("console", note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def sign_up(self, email: str) -> None:
        """Sign up and confirm by the mailed link."""
        self.go("/accounts/signup/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Create account").click()
        self.go("/dev/mail/")
        mail = self.page.get_by_role("article").filter(has_text=email)
        mail.get_by_role("link", name=re.compile("confirm-email")).click()
        self.page.get_by_role("button", name="Confirm").click()


@pytest.fixture
def visit(browser: Browser, instance: Instance) -> Iterator[Callable[..., Visitor]]:
    """Open a browser window: `width` in pixels, `scripts` whether it runs JavaScript."""
    opened: list[BrowserContext] = []

    def open_window(width: int = 1280, height: int = 800, *, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        visitor = Visitor(context, context.new_page(), instance.url)
        visitor.listen()
        return visitor

    yield open_window
    for context in opened:
        context.close()
