"""The desk's front door and the pages that are not about money."""
