"""The box in which everything is found: pages, actions, cameras, alerts, settings, help."""
