"""What if a threshold stood elsewhere: the curve of volume, precision and recall, its words, chart and tables."""
