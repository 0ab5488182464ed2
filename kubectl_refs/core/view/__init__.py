"""What has been read so far, and what the analysis still needs to read."""
