"""Damage synthesis, training and evaluation of the repair network. Imports no Django."""
