"""What the rows of the table do, a file for each group of rows."""
