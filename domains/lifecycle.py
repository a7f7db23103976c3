"""Which states end a holding, as data."""

ENDED = ("transferred_away", "cancelled")
