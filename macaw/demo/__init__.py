"""A portal to try out: invented people, names and papers, and everything running under one process."""
