"""How far a restoration stayed true to its original: measured, judged against limits, and shown.

    evidence = Evidence(original, corrected, result, repaired, invented)
    found = assess(evidence)
    breaches = verdict(found)

`found.as_dict()` is the report; `change_map(evidence)` and `comparison(evidence)` are its pictures.
"""

from .changes import change_map
from .comparison import comparison
from .evidence import Evidence
from .limits import Breach, verdict
from .report import Faithfulness, assess

__all__ = ["Breach", "Evidence", "Faithfulness", "assess", "change_map", "comparison", "verdict"]
