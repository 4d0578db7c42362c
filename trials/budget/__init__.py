"""A budget of time divided between the number of candidates and the length of their trainings."""
