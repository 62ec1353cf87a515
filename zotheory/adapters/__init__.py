"""What other people's habits expect: ask and tell, `minimize`, methods for SciPy, an optimizer for PyTorch."""
