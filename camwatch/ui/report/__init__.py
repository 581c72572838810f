"""Reports of a day, week or month: drawn on paper, shown, saved, printed, and sent by plans."""
