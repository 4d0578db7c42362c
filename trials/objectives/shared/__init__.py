"""`objective: {name: shared}`: all networks of a space judged by one training, with the weights they share."""
