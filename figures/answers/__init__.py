"""What the records of the studies on networks answer: hopes and tables of docs/networks.md."""
