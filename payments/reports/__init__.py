"""Questions that finance asks, as querysets and rows. Reads only."""
