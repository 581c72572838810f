"""Charts of occupancy: gaps are shown as gaps, and each number with its coverage."""
