"""Why a fetch was refused: a code and a sentence for the caller, the particulars for the log alone."""

# One sentence for every failure: telling "refused" from "timed out" apart would make a port scanner.
UNREACHABLE = (
    "The image could not be fetched: its address must be reachable from the internet over http or https"
    " and answer 200 with the image file itself, uncompressed."
)


class FetchRefused(Exception):
    """The URL may not be fetched, or could not be.

    `code` is `invalid_url`, `image_unreachable` or `image_too_large`; `detail` is public;
    `log_detail` names hosts and addresses but never a path or a query, which may carry a signature.
    """

    def __init__(self, code: str, detail: str, log_detail: str) -> None:
        super().__init__(f"{code}: {log_detail}")
        self.code = code
        self.detail = detail
        self.log_detail = log_detail


def invalid(detail: str, reason: str) -> FetchRefused:
    return FetchRefused("invalid_url", detail, reason)


def unreachable(reason: str) -> FetchRefused:
    return FetchRefused("image_unreachable", UNREACHABLE, reason)


def too_large(max_bytes: int) -> FetchRefused:
    allowed = f"{max_bytes / 1024**2:g} MiB" if max_bytes >= 1024**2 else f"{max_bytes} bytes"
    return FetchRefused(
        "image_too_large", f"The image file may be at most {allowed}.", f"more than {max_bytes} bytes"
    )
