"""Table of `zotheory.theorems.random_gradient_free`."""

ARGUMENTS: dict = {}
EXAMPLES: dict = {}
CONDITIONS: dict = {}
VALUES: dict = {}
NUMERIC_ONLY: set = set()
FALSEHOODS: dict = {}
TRUTHS: dict = {}
NOT_REDUCED: dict[str, str] = {}
