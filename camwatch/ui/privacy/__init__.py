"""What may be seen of people: chosen, lifted for a while, and shown on the screen."""
