"""Sources of a search: what else may tell something of the reward, made of an experiment."""
