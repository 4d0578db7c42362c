"""A search within a budget of time: what follows for its candidates, their training and its clock."""
