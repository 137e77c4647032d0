"""How faithful the result stayed: in sentences, on the page, and in the API."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from restoration.findings import faithfulness
from restoration.models import Artifact
from tests.conftest import Owner
from tests.restoration import jobs
from tests.website import plain_static_files, text_of  # noqa: F401

FACE = {"box": [1, 2, 3, 4], "seen": "both", "colour": 0.4, "structure": 0.987, "repaired": 0.0}
MEASURED: dict[str, Any] = {
    "repaired": 0.0123,
    "invented": 0.0,
    "colour": {"mean": 0.3, "p95": 0.7, "squares": 900},
    "structure": 0.978,
    "faces": {"looked_for": True, "note": "", "identity": "", "found": [FACE]},
    "breaches": [],
}


def said(**other: Any) -> str:
    return " ".join(faithfulness({"faithfulness": MEASURED | other}))


def test_nothing_measured_nothing_said() -> None:
    assert faithfulness({}) == []


def test_a_faithful_result() -> None:
    assert said() == (
        "About 1.2 % of the photo was repaired. Outside the repairs, colours stayed as they were. "
        "Outside the repairs, 97 % of the structure was kept. "
        "1 face was found; 98 % of its structure was kept."
    )


def test_untouched_a_trace_and_a_hole_are_told_apart() -> None:
    assert "No part of the photo was repaired." in said(repaired=0)
    assert "About 0.1 % of the photo was repaired." in said(repaired=0.00001)
    hole = said(repaired=0.2, invented=0.05)
    assert "About 20.0 % of the photo was repaired. About 5.0 % of the photo was filled in" in hole


def test_drift_is_named_when_an_eye_can_see_it() -> None:
    assert "colours moved by at most 2.5 nearly everywhere" in said(
        colour={"mean": 1, "p95": 2.46, "squares": 9}
    )


def test_faces() -> None:
    faces = MEASURED["faces"]
    two = [FACE, FACE | {"structure": 0.9}]
    assert "2 faces were found; at least 90 % of their structure" in said(faces=faces | {"found": two})
    assert "No face was found." in said(faces=faces | {"found": []})
    assert "Faces were not looked for." in said(faces=faces | {"looked_for": False, "found": []})
    hidden = [FACE | {"structure": None}]
    assert said(faces=faces | {"found": hidden}).endswith("1 face was found.")


def test_all_of_it_was_repaired() -> None:
    assert "Outside the repairs" not in said(repaired=1, colour=None, structure=None)


def test_a_gentler_try_and_a_breach_are_admitted() -> None:
    tried = [{"mode": "strong", "breaches": []}, {"mode": "standard", "breaches": []}]
    gentler = faithfulness({"faithfulness": MEASURED, "fallbacks": tried, "mode": "gentle"})
    assert gentler[-1] == (
        "“Strong” changed too much of this photo, so it was restored with a gentler strength: “Gentle”."
    )
    assert "changed more than it should" in said(
        breaches=[{"measure": "structure", "value": 0.5, "limit": 0.8}]
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("media")
def test_the_page_shows_the_map_and_offers_the_files(signed_in: Client, owner: Owner) -> None:
    report = jobs.REPORT | {"faithfulness": MEASURED}
    job = jobs.succeeded(owner, Artifact.Kind, report)
    reply = signed_in.get(reverse("restoration:detail", args=[job.public_id]))
    shown = reply.content.decode()
    assert f'src="/media/{job.artifacts.get(kind="change_map").public_id}' in shown
    for kind in ("change_map", "comparison", "damage_mask", "report"):
        assert f'href="/media/{job.artifacts.get(kind=kind).public_id}' in shown
    assert "About 1.2 % of the photo was repaired." in text_of(reply)


@pytest.mark.django_db
@pytest.mark.usefixtures("media")
def test_a_result_from_before_has_no_map_and_no_broken_picture(signed_in: Client, owner: Owner) -> None:
    job = jobs.succeeded(owner)
    reply = signed_in.get(reverse("restoration:detail", args=[job.public_id]))
    assert "How faithful it stayed" not in text_of(reply)
    assert 'src=""' not in reply.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("media")
def test_the_api_names_every_file(owner: Owner, stranger: Owner) -> None:
    job = jobs.succeeded(owner, Artifact.Kind)
    path = f"/api/v1/restorations/{job.public_id}"
    body = Client().get(path, **owner.auth).json()
    for member, kind in (
        ("output", "output"),
        ("change_map", "change_map"),
        ("comparison", "comparison"),
        ("damage_mask", "damage_mask"),
        ("report_file", "report"),
    ):
        assert body[member].keys() == {"url", "mime", "width", "height", "size", "expires_at"}
        assert job.artifacts.get(kind=kind).public_id in body[member]["url"]
    assert Client().get(path, **stranger.auth).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("media")
def test_the_api_names_no_file_that_is_not_there(owner: Owner) -> None:
    job = jobs.succeeded(owner)
    body = Client().get(f"/api/v1/restorations/{job.public_id}", **owner.auth).json()
    assert body["output"] is not None
    for member in ("change_map", "comparison", "damage_mask", "report_file"):
        assert body[member] is None
