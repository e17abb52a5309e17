"""The only rooms that know the database.

Text in frames is kept as Python's own (docs/decisions/0006-text-in-frames.md).
"""

import pandas as pd

pd.set_option("mode.string_storage", "python")
