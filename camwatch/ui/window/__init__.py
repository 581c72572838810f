"""The parts of the operator's window; `camwatch.ui.main_window` joins them."""
