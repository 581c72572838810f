"""The screens: what operators see and touch. Waits for nothing, decides nothing."""
