"""What finds derivations: nothing here is trusted, as each step ends in a rule of `zotheory.kernel`."""
