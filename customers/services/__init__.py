"""What can be done to people, customers and contacts."""
