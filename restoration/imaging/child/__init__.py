"""What runs in the decoder's process. Nothing in the project imports this package; `sandbox.py` is run by path."""
