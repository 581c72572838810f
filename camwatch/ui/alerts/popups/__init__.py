"""What brings an alert to the attention of whoever sits here: toast, notification, sound."""
