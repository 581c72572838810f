"""Lines, gates, zones and masks on the screen: how they are drawn, and how they are edited."""
