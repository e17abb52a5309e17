"""Facts counted by organisation and period, set by set: what both the ratings and the rolled-up figures are made of.

`numbers` reads, `organisations` says who lived where, `membership` who was a member when, `records` counts meetings, dues, study
and service by month, and `sources` says which source speaks of a period at all.
"""
