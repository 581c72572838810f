"""What is asked of the history and what is answered: values, and what can be said of them. Pure."""
