"""What the issues ask of speed and memory, measured as ratios in one run; `make bench`, never a timed test."""
