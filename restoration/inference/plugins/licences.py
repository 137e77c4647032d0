"""Whether a network's licence lets its results be sold: the one place that decides."""

from restoration.inference.plugins.manifest import PluginError

# SPDX identifiers that allow commercial use of the weights without further conditions on the results.
COMMERCIAL = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-4.0", "CC0-1.0", "ISC", "MIT"}
    | {"Unlicense", "Zlib"}
)
# Parts of licence names that exclude it; compared without case.
NONCOMMERCIAL = ("-nc", "noncommercial", "non-commercial", "s-lab", "academic", "research", "proprietary")


def commercial_ok(licence: str, stated: bool) -> bool:
    """
    Whether `licence` allows commercial use; `stated` is the operator's word for licences not known here.

    Raises PluginError when the word contradicts the licence's name.
    """
    if licence in COMMERCIAL:
        return True
    excluded = any(part in licence.lower() for part in NONCOMMERCIAL)
    if excluded and stated:
        raise PluginError(f"The licence {licence} does not allow commercial use: leave --commercial-ok out.")
    return stated
