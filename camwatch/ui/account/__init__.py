"""What operators see and change of their own account."""
