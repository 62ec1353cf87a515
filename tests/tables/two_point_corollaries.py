"""Table of `zotheory.theorems.two_point_corollaries`."""

ARGUMENTS: dict = {}
EXAMPLES: dict = {}
CONDITIONS: dict = {}
VALUES: dict = {}
NUMERIC_ONLY: set = set()
FALSEHOODS: dict = {}
TRUTHS: dict = {}
NOT_REDUCED: dict[str, str] = {}
