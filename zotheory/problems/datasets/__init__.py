"""Data that networks are trained on: read from the official files, whole, and never fetched.

    mnist(folder)        60,000 + 10,000 digits, 28 x 28 x 1: the four IDX files, plain or .gz
    cifar10(folder)      50,000 + 10,000 photographs, 32 x 32 x 3: the six batches of the binary version
    digits()             1,397 + 400 digits, 8 x 8 x 1: they come with scikit-learn (extra `data`)
    text(path)           any text in UTF-8, as whole numbers

Where no folder or path is given, the environment variables ZOTHEORY_MNIST, ZOTHEORY_CIFAR10 and ZOTHEORY_TEXT say it.
Images stay the bytes that they are in the files until `Images.scaled` or `Images.centred` makes floats of them.
A file that is missing, cut short or of another kind is an error that names it: nothing is ever returned in part.
"""

from zotheory.problems.datasets.cifar10 import cifar10
from zotheory.problems.datasets.digits import digits
from zotheory.problems.datasets.images import Images, pooled
from zotheory.problems.datasets.mnist import mnist
from zotheory.problems.datasets.text import Text, text

__all__ = ["Images", "Text", "cifar10", "digits", "mnist", "pooled", "text"]
