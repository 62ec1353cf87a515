"""Table of `zotheory.theorems.gld_fast`."""

ARGUMENTS: dict = {}
EXAMPLES: dict = {}
CONDITIONS: dict = {}
VALUES: dict = {}
NUMERIC_ONLY: set = set()
FALSEHOODS: dict = {}
TRUTHS: dict = {}
NOT_REDUCED: dict[str, str] = {}
