"""What is counted over time, and who has had too much of it."""
