"""Help at the place: what a page or a field is, why it matters, and the chapter that tells more."""
