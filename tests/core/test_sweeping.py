"""One row that fails is logged, and the sweep goes on to the next."""

import pytest
from structlog.testing import capture_logs

from core.sweeping import alone


def test_a_row_that_fails_keeps_no_other_waiting() -> None:
    done = []
    with capture_logs() as logs:
        for row in range(3):
            with alone("row_failed", row=row):
                if row == 1:
                    raise RuntimeError("broken")
                done.append(row)
    assert done == [0, 2]
    assert [(log["event"], log["row"], log["log_level"]) for log in logs] == [("row_failed", 1, "error")]


def test_a_stop_is_no_failure() -> None:
    with pytest.raises(KeyboardInterrupt), alone("row_failed"):
        raise KeyboardInterrupt
