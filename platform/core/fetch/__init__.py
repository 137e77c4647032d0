"""Fetching files from addresses that strangers chose, without becoming their way into our network.

Knows no Django. `parse_url` judges the text alone; `fetch` looks the name up once, refuses it unless every
answer is public, and connects to the address that it checked.
"""

from .addresses import is_public
from .client import Fetched, fetch
from .refusal import FetchRefused
from .urls import Url, parse_url

__all__ = ["FetchRefused", "Fetched", "Url", "fetch", "is_public", "parse_url"]
