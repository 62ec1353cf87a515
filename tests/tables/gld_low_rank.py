"""Table of `zotheory.theorems.gld_low_rank`."""

ARGUMENTS: dict = {}
EXAMPLES: dict = {}
CONDITIONS: dict = {}
VALUES: dict = {}
NUMERIC_ONLY: set = set()
FALSEHOODS: dict = {}
TRUTHS: dict = {}
NOT_REDUCED: dict[str, str] = {}
