"""What can be built: architectures, the spaces they come from, what they cost and the networks they describe."""
