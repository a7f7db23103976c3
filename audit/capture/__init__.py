"""Capture: every write on an audited table becomes an entry of the trail, by triggers that are made from the models."""
