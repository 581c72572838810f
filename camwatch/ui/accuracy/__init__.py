"""The screens about how right the numbers are."""
