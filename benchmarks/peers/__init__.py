"""The servers that are measured, each started as a child process with a folder of its own."""
