"""Networks that an operator adds: a registry of weight files with licences, and the stages that run them."""

from restoration.inference.plugins.pipeline import installed_stages

__all__ = ["installed_stages"]
