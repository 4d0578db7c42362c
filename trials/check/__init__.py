"""What an experiment will do, told before it is run: its data, its proxy, its cost in time, memory and disk."""
