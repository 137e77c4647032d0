"""A run starts, saves, goes on where it stopped, and can be done by two processes together."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from restoration.training import checkpoint
from restoration.training.export import export
from restoration.training.photographs import CARD
from restoration.training.train import Plan, Trainer
from tests.processes import descendants, is_running, wait_until


@pytest.fixture
def plan(cache: Path, tmp_path: Path) -> Plan:
    return Plan(
        cache=cache,
        folder=tmp_path / "run",
        minutes=0.02,
        total_minutes=1.0,
        device=torch.device("cpu"),
        batch=1,
        crop=64,
        rate=1e-3,
        seed=3,
        workers=0,
        validation=1,
        finder_steps=1,
    )


def test_a_run_goes_on_where_it_stopped(plan: Plan) -> None:
    Trainer(plan).run()
    first = Trainer(plan).progress
    assert first.step >= 1
    assert (plan.folder / checkpoint.FILE).exists()
    Trainer(plan).run()
    second = Trainer(plan).progress
    assert second.step > first.step
    assert second.seconds > first.seconds
    curve = json.loads((plan.folder / "curve.json").read_text())
    assert [row["steps"] for row in curve] == [first.step, second.step]


def test_weights_move_and_their_average_follows(plan: Plan) -> None:
    torch.manual_seed(plan.seed)
    before = Trainer(plan)
    start = {name: value.clone() for name, value in before.network.state_dict().items()}
    before.run()
    after = Trainer(plan)
    moved = [
        name for name, value in after.network.state_dict().items() if not torch.equal(value, start[name])
    ]
    assert len(moved) > 0.9 * len(start)
    assert any(not torch.equal(value, start[name]) for name, value in after.average.weights.items())


def test_the_learning_rate_warms_up_and_descends(plan: Plan) -> None:
    trainer = Trainer(plan)
    trainer.progress.step, trainer.progress.seconds = 0, 0.0
    cold = trainer.learning_rate()
    trainer.progress.step = 500
    warm = trainer.learning_rate()
    trainer.progress.seconds = 30.0
    half = trainer.learning_rate()
    trainer.progress.seconds = 60.0
    end = trainer.learning_rate()
    assert cold < end < half < warm == pytest.approx(plan.rate)


def test_a_given_colour_head_is_taken_and_kept(plan: Plan, tmp_path: Path) -> None:
    donor = Trainer(plan).network.colour_head
    with torch.no_grad():
        for value in donor.parameters():
            value.add_(0.01)
    torch.save(donor.state_dict(), tmp_path / "head.pt")
    with_head = replace(plan, folder=tmp_path / "other", colour_head=tmp_path / "head.pt")
    Trainer(with_head).run()
    kept = Trainer(with_head).network.colour_head.state_dict()
    assert all(torch.equal(value, kept[name]) for name, value in donor.state_dict().items())


@pytest.mark.slow
def test_two_processes_train_one_network(cache: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "restoration.training.train",
        "--cache",
        str(cache),
        "--resume",
        str(run),
    ]
    options = ["--minutes", "0.05", "--processes", "2", "--batch", "1", "--crop", "64", "--validation", "1"]
    subprocess.run([*command, *options], check=True, timeout=240, capture_output=True)
    assert json.loads((run / "curve.json").read_text())[-1]["steps"] >= 1


def test_a_run_begins_with_the_weights_that_it_is_given(plan: Plan, cache: Path, tmp_path: Path) -> None:
    donor = Trainer(plan)
    donor.save()
    export(plan.folder, tmp_path / "weights", "train", 3, cache / CARD.name)
    begun = Trainer(replace(plan, folder=tmp_path / "other", start_from=tmp_path / "weights"))
    assert begun.progress.step == 0
    for name, value in begun.network.state_dict().items():
        assert torch.allclose(value, donor.average.weights[name], atol=1e-3)
    begun.save()
    folders = {"folder": tmp_path / "both", "begun_with": tmp_path / "weights"}
    manifest = export(tmp_path / "other", command="train on", seed=4, card=cache / CARD.name, **folders)
    assert (manifest["training"]["seed"], manifest["training"]["begun_with"]["seed"]) == (4, 3)
    assert "pictures" not in manifest["training"]["begun_with"]


@pytest.mark.slow
def test_a_run_that_is_stopped_leaves_no_process(cache: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "restoration.training.train", "--cache", str(cache), "--crop", "64"]
    run = subprocess.Popen(
        [*command, "--resume", str(tmp_path / "run"), "--minutes", "5", "--processes", "2"],
        stderr=subprocess.DEVNULL,
    )
    wait_until(
        lambda: sum("spawn_main" in line for line in descendants(run.pid).values()) == 2, 60, "two trainers"
    )
    started = descendants(run.pid)
    run.terminate()
    run.wait(30)
    wait_until(lambda: not any(is_running(pid) for pid in started), 30, "the end of all processes")
