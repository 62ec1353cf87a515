"""Whether an optimizer, anyone's, does what it says and what all must do: `check_method`, its checks and its report."""
