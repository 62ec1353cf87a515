"""What code is: the fingerprint of a function, the modules that it reaches, and the digest of all that ran."""
