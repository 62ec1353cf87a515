"""Table of `zotheory.theorems.accelerated_random_search`."""

ARGUMENTS: dict = {}
EXAMPLES: dict = {}
CONDITIONS: dict = {}
VALUES: dict = {}
NUMERIC_ONLY: set = set()
FALSEHOODS: dict = {}
TRUTHS: dict = {}
NOT_REDUCED: dict[str, str] = {}
