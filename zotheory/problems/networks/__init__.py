"""Networks as pure functions of one flat vector of parameters, which any method of the package trains unchanged.

A network takes parameters x (..., p) and inputs (n, ...) or (*leading, n, ...), and gives outputs (..., n, ...): it is
batched over the leading axes of x as every problem is, on NumPy, JAX and PyTorch alike. Nothing here has a derivative,
and nothing asks for one. `Labelled` makes a stochastic problem of a network and labelled data: a step sees one
mini-batch, which its evaluations share; `Elbo` makes one of an autoencoder, whose latents are drawn with the step;
`Sequences` one of a recurrent network and a task of `zotheory.problems.networks.tasks`.

>>> import numpy as np, zotheory as zo
>>> from zotheory.problems.networks import Labelled, Perceptron
>>> rng = np.random.default_rng(0)
>>> images, labels = rng.random((200, 4)), rng.integers(0, 2, 200)
>>> problem = Labelled(Perceptron((4, 8, 2)), images, labels, batch=50)
>>> result = zo.run(zo.relative_loss(radius=0.3, cached=False), problem, steps=20, replicas=3, seed=1)
>>> problem.d, result.x.shape
(58, (3, 58))
"""

from zotheory.problems.networks.autoencoder import Autoencoder
from zotheory.problems.networks.convolutional import Convolutional, cifar10_network, mnist_network
from zotheory.problems.networks.discrete import Quantised
from zotheory.problems.networks.elbo import Elbo
from zotheory.problems.networks.experts import Experts
from zotheory.problems.networks.labelled import Labelled
from zotheory.problems.networks.latents import Categorical, Gaussian
from zotheory.problems.networks.one_latent import OneLatent
from zotheory.problems.networks.parameters import Parameters
from zotheory.problems.networks.perceptron import Perceptron
from zotheory.problems.networks.recurrent import Lstm
from zotheory.problems.networks.sequences import Sequences
from zotheory.problems.networks.strings import Framewise

__all__ = [
    "Autoencoder",
    "Categorical",
    "Convolutional",
    "Elbo",
    "Experts",
    "Framewise",
    "Gaussian",
    "Labelled",
    "Lstm",
    "OneLatent",
    "Parameters",
    "Perceptron",
    "Quantised",
    "Sequences",
    "cifar10_network",
    "mnist_network",
]
