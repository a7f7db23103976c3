"""How dates, durations and amounts read, in one place for pages, mail and papers."""
