"""Normalisation: standardised sets and their derivatives, with derived bounds."""
